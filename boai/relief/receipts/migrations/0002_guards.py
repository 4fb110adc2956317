"""What the database itself holds about receipts: numbers without gap or overlap, amounts within what
was given, two persons, nothing taken back twice (S0-18, S1-22, S3-19, S3-20)."""

from django.db import migrations

from boai.ground.kit.db.guards import AppendOnly, Keeps, Refuses, SetOnce

ENTITLED = (
    "COALESCE((SELECT SUM(e.amount_fen) FROM receipts_entitlement e"  # noqa: S608
    " WHERE e.allowance_id = {id}), 0)"
)
# A red receipt takes away by its own amount; a voided one never counted.
RECEIPTED = (
    "COALESCE((SELECT SUM(r.amount_fen) FROM receipts_receipt r"  # noqa: S608
    " WHERE r.allowance_id = {id} AND r.state <> 'voided'), 0)"
)
NOT_NEXT = (
    "NOT EXISTS (SELECT 1 FROM receipts_block b WHERE b.id = NEW.block_id AND b.state = 'held'"
    " AND b.organisation_id = NEW.organisation_id AND b.code = NEW.code AND b.medium = NEW.medium"
    " AND NEW.number <= b.last_number AND NEW.number = COALESCE((SELECT MAX(r.number) + 1"
    " FROM receipts_receipt r WHERE r.block_id = NEW.block_id), b.first_number))"
)
NOT_ASKED = (
    "NOT EXISTS (SELECT 1 FROM receipts_slip s WHERE s.id = NEW.slip_id AND s.state = 'waiting'"
    " AND s.allowance_id = NEW.allowance_id AND s.asked_by_id = NEW.collector_id"
    " AND s.organisation_id = NEW.organisation_id"
    " AND ((NEW.kind = 'blue' AND s.kind = 'issue' AND s.amount_fen = NEW.amount_fen)"
    " OR (NEW.kind = 'red' AND s.kind = 'reverse' AND s.receipt_id = NEW.original_id)))"
)
NOT_REVERSIBLE = (
    "NEW.kind = 'red' AND NOT EXISTS (SELECT 1 FROM receipts_receipt o"
    " WHERE o.id = NEW.original_id AND o.kind = 'blue' AND o.state = 'issued'"
    " AND o.allowance_id = NEW.allowance_id AND o.amount_fen = -NEW.amount_fen)"
)


def kept(column: str, sums: str, of: str) -> str:
    """The statement that keeps one sum of an allowance."""
    return f"UPDATE receipts_allowance SET {column} = {sums.format(id=of)} WHERE id = {of}"  # noqa: S608


class Migration(migrations.Migration):
    dependencies = [("receipts", "0001_initial")]

    operations = [
        AppendOnly(
            "block",
            but=(
                "state",
                "code",
                "first_number",
                "last_number",
                "document",
                "granted_by_id",
                "granted_at",
            ),
        ),
        Refuses(
            "block",
            "begins_applied",
            on="insert",
            when="NEW.state <> 'applied' OR NEW.first_number IS NOT NULL",
            message="a block of numbers begins as applied for",
        ),
        Refuses(
            "block",
            "answered_once",
            on="update",
            when="OLD.state <> 'applied'",
            message="a block that was granted or refused does not change",
        ),
        Refuses(
            "block",
            "no_overlap",
            on="update",
            when="NEW.state = 'held' AND EXISTS (SELECT 1 FROM receipts_block b"
            " WHERE b.id <> NEW.id AND b.state = 'held' AND b.code = NEW.code"
            " AND b.first_number <= NEW.last_number AND NEW.first_number <= b.last_number)",
            message="no number is in two blocks",
        ),
        AppendOnly("allowance", but=("entitled_fen", "receipted_fen")),
        Refuses(
            "allowance",
            "begins_empty",
            on="insert",
            when="NEW.entitled_fen <> 0 OR NEW.receipted_fen <> 0",
            message="an allowance begins empty",
        ),
        Refuses(
            "allowance",
            "kept_by_its_rows",
            on="update",
            when=f"NEW.entitled_fen <> {ENTITLED.format(id='NEW.id')}"
            f" OR NEW.receipted_fen <> {RECEIPTED.format(id='NEW.id')}",
            message="an allowance is kept by its rows",
        ),
        AppendOnly("entitlement"),
        Keeps(
            "entitlement",
            "keeps_the_allowance",
            statements=[kept("entitled_fen", ENTITLED, "NEW.allowance_id")],
        ),
        AppendOnly("slip", but=("state", "reviewed_by_id", "reviewed_at", "answer")),
        Refuses(
            "slip",
            "begins_waiting",
            on="insert",
            when="NEW.state <> 'waiting' OR NEW.reviewed_by_id IS NOT NULL"
            " OR NOT EXISTS (SELECT 1 FROM receipts_allowance a"
            " WHERE a.id = NEW.allowance_id AND a.organisation_id = NEW.organisation_id)",
            message="a slip begins waiting, in its own society",
        ),
        Refuses(
            "slip",
            "answered_once",
            on="update",
            when="OLD.state <> 'waiting'",
            message="an answered slip does not change",
        ),
        AppendOnly("receipt", but=("state", "handed_at")),
        SetOnce("receipt", "handed_stays", columns=("handed_at",)),
        Refuses(
            "receipt",
            "begins_issued",
            on="insert",
            when="NEW.state <> 'issued' OR NEW.handed_at IS NOT NULL",
            message="a receipt begins as issued",
        ),
        Refuses(
            "receipt",
            "next_number",
            on="insert",
            when=NOT_NEXT,
            message="a receipt takes the next number of a block in hand",
        ),
        Refuses(
            "receipt",
            "as_asked_for",
            on="insert",
            when=NOT_ASKED,
            message="a receipt says what its slip asked for",
        ),
        Refuses(
            "receipt",
            "reverses_a_valid_one",
            on="insert",
            when=NOT_REVERSIBLE,
            message="only a valid receipt is reversed, whole",
        ),
        Refuses(
            "receipt",
            "state_has_its_reason",
            on="update",
            when="NEW.state <> OLD.state AND NOT (OLD.state = 'issued' AND ("
            "(NEW.state = 'voided' AND EXISTS (SELECT 1 FROM receipts_voiding v"
            " WHERE v.receipt_id = NEW.id))"
            " OR (NEW.state = 'reversed' AND EXISTS (SELECT 1 FROM receipts_receipt r"
            " WHERE r.original_id = NEW.id))))",
            message="a receipt is taken back only by a voiding or a red receipt",
        ),
        Keeps(
            "receipt",
            "keeps_the_allowance",
            statements=[
                "UPDATE receipts_receipt SET state = 'reversed' WHERE id = NEW.original_id",
                kept("receipted_fen", RECEIPTED, "NEW.allowance_id"),
            ],
        ),
        AppendOnly("voiding"),
        Refuses(
            "voiding",
            "not_handed_over",
            on="insert",
            when="NOT EXISTS (SELECT 1 FROM receipts_receipt r JOIN receipts_slip s"
            " ON s.receipt_id = r.id WHERE r.id = NEW.receipt_id AND r.kind = 'blue'"
            " AND r.state = 'issued' AND r.handed_at IS NULL AND s.id = NEW.slip_id"
            " AND s.kind = 'void' AND s.state = 'waiting' AND s.asked_by_id = NEW.asked_by_id)",
            message="only a valid receipt that nobody has taken is voided",
        ),
        Keeps(
            "voiding",
            "voids_the_receipt",
            statements=[
                "UPDATE receipts_receipt SET state = 'voided' WHERE id = NEW.receipt_id",
                kept(
                    "receipted_fen",
                    RECEIPTED,
                    "(SELECT x.allowance_id FROM receipts_receipt x WHERE x.id = NEW.receipt_id)",
                ),
            ],
        ),
    ]
