"""Money out: asked, decided by a meeting, paid by a third person, confirmed by the payee."""

from dataclasses import replace
from datetime import timedelta

import pytest

from boai.foundations.ledger import queries as ledger
from boai.foundations.ledger.errors import FundHasTooLittle, NotEnough
from boai.foundations.ledger.values import AccountKey
from boai.ground.core.actors import SYSTEM
from boai.ground.core.errors import NotPermitted, Refusal
from boai.ground.core.figures import Span, all_figures
from boai.relief.finance import errors, queries
from boai.relief.finance.models import Disbursement
from boai.relief.finance.services import disbursing
from boai.relief.finance.values import CountedPurchase, OrderedLine
from boai.relief.warehouse import queries as warehouse
from boai.relief.warehouse.services import receiving

from .conftest import Money


def figures(money: Money) -> dict[str, int | None]:
    span = Span(None, money.at.date())
    return {
        f.name: f.compute([money.world.places.city], span)
        for f in all_figures()
        if f.name.startswith("finance.")
    }


def test_a_payment_goes_its_way(money: Money) -> None:
    id = money.propose(12_345)
    money.decide(id)
    number = money.pay(id)
    row = queries.disbursement(number)
    assert row is not None
    assert (row.state, row.batch, row.amount_fen) == ("paid", 1, 12_345)
    assert ledger.fund(money.appeal).balance == 100_000_000 - 12_345
    shares = ledger.sources_of(row.ref)
    assert [(s.source, s.amount) for s in shares] == [("donations.gift:疫情防控", 12_345)]
    disbursing.confirm_receipt(money.world.cast.receiver, disbursement_id=id, at=money.at)
    row = queries.disbursement(number)
    assert row is not None and row.state == "confirmed"
    found = figures(money)
    assert found["finance.money-spent"] == 12_345
    assert found["finance.money-left"] == 300_000_000 - 12_345
    assert found["finance.use-rate"] == 0
    assert found["finance.decisions-recorded"] == 1


def test_batches_count_up_for_each_appeal(money: Money) -> None:
    ids = [money.propose(n) for n in (1, 2, 3)]
    other = money.propose(4, fund_id=money.free)
    money.decide(*ids, other)
    rows = [queries.disbursement(money.pay(id)) for id in (*ids, other)]
    assert [r.batch for r in rows if r] == [1, 2, 3, 1]


def test_goods_are_bought_and_become_lots(money: Money) -> None:
    id = money.buy(100, 250)
    money.decide(id)
    with pytest.raises(errors.NothingWasBought):
        receive(money, id, 60)
    number = money.pay(id)
    row = queries.disbursement(number)
    assert row is not None
    note_id = receive(money, id, 60)
    lots = sign(money, note_id)
    with pytest.raises(errors.MoreThanBought):
        receive(money, id, 41)
    lots += sign(money, receive(money, id, 40))
    found = [warehouse.lot(lot) for lot in lots]
    assert [(x.origin, x.origin_line, x.value_fen) for x in found if x] == [
        (row.ref, row.lines[0].ref, 15_000),
        (row.ref, row.lines[0].ref, 10_000),
    ]
    assert queries.received_of_lines(row.ref, [row.lines[0].id]) == {row.lines[0].id: 100}


def receive(money: Money, id: int, quantity: int) -> int:
    row = queries.disbursement_by_id(id)
    assert row is not None
    return disbursing.receive_purchase(
        money.world.cast.keeper,
        disbursement_id=id,
        store_id=money.stock.store_id,
        counted=[CountedPurchase(row.lines[0].id, quantity, lot_number="L1")],
        at=money.at,
    )


def sign(money: Money, note_id: int) -> list[int]:
    note = warehouse.received_note(note_id)
    assert note is not None
    return receiving.countersign_receipt(
        money.world.cast.second_keeper, note_id=note_id, digest=note.digest, at=money.at
    )


def test_a_transfer_arrives_in_the_other_society(money: Money) -> None:
    county = money.world.places.county
    id = money.propose(5_000, kind="transfer", payee_organisation_id=county)
    money.decide(id)
    money.pay(id)
    assert ledger.balance(AccountKey(county, "bank", "ICBC")) == 5_000
    (fund,) = ledger.funds_of(county)
    assert (fund.restriction, fund.received) == ("appeal", 5_000)
    assert ledger.unspent_of("donations.gift:疫情防控") == 100_000_000
    assert figures(money)["finance.money-spent"] == 0
    assert figures(money)["finance.money-transferred"] == 5_000


def test_directed_money_is_ordered_at_once(money: Money) -> None:
    order = {
        "fund_id": money.directed,
        "amount": 7_000,
        "source": "donations.gift:定向一院",
        "purpose": "捐赠人定向",
        "at": money.at,
    }
    id = disbursing.order_directed_payment(SYSTEM, **order)  # type: ignore[arg-type]
    assert disbursing.order_directed_payment(SYSTEM, **order) == id  # type: ignore[arg-type]
    with pytest.raises(errors.NoCollectiveDecision):
        money.pay(id)
    cast = money.world.cast
    disbursing.countersign_direction(cast.accountant, disbursement_id=id, at=money.at)
    row = queries.disbursement(money.pay(id))
    assert row is not None
    assert (row.state, row.basis, row.decision_id) == ("paid", "direction", None)
    with pytest.raises(errors.FundIsNotYours):
        disbursing.order_directed_payment(SYSTEM, **{**order, "fund_id": money.free})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("refusal", "change"),
    [
        (errors.AmountIsNotAboveZero, {"amount": 0}),
        (errors.AmountIsNotAboveZero, {"amount": -1}),
        (Refusal, {"amount": 10**17}),
        (errors.PurposeIsMissing, {"purpose": "  "}),
        (errors.RestrictedToAnotherPurpose, {"serves": "donations.appeal:OTHER"}),
        (errors.PayeeIsUnknown, {"payee_organisation_id": 10**9}),
        (errors.TransferGoesToSocieties, {"kind": "transfer"}),
        (errors.PurchaseNeedsLines, {"kind": "purchase"}),
        (errors.FundIsNotYours, {"fund_id": 10**9}),
        (errors.PurchaseNeedsLines, {"lines": [OrderedLine(1, 1, 1)]}),
        (
            errors.LinesDoNotSum,
            {"kind": "purchase", "amount": 5, "lines": [OrderedLine(1, 2, 2)]},
        ),
        (
            errors.UnknownItem,
            {"kind": "purchase", "amount": 4, "lines": [OrderedLine(10**9, 2, 2)]},
        ),
    ],
)
def test_what_may_not_be_proposed(
    money: Money, refusal: type[Refusal], change: dict[str, object]
) -> None:
    with pytest.raises(refusal):
        money.propose(**change)  # type: ignore[arg-type]
    assert not Disbursement.objects.exists()


def test_directed_money_goes_nowhere_else(money: Money) -> None:
    with pytest.raises(errors.GiverDirectedElsewhere):
        money.propose(
            fund_id=money.directed, payee_organisation_id=money.world.places.second_hospital
        )


def test_no_payment_without_a_decision(money: Money) -> None:
    id = money.propose()
    with pytest.raises(errors.NoCollectiveDecision):
        money.pay(id)
    money.decide(id, approved=False)
    with pytest.raises(errors.NotWaitingForThis):
        money.pay(id)
    assert ledger.fund(money.appeal).spent == 0


def test_a_decision_is_a_meeting_of_three(money: Money) -> None:
    id = money.propose()
    first, second, *_rest = (m.person_id for m in money.world.cast.committee)
    with pytest.raises(errors.TooFewAttendees):
        money.decide(id, attendees=[first, second, first])
    with pytest.raises(errors.DecisionIsNotWritten):
        money.decide(id, minutes=" ")
    with pytest.raises(errors.DecisionIsInTheFuture):
        money.decide(id, held_on=money.at.date() + timedelta(days=1))
    with pytest.raises(errors.ProposerCannotDecide):
        money.decide(id, actor=money.world.cast.programme)
    money.decide(id)
    with pytest.raises(errors.NotWaitingForThis):
        money.decide(id)


def test_three_persons(money: Money) -> None:
    cast = money.world.cast
    id = money.propose()
    money.decide(id)
    for person in (cast.programme, cast.accountant):
        twin = replace(cast.cashier, person_id=person.person_id)
        with pytest.raises(errors.PayerMustBeAnother):
            money.pay(id, actor=twin)
    with pytest.raises(NotPermitted):
        money.pay(id, actor=cast.keeper)
    with pytest.raises(errors.BankIsMissing):
        money.pay(id, bank=" ")
    with pytest.raises(NotEnough):
        money.pay(id, bank="CCB")
    money.pay(id)
    with pytest.raises(errors.NotWaitingForThis):
        money.pay(id)


def test_no_more_than_the_fund_has(money: Money) -> None:
    ids = [money.propose(60_000_000), money.propose(60_000_000)]
    money.decide(*ids)
    money.pay(ids[0])
    with pytest.raises(FundHasTooLittle):
        money.pay(ids[1])
    disbursing.call_off(
        money.world.cast.programme, disbursement_id=ids[1], reason="余额不足", at=money.at
    )
    with pytest.raises(errors.NotWaitingForThis):
        money.pay(ids[1])


def test_strangers_do_nothing(money: Money) -> None:
    outsider = money.world.cast.outsider
    with pytest.raises(NotPermitted):
        money.propose(actor=outsider)
    id = money.propose()
    for act in (
        lambda: money.decide(id, actor=outsider),
        lambda: disbursing.call_off(outsider, disbursement_id=id, reason="x", at=money.at),
    ):
        with pytest.raises(NotPermitted):
            act()
    money.decide(id)
    money.pay(id)
    with pytest.raises(NotPermitted):
        disbursing.confirm_receipt(
            money.world.cast.second_receiver, disbursement_id=id, at=money.at
        )


def test_large_purchases_are_marked(money: Money) -> None:
    row = queries.disbursement_by_id(money.buy(100_000, 500))
    assert row is not None and row.is_large
    row = queries.disbursement_by_id(money.buy(1, 1))
    assert row is not None and not row.is_large


def test_the_order_of_a_gift_taken_back_is_called_off(money: Money) -> None:
    source = "donations.gift:D2"
    id = disbursing.order_directed_payment(
        SYSTEM, fund_id=money.directed, amount=5, source=source, purpose="定向", at=money.at
    )

    def withdraw() -> bool:
        return disbursing.withdraw_directed_payment(
            SYSTEM, source=source, reason="捐赠撤回", at=money.at
        )

    assert withdraw()
    assert not withdraw()
    row = queries.disbursement_by_id(id)
    assert row is not None and row.state == "cancelled"
