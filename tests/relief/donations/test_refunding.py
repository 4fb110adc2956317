"""Money goes back: what is unspent, by two persons, with papers, orders and leaves that follow."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from boai.foundations.certificates import queries as certificates
from boai.foundations.ledger import queries as ledger
from boai.foundations.ledger.errors import PartlySpent
from boai.foundations.trail import queries as trail
from boai.foundations.translog import queries as translog
from boai.ground.core.errors import NotPermitted
from boai.ground.core.laws import all_laws
from boai.relief.donations import errors, queries
from boai.relief.donations.models import Gift, PaymentOrder, Refund
from boai.relief.donations.services import booking, refunding
from boai.relief.donations.values import GiftOrder, gift_ref, refund_ref
from boai.relief.finance import queries as finance
from boai.relief.finance.services import disbursing
from boai.window.disclosure.queries.tracing import trace
from tests.factories.world import World
from tests.relief.donations.conftest import Opened

HOUR = timedelta(hours=1)


def give(
    world: World, appeal: Opened, fen: int, at: datetime, *, directed_to: int | None = None
) -> str:
    """A gift that a bank statement reports."""
    order = GiftOrder(
        amount_fen=fen,
        channel="bank",
        channel_reference=f"B{Gift.objects.count()}",
        given_at=at,
        donor_name="何同学",
        directed_to=directed_to,
    )
    [number] = booking.book_gifts(
        world.cast.cashier,
        organisation_id=world.places.city,
        appeal_id=appeal.id,
        orders=[order],
        at=at,
    ).numbers
    return number


def give_back(world: World, number: str, fen: int, at: datetime) -> str:
    """The accountant asks, the cashier pays."""
    asked = refunding.propose_refund(
        world.cast.accountant, gift_number=number, amount_fen=fen, reason="捐赠人申请", at=at
    )
    refunding.pay_refund(world.cast.cashier, number=asked, at=at + HOUR)
    return asked


def spend(world: World, appeal: Opened, fen: int, at: datetime) -> str:
    """A meeting decides, the cashier pays a unit."""
    asked = disbursing.propose_disbursement(
        world.cast.programme,
        organisation_id=world.places.city,
        fund_id=appeal.fund_id,
        kind="payment",
        payee_organisation_id=world.places.hospital,
        amount=fen,
        purpose="防护物资",
        at=at,
    )
    disbursing.record_collective_decision(
        world.cast.accountant,
        disbursement_ids=[asked],
        meeting="办公会",
        held_on=at.date(),
        attendees=[each.person_id or 0 for each in world.cast.committee],
        approved=True,
        minutes="同意",
        at=at,
    )
    return disbursing.pay(world.cast.cashier, disbursement_id=asked, bank="main", at=at)


def live_papers(number: str) -> dict[str, Any]:
    """Amounts of the live papers of a gift, by kind."""
    found = {}
    for paper in certificates.papers_of(gift_ref(number)):
        if paper.state == "issued":
            seen = certificates.checked(paper.number, paper.check_code)
            assert seen is not None
            [found[paper.kind]] = [value for name, _label, value in seen.facts if "fen" in name]
    return found


@pytest.fixture(autouse=True)
def laws_hold(db: None) -> Any:
    """Every law of the house, after each test."""
    yield
    broken = {law.id: f.breaches for law in all_laws() if (f := law.check()).breaches}
    assert broken == {}


def test_a_part_goes_back_out_of_the_gifts_own_interval(
    world: World, appeal: Opened, at: datetime
) -> None:
    first, second = (give(world, appeal, fen, at) for fen in (10_000, 5_000))
    number = give_back(world, second, 2_000, at + HOUR)
    assert ledger.fund(appeal.fund_id).balance == 13_000
    assert ledger.unspent_of(gift_ref(first)) == 10_000
    [use] = ledger.uses_of(gift_ref(second))
    assert (use.kind, use.subject, use.amount) == ("refund", refund_ref(number), 2_000)
    assert live_papers(second) == {"donation-certificate": 3_000, "thank-you-letter": 3_000}
    assert translog.refs_of_kind("gift-refunded") == {refund_ref(number)}
    verbs = [act.verb for act in trail.acts_on(gift_ref(second))]
    assert verbs.count("pay-refund") == verbs.count("propose-refund") == 1
    assert queries.totals()["amount_fen"] == 13_000
    told = trace(second)
    assert [(u["kind"], u["amount_fen"]) for u in told["uses"]] == [("refund", 2_000)]
    assert told["unspent_fen"] == 3_000
    assert trace(number)["gifts"] == [{"number": second, "amount_fen": 2_000}]


def test_nothing_is_left_and_the_papers_are_cancelled(
    world: World, appeal: Opened, at: datetime
) -> None:
    gift = give(world, appeal, 5_000, at)
    give_back(world, gift, 5_000, at + HOUR)
    assert live_papers(gift) == {}
    assert Gift.objects.get(number=gift).state == "confirmed"


def test_only_what_is_unspent_goes_back(world: World, appeal: Opened, at: datetime) -> None:
    gift = give(world, appeal, 5_000, at)
    spend(world, appeal, 4_000, at)
    cast = world.cast
    for wanted in (1_001, 5_000):
        with pytest.raises(errors.RefundIsTooMuch):
            refunding.propose_refund(
                cast.accountant, gift_number=gift, amount_fen=wanted, reason="申请", at=at
            )
    asked = refunding.propose_refund(
        cast.accountant, gift_number=gift, amount_fen=600, reason="申请", at=at
    )
    with pytest.raises(errors.RefundIsTooMuch):
        refunding.propose_refund(
            cast.accountant, gift_number=gift, amount_fen=600, reason="又申请", at=at
        )
    spend(world, appeal, 1_000, at)
    with pytest.raises(PartlySpent):
        refunding.pay_refund(cast.cashier, number=asked, at=at)
    refunding.withdraw_refund(cast.cashier, number=asked, at=at)
    assert Refund.objects.get().state == "withdrawn"
    assert not translog.refs_of_kind("gift-refunded")


def test_who_asks_does_not_pay_and_nobody_pays_twice(
    world: World, appeal: Opened, at: datetime
) -> None:
    gift, cast = give(world, appeal, 5_000, at), world.cast
    asked = refunding.propose_refund(
        cast.cashier, gift_number=gift, amount_fen=100, reason="申请", at=at
    )
    with pytest.raises(errors.RefundNeedsAnother):
        refunding.pay_refund(cast.cashier, number=asked, at=at)
    for stranger in (cast.programme, cast.county_keeper, cast.outsider):
        with pytest.raises(NotPermitted):
            refunding.pay_refund(stranger, number=asked, at=at)
    refunding.pay_refund(cast.accountant, number=asked, at=at)
    for act in (refunding.pay_refund, refunding.withdraw_refund):
        with pytest.raises(errors.RefundIsNotWaiting):
            act(cast.accountant, number=asked, at=at)


def test_a_gift_booked_by_mistake_is_reversed_whole(
    world: World, appeal: Opened, at: datetime
) -> None:
    gift, cast = give(world, appeal, 5_000, at), world.cast
    asked = refunding.propose_reversal(cast.accountant, gift_number=gift, reason="重复入账", at=at)
    refunding.pay_refund(cast.cashier, number=asked, at=at)
    assert Gift.objects.get(number=gift).state == "reversed"
    assert ledger.fund(appeal.fund_id).balance == 0
    assert live_papers(gift) == {}
    assert translog.refs_of_kind("gift-reversed") == {refund_ref(asked)}
    assert [u["kind"] for u in trace(gift)["uses"]] == ["reversal"]
    with pytest.raises(errors.GiftCannotGoBack):
        refunding.propose_refund(
            cast.accountant, gift_number=gift, amount_fen=1, reason="申请", at=at
        )


def test_the_payment_order_of_a_directed_gift_follows(
    world: World, appeal: Opened, at: datetime
) -> None:
    hospital = world.places.hospital
    orders = [
        GiftOrder(
            amount_fen=fen,
            channel="bank",
            channel_reference=f"D{fen}",
            given_at=at,
            directed_to=hospital,
        )
        for fen in (3_000, 2_000)
    ]
    first, second = booking.book_gifts(
        world.cast.cashier,
        organisation_id=world.places.city,
        appeal_id=appeal.id,
        orders=orders,
        at=at,
    ).numbers
    give_back(world, first, 3_000, at)
    asked = {row.state: row for row in finance.disbursements(world.places.city)}
    assert asked["cancelled"].amount_fen == 5_000
    assert (asked["proposed"].amount_fen, asked["proposed"].source) == (2_000, gift_ref(second))
    give_back(world, second, 500, at)
    live = [r for r in finance.disbursements(world.places.city) if r.state == "proposed"]
    assert [row.amount_fen for row in live] == [1_500]


def late_order(world: World, appeal: Opened, at: datetime) -> PaymentOrder:
    """A payment that came after the suspension."""
    return PaymentOrder.objects.create(
        number="DD1",
        token="t" * 43,
        form_key="k" * 64,
        form_digest="d" * 64,
        organisation_id=world.places.city,
        appeal_id=appeal.id,
        amount_fen=8_800,
        channel="sandbox",
        merchant="m",
        placed_at=at,
        expires_at=at + HOUR,
        state="refund-due",
        paid_at=at,
        transaction="T1",
    )


def test_a_payment_that_came_too_late_goes_back_once(
    world: World, appeal: Opened, at: datetime
) -> None:
    order, cast = late_order(world, appeal, at), world.cast

    def ask() -> str:
        return refunding.propose_order_return(
            cast.accountant, order_number=order.number, reason="项目已暂停", at=at
        )

    asked = ask()
    with pytest.raises(errors.OrderOwesNothing):
        ask()
    refunding.pay_refund(cast.cashier, number=asked, at=at)
    with pytest.raises(errors.OrderOwesNothing):
        ask()
    assert translog.refs_of_kind("payment-returned") == {refund_ref(asked)}
    assert ledger.fund(appeal.fund_id).balance == 0


def test_the_database_refuses_what_the_program_would_not_do(
    world: World, appeal: Opened, at: datetime
) -> None:
    gift = Gift.objects.get(number=give(world, appeal, 5_000, at))
    one, two = world.cast.cashier.person_id, world.cast.accountant.person_id
    row = Refund.objects.create(
        number="TK1",
        organisation_id=world.places.city,
        kind="refund",
        gift=gift,
        amount_fen=6_000,
        reason="过多",
        proposed_by=one or 0,
        proposed_at=at,
    )
    refused = (
        "UPDATE donations_refund SET amount_fen = 1",
        "DELETE FROM donations_refund",
        f"UPDATE donations_refund SET state = 'paid', entry_id = 1, paid_at = proposed_at,"
        f" paid_by = {two}",
        f"UPDATE donations_refund SET state = 'paid', entry_id = 1, paid_at = proposed_at,"
        f" paid_by = {one}",
    )
    for statement in refused:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    Refund.objects.filter(pk=row.pk).update(state="withdrawn")
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.filter(pk=row.pk).update(state="proposed")


def test_the_pages_lead_two_persons_through_a_refund(
    world: World, appeal: Opened, at: datetime, client_for: Any
) -> None:
    gift, cast = give(world, appeal, 5_000, at), world.cast
    first, second = client_for(cast.accountant), client_for(cast.cashier)
    assert f"/gifts/{gift}/refund/" in first.get(f"/desk/donations/gifts/{gift}/").content.decode()
    form = f"/desk/donations/gifts/{gift}/refund/"
    too_much = first.post(form, {"kind": "refund", "amount_fen": "50.01", "reason": "申请"})
    assert too_much.status_code == 422
    assert "尚可退还 50.00 元" in too_much.content.decode()
    done = first.post(form, {"kind": "refund", "amount_fen": "20", "reason": "申请"})
    number = Refund.objects.get().number
    assert done.url.endswith(f"/refunds/{number}/")
    assert "须由另一名同事复核付款" in first.get(done.url).content.decode()
    assert first.post(done.url, {}).status_code == 422
    assert number in second.get("/desk/donations/refunds/").content.decode()
    for asked, is_found in ((number.lower(), True), (gift, True), ("TK0", False)):
        found = second.get("/desk/donations/refunds/", {"q": asked}).content.decode()
        assert (f"/refunds/{number}/" in found) is is_found
    assert second.post(done.url, {}).status_code == 302
    assert Refund.objects.get().state == "paid"
    assert client_for(cast.programme).get(done.url).status_code in (403, 404)
    assert client_for(cast.outsider).get(done.url).status_code in (403, 404)
    code = Gift.objects.get(number=gift).query_code
    own = client_for(None).post("/gifts/", {"number": gift, "query_code": code})
    assert "退还捐赠" in own.content.decode()
    assert number in client_for(None).get(f"/trace/{gift}/").content.decode()


def test_the_list_shows_what_is_due(
    world: World, appeal: Opened, at: datetime, client_for: Any
) -> None:
    order, cast = late_order(world, appeal, at), world.cast
    page = client_for(cast.accountant).get("/desk/donations/refunds/").content.decode()
    assert order.number in page
    form = f"/desk/donations/payments/{order.number}/return/"
    done = client_for(cast.accountant).post(form, {"reason": "项目已暂停"})
    assert client_for(cast.cashier).post(done.url, {}).status_code == 302
    withdrawn = client_for(cast.cashier).post(f"{done.url}withdraw/", {})
    assert withdrawn.status_code == 422
