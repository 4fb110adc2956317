"""Issued by two persons, under the next number, never above what was given."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from boai.ground.core.actors import SYSTEM, Actor
from boai.ground.core.errors import NotPermitted
from boai.relief.receipts import errors, queries
from boai.relief.receipts.models import Receipt, Slip
from boai.relief.receipts.services import asking, entitling, reviewing
from boai.relief.receipts.values import EntitlementOrder, SlipOrder

from .conftest import Office


def test_a_receipt_says_who_gave_how_much_and_who_signed(office: Office) -> None:
    office.block()
    serial = office.issue(office.entitle(fen=12_345), 12_345, "何同学")
    row = Receipt.objects.get(serial=serial)
    assert (row.amount_fen, row.payer, row.payee) == (12_345, "何同学", "测州市红十字会")
    assert (row.collector_id, row.reviewer_id) == (
        office.clerk.person_id,
        office.reviewer.person_id,
    )
    assert (row.kind, row.state, row.issued_on) == ("blue", "issued", office.at.date())
    found = queries.checked(serial, row.check_code)
    assert found is not None and found.untouched
    assert queries.checked(serial, "WRONG234") is None
    assert queries.checked(serial.replace("-", " － "), row.check_code.lower()) is not None


def test_several_receipts_up_to_the_net_value(office: Office) -> None:
    office.block()
    subject = office.entitle(fen=10_000)
    office.issue(subject, 4_000)
    office.ask(subject, 5_000)
    with pytest.raises(errors.AboveWhatWasGiven, match=r"最多还可开具 10\.00 元"):
        office.ask(subject, 1_001)
    office.ask(subject, 1_000)
    found = queries.allowance(subject)
    assert found is not None
    assert (found.receipted_fen, found.waiting_fen, found.free_fen) == (4_000, 6_000, 0)


def test_two_natural_persons(office: Office) -> None:
    office.block()
    slip = office.ask(office.entitle())
    with pytest.raises(errors.ReviewerMustBeAnother, match="两人"):
        reviewing.review(office.clerk, slip_id=slip, at=office.at)
    reviewing.review(office.reviewer, slip_id=slip, at=office.at)
    with pytest.raises(errors.SlipIsNotWaiting, match="已办结"):
        reviewing.review(office.reviewer, slip_id=slip, at=office.at)


def test_without_numbers_nothing_is_issued_and_nothing_is_half_done(office: Office) -> None:
    office.block(1, 1)
    subject = office.entitle(fen=30_000)
    slips = [office.ask(subject, 10_000) for _n in range(2)]
    with pytest.raises(errors.StockIsUsedUp, match="需要 2 份，电子票据在库 1 份"):
        reviewing.review_many(office.reviewer, slip_ids=slips, at=office.at)
    assert not Receipt.objects.exists()
    assert set(Slip.objects.values_list("state", flat=True)) == {"waiting"}
    assert len(reviewing.review(office.reviewer, slip_id=slips[0], at=office.at)) == 1


def test_paper_and_electronic_numbers_stay_apart(office: Office) -> None:
    office.block(1, 5, medium="paper")
    subject = office.entitle()
    slip = office.ask(subject)
    with pytest.raises(errors.StockIsUsedUp):
        reviewing.review(office.reviewer, slip_id=slip, at=office.at)
    reviewing.withdraw(office.clerk, slip_id=slip, at=office.at)
    order = SlipOrder(subject, 10_000, "何同学", medium="paper")
    slip = asking.ask(office.clerk, organisation_id=office.city, order=order, at=office.at)
    assert len(reviewing.review(office.reviewer, slip_id=slip, at=office.at)) == 1


def many(office: Office, count: int, first: int) -> list[int]:
    """Slips for so many things, drawn up in one act."""
    subjects = [f"donations.gift:M{n}" for n in range(first, first + count)]
    entitling.entitle_many(
        SYSTEM,
        organisation_id=office.city,
        orders=[EntitlementOrder(s, 100, "gift", s) for s in subjects],
        at=office.at,
    )
    orders = [SlipOrder(s, 100, "何同学") for s in subjects]
    return asking.ask_many(office.clerk, organisation_id=office.city, orders=orders, at=office.at)


def test_many_in_one_act_cost_as_many_statements_as_a_few(office: Office) -> None:
    office.block(1, 100)
    office.block(201, 300)
    counts = []
    for count, first in ((3, 0), (120, 10)):
        with CaptureQueriesContext(connection) as asked:
            slips = many(office, count, first)
            serials = reviewing.review_many(
                office.reviewer, slip_ids=slips, at=office.at + timedelta(minutes=first)
            )
        counts.append(len(asked))
        assert len(set(serials)) == count
    assert counts[1] <= counts[0] + 20, "parts of a large set, never a statement a row"
    numbers = list(Receipt.objects.order_by("pk").values_list("number", flat=True))
    assert numbers == [*range(1, 101), *range(201, 224)]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"amount_fen": 0}, errors.AmountIsNotAboveZero),
        ({"amount_fen": -1}, errors.AmountIsNotAboveZero),
        ({"payer": "　 "}, errors.PayerIsMissing),
        ({"payer": "何" * 101}, errors.TextIsTooLong),
        ({"note": "备" * 201}, errors.TextIsTooLong),
        ({"payer_uscc": "91420100MA4KW12345"}, errors.UsccIsWrong),
        ({"subject": "donations.gift:NONE"}, errors.NothingMayBeReceipted),
    ],
)
def test_what_is_refused_when_drawn_up(
    office: Office, changes: dict[str, object], refusal: type[Exception]
) -> None:
    given = {"subject": office.entitle(), "amount_fen": 100, "payer": "何同学", **changes}
    with pytest.raises(refusal):
        asking.ask(
            office.clerk,
            organisation_id=office.city,
            order=SlipOrder(**given),  # type: ignore[arg-type]
            at=office.at,
        )


def test_sent_back_and_withdrawn(office: Office) -> None:
    office.block()
    subject = office.entitle()
    slip = office.ask(subject)
    with pytest.raises(errors.ReasonIsMissing):
        reviewing.send_back(office.reviewer, slip_id=slip, answer=" ", at=office.at)
    with pytest.raises(errors.ReviewerMustBeAnother):
        reviewing.send_back(office.clerk, slip_id=slip, answer="名称有误", at=office.at)
    reviewing.send_back(office.reviewer, slip_id=slip, answer="名称有误", at=office.at)
    slip = office.ask(subject)
    with pytest.raises(NotPermitted):
        reviewing.withdraw(office.reviewer, slip_id=slip, at=office.at)
    reviewing.withdraw(office.clerk, slip_id=slip, at=office.at)
    assert not Receipt.objects.exists()


def test_strangers(office: Office, foreign_cashier: Actor) -> None:
    office.block()
    subject = office.entitle()
    slip = office.ask(subject)
    order = SlipOrder(subject, 1, "何同学")
    for actor in (foreign_cashier, office.world.cast.keeper, SYSTEM):
        with pytest.raises(NotPermitted):
            reviewing.review(actor, slip_id=slip, at=office.at)
        with pytest.raises(NotPermitted):
            asking.ask(actor, organisation_id=office.city, order=order, at=office.at)
    with pytest.raises(NotPermitted):
        entitling.entitle_many(office.clerk, organisation_id=office.city, orders=[], at=office.at)
    # A slip for another society's thing is a slip for nothing.
    with pytest.raises(errors.NothingMayBeReceipted):
        asking.ask(
            foreign_cashier,
            organisation_id=office.world.places.foreign_city,
            order=order,
            at=office.at,
        )
