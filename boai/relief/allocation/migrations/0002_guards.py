"""What must hold even against a bad query."""

from django.db import migrations

from boai.ground.kit.db.guards import AppendOnly, Refuses

OVER_THE_LIST = (
    "(SELECT COALESCE(SUM(pl.quantity), 0) FROM allocation_proposalline pl "
    "JOIN allocation_proposal p ON p.id = pl.proposal_id "
    "WHERE p.is_live AND pl.list_line_id = NEW.list_line_id) + NEW.quantity > "
    "(SELECT quantity FROM allocation_listline WHERE id = NEW.list_line_id)"
)
DIRECTED_TO_ANOTHER = (
    "(SELECT l.directed_to_id FROM allocation_listline l WHERE l.id = NEW.list_line_id) <> "
    "(SELECT r.receiver_id FROM allocation_request r "
    "JOIN allocation_proposal p ON p.request_id = r.id WHERE p.id = NEW.proposal_id)"
)
OUT_OF_ORDER = (
    "NEW.state <> OLD.state AND (OLD.state IN ('approved', 'refused', 'withdrawn') OR "
    "(NEW.state IN ('approved', 'refused') AND OLD.state <> 'proposed'))"
)
KEPT = ("number", "society_id", "receiver_id", "list_id")
DECIDED = (
    "state", "reason", "emergency", "submitted_at", "submitted_by_person_id", "proposed_at",
    "proposed_by_person_id", "case_id", "content_digest", "decided_at", "seconds", "late",
)  # fmt: skip
SEALED_BY_DECISION = (
    " OR ".join(f"NEW.{column} <> OLD.{column}" for column in KEPT)
    + " OR (OLD.state IN ('approved', 'refused') AND ("
    + " OR ".join(f"NEW.{column} <> OLD.{column}" for column in DECIDED)
    + " OR COALESCE(NEW.waybill_id, 0) <> COALESCE(OLD.waybill_id, 0)))"
)
NOT_WAITING = (
    "(SELECT state FROM allocation_request WHERE id = {row}.request_id) "
    "NOT IN ('submitted', 'returned')"
)


class Migration(migrations.Migration):
    dependencies = [("allocation", "0001_initial")]

    operations = [
        AppendOnly("AvailableList"),
        AppendOnly("ListLine"),
        AppendOnly("ImportedCell"),
        AppendOnly("Proposal", but=("is_live",)),
        AppendOnly("ProposalLine"),
        Refuses(
            "ProposalLine",
            "within_the_list",
            on="insert",
            when=OVER_THE_LIST,
            message="a proposal takes more than list 1 holds",
        ),
        Refuses(
            "ProposalLine",
            "directed",
            on="insert",
            when=DIRECTED_TO_ANOTHER,
            message="directed goods go to the named unit only",
        ),
        Refuses(
            "Request",
            "begins_submitted",
            on="insert",
            when="NEW.state <> 'submitted'",
            message="a request begins submitted",
        ),
        Refuses(
            "Request",
            "in_order",
            on="update",
            when=OUT_OF_ORDER,
            message="a request is decided only after it was proposed, and once",
        ),
        Refuses(
            "Request",
            "stays_as_decided",
            on="update",
            when=SEALED_BY_DECISION,
            message="what was asked by whom for whom is kept, and what was decided",
        ),
        Refuses(
            "RequestLine",
            "stays",
            on="update",
            when="TRUE",
            message="a line that was asked for is taken back or kept, never changed",
        ),
        Refuses(
            "RequestLine",
            "not_after_proposal",
            on="insert",
            when=NOT_WAITING.format(row="NEW"),
            message="lines are set while the request waits",
        ),
        Refuses(
            "RequestLine",
            "kept_after_proposal",
            on="delete",
            when=NOT_WAITING.format(row="OLD"),
            message="lines are set while the request waits",
        ),
        Refuses(
            "Request",
            "is_kept",
            on="delete",
            when="TRUE",
            message="requests are kept",
        ),
    ]
