"""Round the Python: what the database itself refuses about receipts."""

import pytest
from django.db import IntegrityError, connection, transaction

from boai.ground.core.laws import all_laws
from boai.relief.receipts import queries
from boai.relief.receipts.models import Receipt
from boai.relief.receipts.services import asking, auditing, closing, stock
from tests.factories.books import drop_trigger
from tests.flows.test_guards_listed import statement_of

from .conftest import Office

LATER = "'2031-01-01 00:00:00+00:00'"
NEWEST = "1 = 1 ORDER BY id DESC LIMIT 1"


def run(sql: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def refused(says: str, sql: str) -> None:
    with pytest.raises(IntegrityError, match=says):
        run(sql)


@pytest.fixture
def issued(office: Office) -> str:
    office.block(1, 3)
    return office.issue(office.entitle())


def copy(**other: str) -> str:
    """An INSERT of a copy of the newest receipt, on the newest slip."""
    own = {
        "serial": "'X'",
        "number": "number + 1",
        "slip_id": "(SELECT MAX(id) FROM receipts_slip)",
        "state": "'issued'",
    }
    return statement_of("receipts_receipt", NEWEST, own | other)


def test_a_number_is_neither_skipped_nor_given_twice(office: Office, issued: str) -> None:
    office.entitle("G2")
    office.ask("donations.gift:G2")
    other = {"allowance_id": "(SELECT MAX(id) FROM receipts_allowance)"}
    for number in ("number", "number + 2", "number + 3", "0"):
        refused("next number", copy(number=number, **other))
    refused("next number", copy(code="'98010199'", **other))
    refused("next number|slip asked", copy(organisation_id="9999", **other))
    run(copy(**other))
    Receipt.objects.filter(serial="X").get()
    # Written round the program, it has no digest of its own: the law of H18 tells.
    assert auditing.records_are_untouched().breaches
    drop_trigger("receipts_receipt", "receipts_receipt_append_only_delete")
    run("DELETE FROM receipts_receipt WHERE serial = 'X'")
    drop_trigger("receipts_allowance", "receipts_allowance_kept_by_its_rows")
    run(f"UPDATE receipts_allowance SET receipted_fen = 0 WHERE id = {other['allowance_id']}")


def test_never_above_what_was_given(office: Office, issued: str) -> None:
    run(
        statement_of(
            "receipts_slip",
            NEWEST,
            {"state": "'waiting'", "reviewed_by_id": "NULL", "reviewed_at": "NULL"},
        )
    )
    refused("receipts_never_above", copy())
    drop_trigger("receipts_slip", "receipts_slip_append_only_delete")
    run("DELETE FROM receipts_slip WHERE state = 'waiting'")


def test_an_entitlement_does_not_fall_below_what_is_receipted(office: Office, issued: str) -> None:
    lower = {"amount_fen": "-1", "reason": "'refund'", "cause": "'donations.refund:TK1'"}
    refused("receipts_never_above", statement_of("receipts_entitlement", NEWEST, lower))
    refused(
        "receipts_entitlement_sign",
        statement_of("receipts_entitlement", NEWEST, lower | {"amount_fen": "1"}),
    )
    refused("(?i)unique", statement_of("receipts_entitlement", NEWEST, {}))


@pytest.mark.parametrize("column", ["entitled_fen", "receipted_fen"])
def test_sums_are_not_set_by_hand(office: Office, issued: str, column: str) -> None:
    refused("kept by its rows", f"UPDATE receipts_allowance SET {column} = {column} - 1")


def test_two_persons(office: Office, issued: str) -> None:
    office.entitle("G2")
    office.ask("donations.gift:G2")
    other = {"allowance_id": "(SELECT MAX(id) FROM receipts_allowance)"}
    refused("two_people", copy(reviewer_id="collector_id", **other))
    refused("slip asked", copy(collector_id="reviewer_id", **other))
    refused(
        "two_people",
        "UPDATE receipts_slip SET reviewed_by_id = asked_by_id WHERE state = 'waiting'",
    )


@pytest.mark.parametrize(
    "change",
    ["amount_fen = 1", "number = 9", "digest = 'x'", "payee = 'x'", "original_id = id"],
)
def test_what_was_issued_stays(office: Office, issued: str, change: str) -> None:
    refused("append-only", f"UPDATE receipts_receipt SET {change}")


@pytest.mark.parametrize("state", ["voided", "reversed"])
def test_a_receipt_is_not_taken_back_by_a_word(office: Office, issued: str, state: str) -> None:
    refused("taken back only", f"UPDATE receipts_receipt SET state = '{state}'")


@pytest.mark.parametrize("kind", ["void", "reverse"])
def test_what_was_taken_back_does_not_return(office: Office, issued: str, kind: str) -> None:
    office.back(issued, kind)
    refused(
        "taken back only", f"UPDATE receipts_receipt SET state = 'issued' WHERE serial = '{issued}'"
    )


def test_a_red_receipt_is_whole_and_once(office: Office, issued: str) -> None:
    asking.ask_back(office.clerk, serial=issued, kind="reverse", reason="错", at=office.at)
    red = {"kind": "'red'", "original_id": "id"}
    refused("reversed, whole", copy(amount_fen="-1", **red))
    run("UPDATE receipts_slip SET state = 'withdrawn' WHERE state = 'waiting'")
    refused("slip asked", copy(amount_fen="-amount_fen", **red))


def test_what_was_handed_over_is_not_voided(office: Office, issued: str) -> None:
    asking.ask_back(office.clerk, serial=issued, kind="void", reason="错", at=office.at)
    closing.hand_over(office.clerk, serial=issued, at=office.at)
    refused(
        "nobody has taken|was told",
        "INSERT INTO receipts_voiding (receipt_id, slip_id, asked_by_id, reviewed_by_id, reason, at)"
        " SELECT r.id, s.id, s.asked_by_id, r.reviewer_id, 'x', r.issued_at"
        " FROM receipts_receipt r JOIN receipts_slip s ON s.receipt_id = r.id",
    )
    refused("stays", f"UPDATE receipts_receipt SET handed_at = {LATER}")


def test_blocks_do_not_overlap_and_do_not_change(office: Office, issued: str) -> None:
    refused("does not change", "UPDATE receipts_block SET last_number = 999")
    id = stock.apply_for_block(office.clerk, organisation_id=office.city, wanted=9, at=office.at)
    refused(
        "two blocks",
        "UPDATE receipts_block SET state = 'held', code = '98010126', first_number = 3,"
        f" last_number = 9, granted_by_id = {office.reviewer.person_id}, granted_at = applied_at"
        f" WHERE id = {id}",
    )


@pytest.mark.parametrize(
    "change",
    ["amount_fen = amount_fen - 1", "payer_uscc = 'x'", "reviewer_name = 'x'", "digest = 'x'"],
)
def test_an_altered_receipt_fails_its_check(office: Office, issued: str, change: str) -> None:
    """H18: even by somebody who may take the guards away."""
    drop_trigger("receipts_receipt", "receipts_receipt_append_only_update")
    before = dict(Receipt.objects.values().get())
    run(f"UPDATE receipts_receipt SET {change}")
    row = Receipt.objects.get()
    found = queries.checked(issued, row.check_code)
    assert found is not None and not found.untouched
    assert [b.subject for b in auditing.records_are_untouched().breaches] == [
        f"receipts.receipt:{issued}"
    ]
    Receipt.objects.filter(pk=row.pk).update(**{n: v for n, v in before.items() if n != "payer"})


def test_who_alters_the_digest_too_lacks_the_key(office: Office, issued: str) -> None:
    drop_trigger("receipts_receipt", "receipts_receipt_append_only_update")
    row = Receipt.objects.select_related("allowance", "original").get()
    before = (row.note, row.digest)
    row.note = "改"
    digest = queries.rules.receipt_digest(queries.content_of(row))
    Receipt.objects.filter(pk=row.pk).update(note="改", digest=digest)
    assert not queries.checked(issued, row.check_code).untouched  # type: ignore[union-attr]
    Receipt.objects.filter(pk=row.pk).update(note=before[0], digest=before[1])
    assert len([law for law in all_laws() if law.id.startswith("receipts")]) >= 6
