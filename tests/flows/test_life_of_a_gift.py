"""Twenty yuan and five hundred masks: what the books say after each act.

=========================  ==========================================  ===================
act                        masks (只)                                   the appeal's money
.                          quarantine  on hand  set aside  way  there  bank = fund (yuan)
=========================  ==========================================  ===================
20 yuan, then 30 yuan      0           0        0          0    0      50.00
500 masks are counted      500         0        0          0    0      50.00
a third keeper passes them 0           500      0          0    0      50.00
100 gloves are bought      0           500      0          0    0      15.00
300 masks are approved     0           200      300        0    0      15.00
two keepers load them      0           200      0          300  0      15.00
the hospital signs         0           200      0          0    300    15.00
=========================  ==========================================  ===================

The gloves cost 35 yuan: the whole 20 yuan of the first giver and 15 of the second giver's 30. They
go to the hospital on the same waybill as the masks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest

from boai.foundations.catalogue.queries import item_by_code
from boai.foundations.certificates import queries as certificates
from boai.foundations.ledger import queries as ledger
from boai.foundations.ledger.values import AccountKey
from boai.foundations.translog import queries as translog
from boai.ground.core.actors import PUBLIC
from boai.ground.merkle.verify import main as boai_verify
from boai.relief.allocation import queries as allocation
from boai.relief.allocation.services import listing
from boai.relief.allocation.values import AskLine
from boai.relief.donations import queries as donations
from boai.relief.donations.errors import AppealIsNotOpen, ReasonForLatenessIsMissing
from boai.relief.donations.services import appeals, booking, giving, registering
from boai.relief.donations.values import AnnouncedGift, AnnouncedLine, GiftOrder, gift_ref, line_ref
from boai.relief.finance.errors import (
    GiverDirectedElsewhere,
    NoCollectiveDecision,
    RestrictedToAnotherPurpose,
)
from boai.relief.finance.services import disbursing
from boai.relief.finance.values import OrderedLine
from boai.relief.warehouse import queries as warehouse
from boai.relief.warehouse.services import inspecting, receiving
from boai.relief.warehouse.values import CountedLine
from boai.window.disclosure.queries.tracing import trace
from tests.factories.goods import Stock, make_stock
from tests.factories.world import World
from tests.flows.steps import (
    BANK,
    DAY,
    HOUR,
    MINUTE,
    Office,
    ask,
    breaches,
    exported,
    propose,
    settle,
    sign_for,
    waybill,
)
from tests.relief.donations.conftest import Opened, open_one

FIRST_DAY = date(2020, 1, 30)


@dataclass(frozen=True, slots=True)
class Town:
    """The city society on the day its appeal opens: 29 January, ten o'clock."""

    world: World
    stock: Stock
    appeal: Opened
    office: Office
    masks: int
    at: datetime

    @property
    def city(self) -> int:
        return self.world.places.city

    def give(self, fen: int, name: str, at: datetime, *, directed_to: int | None = None) -> str:
        """A gift of money that a channel reports; answers its number."""
        order = GiftOrder(
            amount_fen=fen,
            channel="wechatpay",
            channel_reference=f"4200{name}",
            given_at=at,
            donor_name=name,
            named=True,
            display_name=name,
            directed_to=directed_to,
        )
        [number] = booking.book_gifts(
            self.office.cashier,
            organisation_id=self.city,
            appeal_id=self.appeal.id,
            orders=[order],
            at=at,
        ).numbers
        return number

    def announce_masks(
        self, quantity: int, at: datetime, *, late_reason: str = ""
    ) -> AnnouncedGift:
        """A company says at the counter that masks are on their way."""
        return registering.announce_gift_in_kind(
            self.office.intake,
            organisation_id=self.city,
            appeal_id=self.appeal.id,
            lines=[AnnouncedLine(self.masks, quantity)],
            donor_name="测州医疗器械有限公司",
            named=True,
            display_name="测州医疗器械",
            store_id=self.stock.store_id,
            late_reason=late_reason,
            at=at,
        )

    def count_masks(self, made: AnnouncedGift, quantity: int, at: datetime) -> int:
        """Two keepers count them in; answers the lot."""
        gift = donations.gift(made.number)
        assert gift is not None
        note = receiving.open_note(
            self.office.keeper,
            organisation_id=self.city,
            store_id=self.stock.store_id,
            origin=gift_ref(made.number),
            consignment_id=made.consignment_id,
            lines=[
                CountedLine(
                    self.masks,
                    quantity,
                    expires_on=date(2021, 6, 30),
                    origin_line=line_ref(gift.lines[0].id),
                )
            ],
            at=at,
        )
        [lot] = self.office.receive(note, at + 10 * MINUTE)
        return lot

    def masks_in_store(self, quantity: int) -> int:
        """Masks given, counted and released on the first day; answers the lot."""
        lot = self.count_masks(self.announce_masks(quantity, self.at), quantity, self.at + HOUR)
        self.release(lot, self.at + 2 * HOUR)
        return lot

    def release(self, lot: int, at: datetime) -> None:
        """The third keeper has seen the papers."""
        inspecting.inspect_lot(self.office.inspector, lot_id=lot, passed=True, at=at)

    def buy_gloves(self, quantity: int, fen: int, at: datetime) -> tuple[str, int]:
        """A meeting decides, the cashier pays, the goods come; answers expense and lot."""
        asked = disbursing.propose_disbursement(
            self.office.programme,
            organisation_id=self.city,
            fund_id=self.appeal.fund_id,
            kind="purchase",
            payee_organisation_id=self.world.places.company,
            amount=quantity * fen,
            purpose="采购检查手套",
            lines=[OrderedLine(self.stock.gloves, quantity, fen)],
            at=at,
        )
        number = self.office.spend(asked, at + HOUR)
        [lot] = self.office.receive_bought(number, self.stock.store_id, at + 2 * HOUR)
        return number, lot

    def freeze(self) -> dict[int, tuple[int, int]]:
        """List 1 of tomorrow, at 16:00: line and list by lot."""
        at = self.at.replace(hour=16)
        list_id = listing.freeze_list(self.office.task_officer, organisation_id=self.city, at=at)
        lines = allocation.available_list(list_id).lines
        return {line.lot_id or 0: (line.id, list_id) for line in lines}

    def request(self, wanted: dict[int, int], at: datetime) -> tuple[int, int]:
        """The hospital asks for lots of the list, the task force proposes; request and case."""
        lines = self.freeze()
        [list_id] = {list_id for _, list_id in lines.values()}
        asked = [AskLine(lines[lot][0], quantity) for lot, quantity in wanted.items()]
        request = ask(self.world.cast.hospital_user, list_id, asked, at)
        return request, propose(self.office, request, at + 2 * MINUTE)

    def goods(self, lot: int) -> tuple[int, int, int, int, int]:
        """Quarantine, on hand, set aside, on the way, there."""
        found = ledger.lot_position([lot])[lot]
        return (
            found.quarantine,
            found.on_hand,
            found.reserved,
            found.in_transit,
            found.delivered,
        )

    def money(self) -> tuple[int, int]:
        """Bank and fund of the appeal, in fen."""
        bank = ledger.balance(AccountKey(self.city, "bank", BANK, "CNY"))
        return bank, ledger.fund(self.appeal.fund_id).balance


def office_of(world: World) -> Office:
    """The seats of the cast."""
    cast = world.cast
    return Office(
        society=world.places.city,
        intake=cast.intake,
        programme=cast.programme,
        accountant=cast.accountant,
        cashier=cast.cashier,
        keeper=cast.keeper,
        second_keeper=cast.second_keeper,
        inspector=cast.third_keeper,
        task_officer=cast.task_officer,
        committee=cast.committee,
        publisher=cast.publisher,
        second_publisher=cast.second_publisher,
    )


@pytest.fixture
def town(world: World, at: datetime) -> Iterator[Town]:
    """The appeal is open, the store stands; afterwards every law holds."""
    stock = make_stock(world, at)
    masks = item_by_code("MASK-SUR")
    assert masks is not None
    yield Town(world, stock, open_one(world, at), office_of(world), masks.id, at)
    assert breaches() == {}


def test_twenty_yuan_and_five_hundred_masks(town: Town, at: datetime, tmp_path: Path) -> None:
    breakfast = town.give(20_00, "林小雨", at)
    second = town.give(30_00, "郭守一", at + MINUTE)
    assert town.money() == (50_00, 50_00)

    made = town.announce_masks(500, at)
    masks = town.count_masks(made, 500, at + HOUR)
    assert town.goods(masks) == (500, 0, 0, 0, 0)
    town.release(masks, at + 2 * HOUR)
    assert town.goods(masks) == (0, 500, 0, 0, 0)

    expense, gloves = town.buy_gloves(100, 35, at + 2 * HOUR)
    assert town.money() == (15_00, 15_00)

    morning = at + DAY
    request, case = town.request({masks: 300, gloves: 100}, morning)
    assert town.goods(masks) == (0, 500, 0, 0, 0)
    assert town.office.decide(case, morning + 3 * MINUTE) == "approved"
    assert town.goods(masks) == (0, 200, 300, 0, 0)

    way = town.office.load(waybill(allocation.request(request).waybill_id).id, morning + HOUR)
    assert town.goods(masks) == (0, 200, 0, 300, 0)
    signed = sign_for(town.world.cast.receiver, way.id, morning + 3 * HOUR)
    assert signed.state == "delivered"
    assert town.goods(masks) == (0, 200, 0, 0, 300)
    assert town.goods(gloves) == (0, 0, 0, 0, 100)

    bulletin = town.office.publish(FIRST_DAY, at + 2 * DAY, appeal=town.appeal.slug)
    money = bulletin.content["money"]
    assert (money["in_fen"], money["out_fen"], money["closing_fen"]) == (50_00, 35_00, 15_00)
    assert {(line["in"], line["out"], line["closing"]) for line in bulletin.content["goods"]} == {
        (500, 300, 200),
        (100, 100, 0),
    }

    the_giver_sees_where_it_went(breakfast, expense, way.number)
    assert trace(second)["unspent_fen"] == 15_00
    the_company_sees_where_it_went(made.number, way.number)
    the_expense_names_its_givers(expense, {breakfast: 20_00, second: 15_00})
    everything_is_in_the_log(
        tmp_path, at + 2 * DAY, [gift_ref(breakfast), gift_ref(made.number)], expense, way.number
    )


def the_giver_sees_where_it_went(number: str, expense: str, way: str) -> None:
    """Twenty yuan: one expense, its gloves, their delivery; certificate and letter at once."""
    document = trace(number)
    [use] = document["uses"]
    assert (use["number"], use["amount_fen"], document["unspent_fen"]) == (expense, 20_00, 0)
    [lot] = use["lots"]
    assert [(d["waybill"], d["accepted"]) for d in lot["deliveries"]] == [(way, 100)]
    papers = certificates.papers_of(gift_ref(number))
    assert {paper.kind for paper in papers} == {"donation-certificate", "thank-you-letter"}


def the_company_sees_where_it_went(number: str, way: str) -> None:
    """Five hundred masks: 300 delivered, 200 still here."""
    [line] = trace(number)["lines"]
    assert (line["received"], line["on_hand"], line["delivered"]) == (500, 200, 300)
    [lot] = line["lots"]
    assert [(d["waybill"], d["accepted"]) for d in lot["deliveries"]] == [(way, 300)]
    back = trace(lot["number"])
    assert (back["origin"], back["origin_number"]) == ("gift", number)
    assert {"number": number} in trace(way)["gifts"]


def the_expense_names_its_givers(number: str, shares: dict[str, int]) -> None:
    """And the way back, in whole fen."""
    document = trace(number)
    assert {gift["number"]: gift["amount_fen"] for gift in document["gifts"]} == shares
    assert document["gifts_fen"] == document["amount_fen"] == sum(shares.values())


def everything_is_in_the_log(
    folder: Path, at: datetime, gifts: list[str], expense: str, way: str
) -> None:
    """Each public act has its leaf; names are not readable in it."""
    _, key = exported(folder, at)
    for ref in (*gifts, f"finance.disbursement:{expense}", f"dispatch.delivery:{way}"):
        assert translog.proof_of(ref) is not None
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert gifts[0].partition(":")[2].encode() in everything
    assert "林小雨".encode() not in everything
    assert boai_verify([str(folder), "--key", key]) == 0


def test_a_short_delivery_is_settled_by_two_people(town: Town, at: datetime) -> None:
    """Three of 300 do not arrive: they stay on the way until two people say how it ended."""
    masks = town.masks_in_store(500)
    morning = at + DAY
    request, case = town.request({masks: 300}, morning)
    town.office.decide(case, morning + 3 * MINUTE)
    way = town.office.load(waybill(allocation.request(request).waybill_id).id, morning + HOUR)
    signed = sign_for(town.world.cast.receiver, way.id, morning + 3 * HOUR, missing=3)
    assert signed.state == "disputed"
    assert town.goods(masks) == (0, 200, 0, 3, 297)
    assert settle(town.office, way.id, "lost", morning + 5 * HOUR).state == "settled"
    assert town.goods(masks) == (0, 200, 0, 0, 297)
    assert ledger.lot_position([masks])[masks].written_off == 3
    assert trace(warehouse.lots(lot_ids=[masks])[0].number)["written_off"] == 3


def test_a_refused_request_leaves_nothing_set_aside(town: Town, at: datetime) -> None:
    masks = town.masks_in_store(500)
    request, case = town.request({masks: 300}, at + DAY)
    assert town.office.decide(case, at + DAY + 3 * MINUTE, approve=False) == "refused"
    row = allocation.request(request)
    assert (row.state, row.waybill_id) == ("refused", None)
    assert town.goods(masks) == (0, 500, 0, 0, 0)
    assert warehouse.reserved_for(row.ref) == {}
    [line] = allocation.available_list(row.list_id).lines
    assert line.left == 500


def test_money_is_not_spent_against_its_givers_will(town: Town, at: datetime) -> None:
    """Another purpose, another unit, no decision: refused, and the books stay as they were."""
    town.give(100_00, "林小雨", at)
    town.give(50_00, "郭守一", at, directed_to=town.world.places.hospital)
    before = [(fund.id, fund.balance) for fund in ledger.funds_of(town.city)]
    directed = next(f for f in ledger.funds_of(town.city) if f.restriction == "directed")

    def ask_for(fund: int, payee: int, serves: str | None) -> int:
        return disbursing.propose_disbursement(
            town.office.programme,
            organisation_id=town.city,
            fund_id=fund,
            kind="payment",
            payee_organisation_id=payee,
            amount=40_00,
            purpose="办公用房修缮",
            serves=serves,
            at=at,
        )

    with pytest.raises(RestrictedToAnotherPurpose):
        ask_for(town.appeal.fund_id, town.world.places.company, "donations.appeal:office")
    with pytest.raises(GiverDirectedElsewhere):
        ask_for(directed.id, town.world.places.second_hospital, None)
    undecided = ask_for(town.appeal.fund_id, town.world.places.hospital, None)
    with pytest.raises(NoCollectiveDecision):
        disbursing.pay(town.office.cashier, disbursement_id=undecided, bank=BANK, at=at + HOUR)
    assert [(fund.id, fund.balance) for fund in ledger.funds_of(town.city)] == before


def test_nothing_is_taken_after_the_suspension(town: Town, at: datetime) -> None:
    """Money is refused at each door, goods too, unless they were on their way already."""
    early = town.give(20_00, "林小雨", at)
    appeals.suspend_appeal(
        town.office.programme, appeal_id=town.appeal.id, reason="物资已满足需要", at=at + HOUR
    )
    late = at + 2 * HOUR
    with pytest.raises(AppealIsNotOpen):
        town.give(20_00, "郭守一", late)
    with pytest.raises(AppealIsNotOpen):
        giving.place_order(
            PUBLIC,
            appeal_id=town.appeal.id,
            amount_fen=20_00,
            channel="sandbox",
            merchant="1900000109",
            form_key="form-1",
            at=late,
        )
    with pytest.raises(ReasonForLatenessIsMissing):
        town.announce_masks(500, late)
    assert town.money() == (20_00, 20_00)
    assert [gift.number for gift in donations.gifts_on(town.city, at.date())] == [early]
    made = town.announce_masks(500, late, late_reason="1 月 28 日已发运")
    assert town.goods(town.count_masks(made, 500, late + HOUR)) == (500, 0, 0, 0, 0)
