"""No money goes back out of a fund unless a refund of that gift is being paid (I-6, I-12)."""

from datetime import datetime

import pytest
from django.db import IntegrityError, connection, transaction

from boai.foundations.ledger.models import FundOutflow
from boai.foundations.ledger.services import funds, posting
from boai.ground.core.actors import SYSTEM
from boai.relief.donations.models import Gift
from boai.relief.donations.services import auditing, refunding
from boai.relief.donations.values import gift_ref, refund_ref
from tests.factories.books import stand_alone
from tests.factories.world import World
from tests.relief.donations.conftest import Opened
from tests.relief.donations.test_refunding import give, give_back

COLUMNS = ("fund_id", "kind", "subject", "posting_id", "amount", "at")


def reverse(world: World, gift: str, at: datetime) -> None:
    """A gift booked by mistake is taken back by two persons."""
    asked = refunding.propose_reversal(world.cast.accountant, gift_number=gift, reason="x", at=at)
    refunding.pay_refund(world.cast.cashier, number=asked, at=at)


@pytest.mark.parametrize(
    ("kind", "changed"),
    [
        ("refund", {}),
        ("refund", {"subject": "''"}),
        ("refund", {"subject": "'donations.refund:TK0'"}),
        ("reversal", {}),
        ("reversal", {"subject": "'donations.gift:0'"}),
        ("reversal", {"subject": "'ledger.outflow:' || id"}),
    ],
)
def test_money_goes_back_only_by_a_refund_being_paid(
    world: World, appeal: Opened, at: datetime, kind: str, changed: dict[str, str]
) -> None:
    """Once more, with a made-up subject or another amount: the database refuses each."""
    give_back(world, give(world, appeal, 5_000, at), 2_000, at)
    reverse(world, give(world, appeal, 3_000, at), at)
    assert FundOutflow.objects.filter(kind=kind).count() == 1
    values = ", ".join(changed.get(name, name) for name in COLUMNS)
    with (
        pytest.raises(IntegrityError, match="only by a refund"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"INSERT INTO ledger_fundoutflow ({', '.join(COLUMNS)}) SELECT {values}"
            " FROM ledger_fundoutflow WHERE kind = %s",
            [kind],
        )


@pytest.mark.parametrize("way", ["refund", "reverse"])
def test_the_books_alone_give_nothing_back(
    world: World, appeal: Opened, at: datetime, way: str
) -> None:
    gift = give(world, appeal, 5_000, at)
    with pytest.raises(IntegrityError, match="only by a refund"), transaction.atomic():
        behind(gift, appeal, at, way)
    assert auditing.outflows_name_refunds() == auditing.verdict(0)


def test_a_refund_gives_back_what_was_asked_for(world: World, appeal: Opened, at: datetime) -> None:
    gift = give(world, appeal, 5_000, at)
    asked = refunding.propose_refund(
        world.cast.accountant, gift_number=gift, amount_fen=99, reason="x", at=at
    )
    with pytest.raises(IntegrityError, match="only by a refund"), transaction.atomic():
        behind(gift, appeal, at, "refund", refund_ref(asked))


@pytest.mark.parametrize("way", ["refund", "reverse"])
def test_the_law_names_what_went_back_without_a_refund(
    world: World, appeal: Opened, at: datetime, way: str
) -> None:
    give_back(world, give(world, appeal, 5_000, at), 2_000, at)
    reverse(world, give(world, appeal, 3_000, at), at)
    assert auditing.outflows_name_refunds() == auditing.verdict(2)
    gift = give(world, appeal, 4_000, at)
    with transaction.atomic():
        stand_alone()
        behind(gift, appeal, at, way)
        [breach] = auditing.outflows_name_refunds().breaches
        last = FundOutflow.objects.latest("pk").pk
        transaction.set_rollback(True)
    assert breach.subject == f"ledger.outflow:{last}"


def behind(gift: str, appeal: Opened, at: datetime, way: str, subject: str = "") -> None:
    """Give a gift back through the books alone, as no room does."""
    if way == "reverse":
        entry = Gift.objects.get(number=gift).entry_id
        posting.reverse(SYSTEM, entry_id=entry or 0, key="behind", at=at, reason="x")
        return
    funds.refund(
        SYSTEM,
        fund_id=appeal.fund_id,
        source=gift_ref(gift),
        amount=100,
        bank="main",
        subject=subject,
        key="behind",
        at=at,
        inputs={},
    )
