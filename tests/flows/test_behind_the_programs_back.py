"""Somebody with the database's password alters one stored value.

With the guards in place the database refuses the statement. With the guards taken away the value
changes, and ``boai audit`` exits 1 and names the row.
"""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from boai.foundations.translog.services.sequencing import sequence
from boai.relief.allocation import queries as allocation
from boai.relief.donations.values import gift_ref
from boai.relief.warehouse import queries as warehouse
from tests.factories.books import drop_guards
from tests.factories.world import World
from tests.flows.steps import DAY, HOUR, MINUTE, sign_for, waybill
from tests.flows.town import make_town


@dataclass(frozen=True, slots=True)
class Past:
    """A day that is over: what was given, bought, allotted, delivered, published."""

    gift: str
    expense: str
    lot: str
    lot_id: int
    case: int
    request: str
    way: str
    bulletin: str


@pytest.fixture
def past(world: World, at: datetime, altered_books: None) -> Past:
    """The whole story once, in the log."""
    found = live_a_day(world, at)
    assert audit() == (0, {})
    return found


def live_a_day(world: World, at: datetime) -> Past:
    """Given, bought, asked for, decided, delivered, published, and taken up by the log."""
    town = make_town(world, at)
    gift = town.give(20_00, "林小雨", at)
    town.give(30_00, "郭守一", at + MINUTE)
    lot = town.masks_in_store(500)
    expense, gloves = town.buy_gloves(100, 35, at + 2 * HOUR)
    morning = at + DAY
    request, case = town.request({lot: 300, gloves: 100}, morning)
    town.office.decide(case, morning + 3 * MINUTE)
    row = allocation.request(request)
    way = town.office.load(row.waybill_id or 0, morning + HOUR)
    sign_for(world.cast.receiver, way.id, morning + 3 * HOUR)
    bulletin = town.office.publish(date(2020, 1, 30), at + 2 * DAY, appeal=town.appeal.slug)
    sequence(at + 2 * DAY)
    number = warehouse.lots(lot_ids=[lot])[0].number
    return Past(gift, expense, number, lot, case, row.ref, waybill(way.id).number, bulletin.number)


Target = Callable[[Past], tuple[str, str]]
"""Where to find the row, and the name under which a law must name it."""


def row(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return str(cursor.fetchone()[0])


def a_posting(past: Past) -> tuple[str, str]:
    id = row(f"SELECT MAX(id) FROM ledger_posting WHERE lot = {past.lot_id}")
    return f"id = {id}", "ledger.entry:" + row(
        f"SELECT entry_id FROM ledger_posting WHERE id = {id}"
    )


def a_balance(past: Past) -> tuple[str, str]:
    found = f"SELECT id FROM ledger_account WHERE lot = {past.lot_id} AND kind = 'delivered'"
    return f"account_id = {row(found)}", f"ledger.account:{row(found)}"


def a_vote(past: Past) -> tuple[str, str]:
    first = row(f"SELECT MIN(id) FROM approvals_vote WHERE case_id = {past.case}")
    return f"id = {first}", f"approvals.case:{past.case}"


def a_received_note(past: Past) -> tuple[str, str]:
    number = row(
        "SELECT n.number FROM warehouse_receivednote n JOIN warehouse_receivedline r"
        " ON r.note_id = n.id JOIN warehouse_lot l ON l.received_line_id = r.id"
        f" WHERE l.id = {past.lot_id}"
    )
    return f"number = '{number}'", f"warehouse.received-note:{number}"


def an_issue_note(past: Past) -> tuple[str, str]:
    number = row("SELECT MIN(number) FROM warehouse_issuenote")
    return f"number = '{number}'", f"warehouse.issue-note:{number}"


def a_paper(past: Past) -> tuple[str, str]:
    number = row(
        f"SELECT MIN(number) FROM certificates_paper WHERE subject = '{gift_ref(past.gift)}'"
    )
    return f"number = '{number}'", f"certificates.paper:{number}"


def a_line_of_the_trail(past: Past) -> tuple[str, str]:
    id = row(f"SELECT MIN(id) FROM trail_act WHERE subject = 'finance.disbursement:{past.expense}'")
    return f"id = {id}", f"trail.act:{id}"


def a_line_of_list_1(past: Past) -> tuple[str, str]:
    found = row(f"SELECT MIN(list_id) FROM allocation_listline WHERE lot_id = {past.lot_id}")
    return f"list_id = {found}", f"allocation.list:{found}"


def a_delivered_line(past: Past) -> tuple[str, str]:
    found = (
        "SELECT d.id FROM dispatch_deliveryline d JOIN dispatch_waybillline l ON l.id = d.line_id "
        f"WHERE l.lot_id = {past.lot_id}"
    )
    return f"id = {row(found)}", f"dispatch.waybill:{past.way}"


def a_receipt(past: Past) -> tuple[str, str]:
    found = row(f"SELECT id FROM dispatch_waybill WHERE number = '{past.way}'")
    return f"waybill_id = {found}", f"dispatch.waybill:{past.way}"


ALTERATIONS: dict[str, tuple[str, str, Target]] = {
    "an amount in the books": ("ledger_posting", "amount = amount + 1", a_posting),
    "a balance": ("ledger_balance", "amount = amount - 1", a_balance),
    "a leaf of the log": (
        "translog_leaf",
        "body = replace(body, '2000', '2001')",
        lambda past: (f"ref = '{gift_ref(past.gift)}'", gift_ref(past.gift)),
    ),
    "a lot's last day": (
        "warehouse_lot",
        "expires_on = '2029-06-30'",
        lambda past: (f"id = {past.lot_id}", f"warehouse.lot:{past.lot}"),
    ),
    "a lot's quantity": (
        "warehouse_lot",
        "received_quantity = received_quantity - 100",
        lambda past: (f"id = {past.lot_id}", f"warehouse.lot:{past.lot}"),
    ),
    "a vote": ("approvals_vote", "approve = (1 = 0)", a_vote),
    "whose vote it was": (
        "approvals_vote",
        "person_id = (SELECT MIN(id) FROM identity_person)",
        a_vote,
    ),
    "who received the goods": (
        "warehouse_receivednote",
        "counted_by_id = (SELECT MIN(id) FROM identity_person)",
        a_received_note,
    ),
    "when the goods were issued": (
        "warehouse_issuenote",
        "countersigned_at = picked_at",
        an_issue_note,
    ),
    "what a committee was shown": (
        "approvals_case",
        "content = '{}'",
        lambda past: (f"id = {past.case}", f"approvals.case:{past.case}"),
    ),
    "a paper": ("certificates_paper", "facts = '{}'", a_paper),
    "a gift's amount": (
        "donations_gift",
        "amount_fen = amount_fen + 1",
        lambda past: (f"number = '{past.gift}'", gift_ref(past.gift)),
    ),
    "an expense's amount": (
        "finance_disbursement",
        "amount_fen = amount_fen + 1",
        lambda past: (f"number = '{past.expense}'", f"finance.disbursement:{past.expense}"),
    ),
    "what an expense was for": (
        "finance_disbursement",
        "purpose = purpose || '等'",
        lambda past: (f"number = '{past.expense}'", f"finance.disbursement:{past.expense}"),
    ),
    "the appeal of a gift": (
        "donations_gift",
        "appeal_id = NULL",
        lambda past: (f"number = '{past.gift}'", gift_ref(past.gift)),
    ),
    "what a decision was about": (
        "approvals_case",
        "subject = subject || '0'",
        lambda past: (f"id = {past.case}", f"approvals.case:{past.case}"),
    ),
    "whom a request was for": (
        "allocation_request",
        "receiver_id = receiver_id + 1",
        lambda past: (f"id = {row('SELECT MAX(id) FROM allocation_request')}", past.request),
    ),
    "what was asked for": (
        "allocation_requestline",
        "quantity = quantity + 1",
        lambda past: (f"id = {row('SELECT MAX(id) FROM allocation_requestline')}", past.request),
    ),
    "the case of a request": (
        "allocation_request",
        "case_id = case_id + 1",
        lambda past: (f"id = {row('SELECT MAX(id) FROM allocation_request')}", past.request),
    ),
    "a line of list 1": ("allocation_listline", "quantity = quantity + 1", a_line_of_list_1),
    "a count at the hospital": (
        "dispatch_deliveryline",
        "accepted = accepted - 1",
        a_delivered_line,
    ),
    "who signed at the hospital": (
        "dispatch_delivery",
        "received_by_id = (SELECT MIN(id) FROM identity_person)",
        a_receipt,
    ),
    "the day of a receipt": ("dispatch_delivery", "delivered_on = '2020-02-02'", a_receipt),
    "a bulletin": (
        "disclosure_bulletin",
        "content = replace(content, '5000', '5001')",
        lambda past: (f"number = '{past.bulletin}'", f"disclosure.bulletin:{past.bulletin}"),
    ),
    "a line of the trail": ("trail_act", "verb = 'nothing'", a_line_of_the_trail),
}


@pytest.mark.parametrize("what", ALTERATIONS)
def test_it_is_refused_and_without_its_guards_named(past: Past, what: str) -> None:
    table, change, target = ALTERATIONS[what]
    where, name = target(past)
    statement = f"UPDATE {table} SET {change} WHERE {where}"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert audit() == (0, {})
    drop_guards(table)
    with connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount > 0
    code, named = audit()
    assert code == 1
    assert name in {subject for subjects in named.values() for subject in subjects}


def audit() -> tuple[int, dict[str, list[str]]]:
    """``boai audit --json``: exit code, and what each broken law names."""
    told, code = io.StringIO(), 0
    try:
        call_command("audit", "--json", stdout=told)
    except SystemExit as end:
        code = int(str(end.code))
    laws = json.loads(told.getvalue())["laws"]
    assert len(laws) > 40
    return code, {
        law["id"]: [breach["subject"] for breach in law["breaches"]]
        for law in laws
        if law["breaches"]
    }
