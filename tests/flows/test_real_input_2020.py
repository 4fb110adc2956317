"""The lists that Wuhan published in January 2020, through the whole chain to the public proof.

Goods received on 29 and 30 January, the needs of the hospitals of eight cities, list 1, requests,
decisions, deliveries (one short), money of 24 January, a payment decided by a meeting, bulletins,
both directions of the trace, every law, and the log checked by the verifier that anybody may run.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pytest

from boai.foundations.ledger import queries as ledger
from boai.foundations.organisations.services import registering
from boai.foundations.translog import queries as translog
from boai.ground.core.actors import SYSTEM, Actor
from boai.ground.core.clock import CHINA
from boai.ground.core.imports import FileReport, ImportOrder, importers
from boai.ground.core.laws import all_laws
from boai.ground.merkle.verify import main as boai_verify
from boai.relief.allocation import queries as allocation
from boai.relief.allocation.services import listing
from boai.relief.allocation.values import AskLine, NeedRow
from boai.relief.donations import queries as donations
from boai.relief.finance.services import disbursing
from boai.relief.warehouse import queries as warehouse
from boai.relief.warehouse.services import inspecting
from boai.relief.warehouse.services.stores import open_store
from boai.relief.warehouse.values import LotState
from boai.window.disclosure.queries.tracing import trace
from tests.factories.people import engage
from tests.factories.published import shared_data
from tests.flows.steps import (
    HOUR,
    MINUTE,
    Office,
    ask,
    breaches,
    exported,
    flip_one_byte,
    open_office,
    propose,
    settle,
    sign_for,
    waybill,
)

pytestmark = pytest.mark.django_db

HOSPITALS = 6
"""How many of the hospitals ask on the morning of the 31st."""
USUAL = 400
"""What a hospital asks for that said "needed" without a number."""
SPENT = 100_000_01
"""Fen that the meeting decides to pay: a sum that splits a gift."""
MISSING = 7


def moment(day: int, hour: int, minute: int = 0, month: int = 1) -> datetime:
    return datetime(2020, month, day, hour, minute, tzinfo=CHINA)


@dataclass
class Wuhan:
    """The society, its office and what has come about so far."""

    office: Office
    reports: dict[str, FileReport] = field(default_factory=dict)
    list_id: int = 0
    hospitals: list[tuple[Actor, Actor]] = field(default_factory=list)
    """Who asks and who receives."""
    requests: list[int] = field(default_factory=list)

    def take_in(self, kind: str, path: Path, at: datetime) -> FileReport:
        """One file through the importer of its kind, by the person whose work it is."""
        actor = {"gifts": self.office.cashier, "goods-received": self.office.keeper}
        order = ImportOrder(
            actor=actor.get(kind, SYSTEM),
            path=path,
            organisation_id=self.office.society,
            at=at,
        )
        report = importers()[kind](order)
        found = report.accepted + report.duplicate + report.quarantined + report.refused
        assert report.rows == found
        return report


@pytest.fixture
def wuhan() -> Wuhan:
    """The society as a line in the register, people engaged, a store opened."""
    since = moment(1, 9)
    society = registering.register(
        SYSTEM,
        code="RC420100",
        name="武汉市红十字会",
        kind="society",
        level="city",
        parent_id=None,
        division_code="420100",
        at=since,
    )
    office = open_office(society, since)
    open_store(office.keeper, organisation_id=society, name="国际博览中心", at=since)
    return Wuhan(office)


def goods_lists() -> list[Path]:
    folder = shared_data("wuhan-redcross-2020") / "goods-received"
    return [path for pattern in ("*第7期*", "*8-2*") for path in folder.glob(pattern)]


def need_lists() -> list[Path]:
    folder = shared_data("hospital-needs-hubei-2020")
    return sorted(p for p in folder.glob("*.json") if p.stem.endswith(("shi", "zhou", "zhizhou")))


def money_lists() -> list[Path]:
    """The QR and POS list of 24 January and its copy with other columns."""
    channels = shared_data("wuhan-redcross-2020") / "channels"
    return sorted(channels.glob("*2020年1月24日*.xlsx"), key=lambda path: len(path.name))


def test_the_lists_of_january_2020_from_the_gate_to_the_public_proof(
    wuhan: Wuhan, tmp_path: Path
) -> None:
    receive_goods(wuhan)
    take_in_needs(wuhan)
    freeze_list_1(wuhan)
    take_in_money(wuhan)
    six_hospitals_ask(wuhan)
    decide_and_deliver(wuhan)
    number = pay_for_what_a_meeting_decided(wuhan)
    publish_two_days(wuhan)
    trace_goods_both_ways(wuhan)
    trace_money_to_the_fen(wuhan, number)
    every_law_holds(wuhan)
    anybody_can_verify(tmp_path / "export")


def receive_goods(wuhan: Wuhan) -> None:
    """29 and 30 January: every row a lot, but three whose quantity is shared by merged cells."""
    office, at = wuhan.office, moment(30, 15)
    first, second = [wuhan.take_in("goods-received", path, at) for path in goods_lists()]
    assert (first.rows, first.accepted, first.refused) == (141, 138, 3)
    assert {p.code for p in first.problems} == {"UnitWasKept", "QuantityIsShared"}
    assert (second.rows, second.accepted, second.refused) == (196, 196, 0)
    lots = warehouse.lots(organisation_id=office.society)
    assert len(lots) == first.accepted + second.accepted
    again = [wuhan.take_in("goods-received", path, at) for path in goods_lists()]
    assert [report.duplicate for report in again] == [138, 196]
    assert len(warehouse.lots(organisation_id=office.society)) == len(lots)
    waiting = [lot.id for lot in lots if lot.state == LotState.QUARANTINE]
    assert waiting
    assert all(lot.regulated for lot in lots if lot.state == LotState.QUARANTINE)
    assert set(waiting).isdisjoint(
        line.lot_id for line in warehouse.available(office.society, at.date())
    )
    inspecting.inspect_many(
        office.inspector, lot_ids=waiting, passed=True, note="证件齐全", at=at + HOUR / 2
    )


def take_in_needs(wuhan: Wuhan) -> None:
    """128 hospitals of eight cities; 1 means needed, and is never a number."""
    reports = [wuhan.take_in("needs", path, moment(30, 15, 45)) for path in need_lists()]
    assert len(reports) == 8
    assert sum(report.rows for report in reports) == 1260
    assert {p.code for report in reports for p in report.problems} == {"quantity-is-text"}
    needs = allocation.needs(society_id=wuhan.office.society)
    assert len(needs) == sum(report.accepted for report in reports)
    assert len({need.organisation_id for need in needs}) == 120
    assert 1 not in {need.quantity for need in needs}
    assert sum(need.quantity is None for need in needs) == 1144
    again = [wuhan.take_in("needs", path, moment(30, 15, 50)) for path in need_lists()]
    assert sum(report.accepted for report in again) == 0


def freeze_list_1(wuhan: Wuhan) -> None:
    """At 16:00 everything released stands on the list of the next day."""
    office = wuhan.office
    wuhan.list_id = listing.freeze_list(
        office.task_officer, organisation_id=office.society, at=moment(30, 16)
    )
    listed = allocation.available_list(wuhan.list_id)
    assert listed.for_day == date(2020, 1, 31)
    lots = {lot.id: lot for lot in warehouse.lots(organisation_id=office.society)}
    assert {line.lot_id for line in listed.lines} == set(lots)
    assert all(line.quantity == lots[line.lot_id or 0].received_quantity for line in listed.lines)


def take_in_money(wuhan: Wuhan) -> None:
    """The list of 24 January, and its copy saved again with other columns: nothing twice."""
    first, copy = [wuhan.take_in("gifts", path, moment(30, 17)) for path in money_lists()]
    assert (first.rows, first.accepted, first.amount_fen) == (1207, 1207, 210_783_19)
    assert (copy.accepted, copy.duplicate, copy.amount_fen) == (0, 1207, 210_783_19)
    [fund] = ledger.funds_of(wuhan.office.society)
    assert (fund.restriction, fund.balance) == ("unrestricted", 210_783_19)


def six_hospitals_ask(wuhan: Wuhan) -> None:
    """The first that need something of what is there, each for what it said it needs."""
    by_hospital: dict[int, list[NeedRow]] = {}
    for need in allocation.needs(society_id=wuhan.office.society):
        by_hospital.setdefault(need.organisation_id, []).append(need)
    since = moment(30, 18)
    for hospital, needs in by_hospital.items():
        if len(wuhan.requests) == HOSPITALS:
            return
        lines = what_is_there(wuhan, needs)
        if lines:
            place = len(wuhan.requests)
            asker = engage("朱需求", f"flow-need-{place}", hospital, "HOS", at=since)
            receiver = engage("韩签收", f"flow-sign-{place}", hospital, "REC", at=since)
            wuhan.hospitals.append((asker, receiver))
            wuhan.requests.append(
                ask(asker, wuhan.list_id, lines, moment(31, 9) + place * MINUTE / 4)
            )


def what_is_there(wuhan: Wuhan, needs: Sequence[NeedRow]) -> list[AskLine]:
    found = []
    lines = allocation.available_list(wuhan.list_id).lines
    for need in needs:
        fit = [line for line in lines if line.item_id == need.item_id and line.left]
        if fit:
            largest = max(fit, key=lambda line: line.left)
            wanted = min(need.quantity or USUAL, largest.left)
            found.append(AskLine(largest.id, wanted, need_id=need.id))
    return found


def decide_and_deliver(wuhan: Wuhan) -> None:
    """Five are approved and signed for, one of them short; one is refused."""
    office = wuhan.office
    at = moment(31, 9, 2)
    cases = [propose(office, request, at + MINUTE) for request in wuhan.requests]
    outcomes = [office.decide(case, at + 2 * MINUTE, approve=case != cases[-1]) for case in cases]
    assert outcomes == ["approved"] * 5 + ["refused"]
    assert not any(allocation.request(request).late for request in wuhan.requests)
    *sent, refused = [allocation.request(request) for request in wuhan.requests]
    assert refused.waybill_id is None
    assert warehouse.reserved_for(refused.ref) == {}
    for place, (request, (_, receiver)) in enumerate(zip(sent, wuhan.hospitals, strict=False)):
        assert sum(quantity for *_, quantity in request.proposed) > 0
        loaded = office.load(request.waybill_id or 0, moment(31, 10, place))
        assert loaded.receiver_id == receiver.organisation_id
        missing = MISSING if place == 1 else 0
        signed = sign_for(receiver, loaded.id, moment(31, 14, place), missing=missing)
        assert signed.state == ("disputed" if missing else "delivered")
    short = settle(office, sent[1].waybill_id or 0, "lost", moment(31, 16))
    assert short.state == "settled"
    assert (
        ledger.lot_position([short.lines[0].lot_id])[short.lines[0].lot_id].written_off == MISSING
    )


def pay_for_what_a_meeting_decided(wuhan: Wuhan) -> str:
    """One payment out of the money of 24 January."""
    office = wuhan.office
    [fund] = ledger.funds_of(office.society)
    asked = disbursing.propose_disbursement(
        office.programme,
        organisation_id=office.society,
        fund_id=fund.id,
        kind="payment",
        payee_organisation_id=wuhan.hospitals[0][0].organisation_id or 0,
        amount=SPENT,
        purpose="发热门诊改造",
        at=moment(31, 11),
    )
    return office.spend(asked, moment(31, 12))


def publish_two_days(wuhan: Wuhan) -> None:
    """The bulletins of 30 and 31 January chain and balance, money and every item."""
    office = wuhan.office
    first = office.publish(date(2020, 1, 30), moment(31, 18))
    second = office.publish(date(2020, 1, 31), moment(1, 9, month=2))
    one, two = first.content, second.content
    assert (one["money"]["in_fen"], one["money"]["out_fen"]) == (210_783_19, 0)
    assert two["money"]["opening_fen"] == one["money"]["closing_fen"] == 210_783_19
    assert (two["money"]["out_fen"], two["money"]["closing_fen"]) == (SPENT, 110_783_18)
    for line in two["goods"]:
        assert line["opening"] + line["in"] - line["out"] == line["closing"]
    sent = [waybill(allocation.request(request).waybill_id) for request in wuhan.requests[:-1]]
    left = sum(line.quantity for one in sent for line in one.lines)
    assert sum(line["out"] for line in two["goods"]) == left > 0
    assert second.content["previous"]["number"] == first.number


def trace_goods_both_ways(wuhan: Wuhan) -> None:
    """From each lot to the hospitals that signed for it, and from each waybill to its lots."""
    delivered = Counter[str]()
    for request in wuhan.requests[:-1]:
        number = waybill(allocation.request(request).waybill_id).number
        document = trace(number)
        for line in document["lines"]:
            delivered[line["lot"]] += line["accepted"]
            [way] = [w for w in trace(line["lot"])["deliveries"] if w["waybill"] == number]
            assert (way["receiver"], way["accepted"]) == (document["receiver"], line["accepted"])
    for lot, quantity in delivered.items():
        document = trace(lot)
        assert document["delivered"] == quantity
        places = ("quarantine", "on_hand", "reserved", "in_transit", "returned", "written_off")
        assert quantity + sum(document[place] for place in places) == document["quantity"]


def trace_money_to_the_fen(wuhan: Wuhan, number: str) -> None:
    """First in, first out: 1,207 gifts, of which one is split by the sum that was paid."""
    gifts = donations.gifts_on(wuhan.office.society, date(2020, 1, 30))
    assert len(gifts) == 1207
    expected, left = {}, SPENT
    for gift in sorted(gifts, key=lambda gift: gift.id):
        if left:
            expected[gift.number] = min(left, gift.amount_fen or 0)
            left -= expected[gift.number]
    expense = trace(number)
    assert {g["number"]: g["amount_fen"] for g in expense["gifts"]} == expected
    assert (expense["gifts_fen"], expense["gifts_count"]) == (SPENT, len(expected))
    amounts = {gift.number: gift.amount_fen or 0 for gift in gifts}
    [split] = [n for n, part in expected.items() if part < amounts[n]]
    untouched = next(n for n in amounts if n not in expected)
    for one in (next(iter(expected)), split, untouched):
        document = trace(one)
        paid = [expected[one]] if one in expected else []
        assert [use["amount_fen"] for use in document["uses"]] == paid
        assert document["unspent_fen"] == amounts[one] - expected.get(one, 0)


def every_law_holds(wuhan: Wuhan) -> None:
    assert breaches() == {}
    read = {law.id: law.check().checked for law in all_laws()}
    assert len(read) > 40
    assert read["donations-01"] == 1207


def anybody_can_verify(folder: Path) -> None:
    """The exported log passes the public verifier; one altered byte does not."""
    exported(folder, moment(1, 10, month=2))
    head = translog.checkpoint()
    assert head is not None
    assert head.size == len(list(translog.leaves()))
    key = (folder / "vkey").read_text().strip()
    assert boai_verify([str(folder), "--key", key]) == 0
    flip_one_byte(next(p for p in folder.rglob("*") if p.is_file() and "entries" in p.parts))
    assert boai_verify([str(folder), "--key", key]) == 1
