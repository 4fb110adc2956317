"""Money that was spent: traced to the fen, both ways, on to lots and deliveries."""

import json
from datetime import timedelta

import pytest

from boai.foundations.ledger import queries as ledger
from boai.foundations.ledger.services import numbering
from boai.foundations.translog.services.sequencing import sequence
from boai.relief.donations import queries as donations
from boai.relief.donations.services.funding import bank_for
from boai.relief.finance import queries as finance
from boai.relief.finance.services import disbursing
from boai.relief.finance.values import CountedPurchase, OrderedLine
from boai.relief.warehouse import queries as warehouse
from boai.relief.warehouse.services import receiving
from boai.window.disclosure import queries
from boai.window.disclosure.queries.tracing import trace
from boai.window.disclosure.rules.derivation import Question, derive
from tests.window.disclosure.test_bulletins import DAY, FIRST, run
from tests.window.disclosure.test_pages import page


@pytest.fixture
def bought(story, at):
    """Three gifts, a purchase of gloves that takes the first and a part of the second."""
    cast, places = story.world.cast, story.world.places
    gifts = story.give(10_000, 20_001, 5_000, at=at)
    numbering.number_all()
    fund = donations.appeal(story.appeal.slug).fund_id
    asked = disbursing.propose_disbursement(
        cast.programme,
        organisation_id=story.city,
        fund_id=fund,
        kind="purchase",
        payee_organisation_id=places.company,
        amount=15_000,
        purpose="采购手套",
        lines=[OrderedLine(story.stock.gloves, 60, 250)],
        at=at,
    )
    disbursing.record_collective_decision(
        cast.accountant,
        disbursement_ids=[asked],
        meeting="第 3 次党组会议",
        held_on=at.date(),
        attendees=[member.person_id for member in cast.committee],
        approved=True,
        minutes="同意。",
        at=at,
    )
    disbursing.pay(
        cast.cashier,
        disbursement_id=asked,
        bank=bank_for(story.city, "bank"),
        at=at + timedelta(hours=1),
    )
    row = finance.disbursement_by_id(asked)
    note = disbursing.receive_purchase(
        cast.keeper,
        disbursement_id=asked,
        store_id=story.stock.store_id,
        counted=[CountedPurchase(row.lines[0].id, 60)],
        at=at + timedelta(hours=2),
    )
    [lot] = receiving.countersign_receipt(
        cast.second_keeper,
        note_id=note,
        digest=warehouse.received_note(note).digest,
        at=at + timedelta(hours=3),
    )
    return gifts, row, lot


def test_shares_sum_both_ways(story, bought, at):
    gifts, expense, lot = bought
    waybill = story.deliver(lot, 20, accepted=20, at=at + timedelta(hours=4))
    sequence(at)
    used = 0
    for number in gifts:
        document = trace(number)
        spent = sum(use["amount_fen"] for use in document["uses"])
        assert spent + document["unspent_fen"] == document["amount_fen"]
        used += spent
    assert used == 15_000
    behind = trace(expense.number)
    assert behind["gifts_fen"] == behind["amount_fen"] == 15_000
    assert {g["number"]: g["amount_fen"] for g in behind["gifts"]} == {
        gifts[0]: 10_000,
        gifts[1]: 5_000,
    }
    first = trace(gifts[0])
    assert first["uses"][0]["number"] == expense.number
    lots = first["uses"][0]["lots"]
    assert lots[0]["deliveries"][0]["receiver"] == "测州市第一医院"
    assert trace(lots[0]["number"])["gifts_count"] == 2
    assert {g["number"] for g in trace(waybill)["gifts"]} == set(gifts[:2])
    text = page(f"/trace/{gifts[1]}/")
    for words in ("50.00", "采购手套", "测州医疗器械有限公司", "测州市第一医院", "150.01"):
        assert words in text
    for number in (expense.number, lots[0]["number"], waybill):
        assert gifts[0] in page(f"/trace/{number}/")


def test_the_bulletin_agrees_with_the_books(story, bought, at):
    _gifts, expense, _lot = bought
    row = run(story, FIRST, at + DAY)
    money = row.content["money"]
    assert (money["in_fen"], money["out_fen"], money["closing_fen"]) == (35_001, 15_000, 20_001)
    assert row.content["payments"][0]["number"] == expense.number
    fund = ledger.fund(donations.appeal(story.appeal.slug).fund_id)
    assert fund.balance == money["closing_fen"]
    [gloves] = row.content["goods"]
    assert gloves["closing"] == 60


def test_a_transfer_is_income_of_the_other_society(story, at):
    cast, places = story.world.cast, story.world.places
    story.give(10_000, at=at)
    numbering.number_all()
    asked = disbursing.propose_disbursement(
        cast.programme,
        organisation_id=story.city,
        fund_id=donations.appeal(story.appeal.slug).fund_id,
        kind="transfer",
        payee_organisation_id=places.county,
        amount=4_000,
        purpose="划转东区",
        at=at,
    )
    disbursing.record_collective_decision(
        cast.accountant,
        disbursement_ids=[asked],
        meeting="第 4 次党组会议",
        held_on=at.date(),
        attendees=[member.person_id for member in cast.committee],
        approved=True,
        minutes="同意。",
        at=at,
    )
    disbursing.pay(cast.cashier, disbursement_id=asked, bank=bank_for(story.city, "bank"), at=at)
    sequence(at)
    leaves = list(queries.log_leaves(10**6))
    there = json.loads(derive(leaves, Question("T-D1", "", "2020-01-29", 10**6)))["money"]
    here = json.loads(derive(leaves, Question("T-C", "", "2020-01-29", 10**6)))["money"]
    assert (there["in_fen"], there["transfers_fen"], there["closing_fen"]) == (4_000, 4_000, 4_000)
    assert (here["in_fen"], here["out_fen"], here["closing_fen"]) == (10_000, 4_000, 6_000)
    assert "transfers_fen" not in here
