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
from datetime import date, datetime
from pathlib import Path

import pytest

from boai.foundations.certificates import queries as certificates
from boai.foundations.ledger import queries as ledger
from boai.foundations.translog import queries as translog
from boai.ground.core.actors import PUBLIC
from boai.ground.merkle.verify import main as boai_verify
from boai.relief.allocation import queries as allocation
from boai.relief.donations import queries as donations
from boai.relief.donations.errors import AppealIsNotOpen, ReasonForLatenessIsMissing
from boai.relief.donations.services import appeals, giving
from boai.relief.donations.values import gift_ref
from boai.relief.finance.errors import (
    GiverDirectedElsewhere,
    NoCollectiveDecision,
    RestrictedToAnotherPurpose,
)
from boai.relief.finance.services import disbursing
from boai.relief.warehouse import queries as warehouse
from boai.window.disclosure.queries.tracing import trace
from tests.factories.world import World
from tests.flows.steps import (
    BANK,
    DAY,
    HOUR,
    MINUTE,
    breaches,
    exported,
    settle,
    sign_for,
    waybill,
)
from tests.flows.town import Town, make_town

FIRST_DAY = date(2020, 1, 30)


@pytest.fixture
def town(world: World, at: datetime) -> Iterator[Town]:
    """The appeal is open, the store stands; afterwards every law holds."""
    yield make_town(world, at)
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
        assert translog.proof_bundle(ref) is not None
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
