"""Voided before it was handed over, reversed afterwards: once, whole, by two persons, with a reason."""

import pytest

from boai.relief.receipts import errors, queries
from boai.relief.receipts.models import Receipt, Voiding
from boai.relief.receipts.services import asking, closing, reviewing

from .conftest import Office


@pytest.fixture
def issued(office: Office) -> str:
    office.block()
    return office.issue(office.entitle())


def test_a_voided_number_stays_used(office: Office, issued: str) -> None:
    """S0-18: numbers are never reused after voiding."""
    assert office.back(issued, "void") == []
    row = queries.receipt(issued)
    assert row is not None and row.state == "voided"
    voiding = Voiding.objects.get()
    assert (voiding.asked_by_id, voiding.reviewed_by_id) == (
        office.clerk.person_id,
        office.reviewer.person_id,
    )
    again = office.issue("donations.gift:G1")
    assert again > issued


def test_a_red_receipt_names_what_it_takes_back(office: Office, issued: str) -> None:
    [red] = office.back(issued, "reverse")
    row, first = queries.receipt(red), queries.receipt(issued)
    assert row is not None and first is not None
    assert (row.kind, row.amount_fen, row.original) == ("red", -10_000, issued)
    assert (first.state, first.reversed_by) == ("reversed", red)
    found = queries.allowance("donations.gift:G1")
    assert found is not None and found.free_fen == 10_000
    assert queries.checked(red, row.check_code).untouched  # type: ignore[union-attr]


@pytest.mark.parametrize("first", ["void", "reverse"])
@pytest.mark.parametrize("second", ["void", "reverse"])
def test_nothing_is_taken_back_twice(office: Office, issued: str, first: str, second: str) -> None:
    office.back(issued, first)
    with pytest.raises(errors.ReceiptIsNotValid, match="现在是"):
        office.back(issued, second)


@pytest.mark.parametrize("kind", ["void", "reverse"])
def test_a_red_receipt_stays(office: Office, issued: str, kind: str) -> None:
    [red] = office.back(issued, "reverse")
    with pytest.raises(errors.RedStaysRed):
        office.back(red, kind)


def test_what_the_giver_has_is_not_voided(office: Office, issued: str) -> None:
    slip = asking.ask_back(office.clerk, serial=issued, kind="void", reason="错", at=office.at)
    closing.hand_over(office.clerk, serial=issued, at=office.at)
    closing.hand_over(office.clerk, serial=issued, at=office.at)
    with pytest.raises(errors.WasHandedOver, match="红冲"):
        reviewing.review(office.reviewer, slip_id=slip, at=office.at)
    reviewing.withdraw(office.clerk, slip_id=slip, at=office.at)
    with pytest.raises(errors.WasHandedOver):
        office.back(issued, "void")
    assert office.back(issued, "reverse")


def test_one_slip_at_a_time_with_a_reason(office: Office, issued: str) -> None:
    for reason, refusal in (("", errors.ReasonIsMissing), ("错" * 301, errors.TextIsTooLong)):
        with pytest.raises(refusal):
            asking.ask_back(office.clerk, serial=issued, kind="void", reason=reason, at=office.at)
    slip = asking.ask_back(office.clerk, serial=issued, kind="void", reason="错", at=office.at)
    with pytest.raises(errors.AlreadyAskedFor):
        asking.ask_back(office.clerk, serial=issued, kind="reverse", reason="错", at=office.at)
    with pytest.raises(errors.ReviewerMustBeAnother):
        reviewing.review(office.clerk, slip_id=slip, at=office.at)
    with pytest.raises(errors.NotFound):
        asking.ask_back(office.clerk, serial="98-1", kind="void", reason="错", at=office.at)
    assert Receipt.objects.get().state == "issued"
