"""Round the Python: what the database itself refuses about money going out."""

import pytest
from django.db import IntegrityError, connection, transaction

from boai.relief.finance.models import Disbursement

from .conftest import Money


def run(sql: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


PAY = (
    "UPDATE finance_disbursement SET state = 'paid', paid_by_id = %s, paid_at = proposed_at,"
    " paid_on = '2020-01-29', batch = 1, entry_id = 1 WHERE id = %s"
)


def test_no_payment_without_a_decision(money: Money) -> None:
    id = money.propose()
    cashier, accountant = money.world.cast.cashier.person_id, money.world.cast.accountant.person_id
    with pytest.raises(IntegrityError):
        run(PAY, cashier, id)
    run(
        "UPDATE finance_disbursement SET state = 'decided', decided_by_id = %s WHERE id = %s",
        accountant,
        id,
    )
    with pytest.raises(IntegrityError, match="collective decision"):
        run(PAY, cashier, id)


def test_three_persons(money: Money) -> None:
    id = money.propose()
    money.decide(id)
    row = Disbursement.objects.get(pk=id)
    for person in (row.proposed_by_id, row.decided_by_id):
        with pytest.raises(IntegrityError):
            run(PAY, person, id)
    with pytest.raises(IntegrityError):
        run("UPDATE finance_disbursement SET decided_by_id = proposed_by_id WHERE id = %s", id)


def test_a_decision_is_not_later_than_the_payment(money: Money) -> None:
    id = money.propose()
    money.decide(id)
    with pytest.raises(IntegrityError, match="collective decision"):
        run(PAY.replace("2020-01-29", "2020-01-28"), money.world.cast.cashier.person_id, id)


@pytest.mark.parametrize(
    "change",
    ["amount_fen = 1", "fund_id = fund_id + 1", "purpose = 'x'", "number = 'x'", "serves = 'x'"],
)
def test_what_was_proposed_stays(money: Money, change: str) -> None:
    id = money.propose()
    with pytest.raises(IntegrityError):
        run(f"UPDATE finance_disbursement SET {change} WHERE id = %s", id)


@pytest.mark.parametrize("change", ["state = 'proposed'", "state = 'decided'", "batch = 9"])
def test_what_is_paid_stays(money: Money, change: str) -> None:
    id = money.propose()
    money.decide(id)
    money.pay(id)
    with pytest.raises(IntegrityError):
        run(f"UPDATE finance_disbursement SET {change} WHERE id = %s", id)


@pytest.mark.parametrize("table", ["decision", "attendee", "disbursement", "purchaseline"])
def test_nothing_is_removed(money: Money, table: str) -> None:
    money.decide(money.propose(), money.buy())
    with pytest.raises(IntegrityError):
        run(f"DELETE FROM finance_{table}")


def test_a_restricted_fund_keeps_its_purpose(money: Money) -> None:
    id = money.propose()
    columns = (
        "organisation_id, fund_id, kind, basis, payee_organisation_id, amount_fen, purpose, source,"
        " is_large, proposed_at, state, bank, ended_reason"
    )
    copy = (
        f"INSERT INTO finance_disbursement (number, serves, {columns})"
        f" SELECT 'x', 'donations.appeal:OTHER', {columns} FROM finance_disbursement WHERE id = %s"
    )
    with pytest.raises(IntegrityError):
        run(copy, id)


def test_lines_are_fixed_with_the_decision(money: Money) -> None:
    id = money.buy()
    money.decide(id)
    with pytest.raises(IntegrityError):
        run(
            "INSERT INTO finance_purchaseline (disbursement_id, item_id, quantity, unit_price_fen,"
            " spec) VALUES (%s, %s, 1, 1, '')",
            id,
            money.stock.gloves,
        )
