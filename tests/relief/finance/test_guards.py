"""Round the Python: what the database itself refuses about money going out."""

import pytest
from django.db import IntegrityError, connection, transaction

from boai.foundations.ledger.models import FundOutflow
from boai.foundations.ledger.services import funds
from boai.ground.core.actors import SYSTEM
from boai.relief.finance.models import Disbursement
from boai.relief.finance.services import auditing
from tests.factories.books import drop_trigger, stand_alone

from .conftest import Money

LONG_AGO = "'2019-12-31 00:00:00+00:00'"


def run(sql: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


PAY = (
    "UPDATE finance_disbursement SET state = 'paid', paid_by_id = %s, paid_at = proposed_at,"
    " paid_on = '2020-01-29', batch = 1, entry_id = 1 WHERE id = %s"
)


@pytest.fixture
def only_the_decision(money: Money) -> None:
    """Without the guard that looks for the booking, so that the decision alone is judged."""
    drop_trigger("finance_disbursement", "finance_disbursement_paid_as_booked")


def test_no_payment_without_a_decision(money: Money, only_the_decision: None) -> None:
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


def test_a_decision_is_not_later_than_the_payment(money: Money, only_the_decision: None) -> None:
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


def test_a_payment_is_booked_out_of_its_fund(money: Money) -> None:
    id = money.propose()
    money.decide(id)
    with pytest.raises(IntegrityError, match="booked out of its fund"):
        run(PAY, money.world.cast.cashier.person_id, id)


@pytest.mark.parametrize(
    "change", ["bank = 'x'", f"paid_at = {LONG_AGO}", f"decided_at = {LONG_AGO}"]
)
def test_what_was_signed_stays(money: Money, change: str) -> None:
    id = money.propose()
    money.decide(id)
    money.pay(id)
    with pytest.raises(IntegrityError):
        run(f"UPDATE finance_disbursement SET {change} WHERE id = %s", id)


def test_money_leaves_a_fund_as_it_was_decided(money: Money) -> None:
    """Another amount, or once more after it was paid: the outflow is refused by the database."""
    id = money.propose()
    money.decide(id)
    money.pay(id)
    paid = FundOutflow.objects.get(subject__endswith=Disbursement.objects.get(pk=id).number)
    with pytest.raises(IntegrityError, match="as it was decided"):
        run(
            "INSERT INTO ledger_fundoutflow (fund_id, kind, subject, posting_id, amount, at)"
            " SELECT fund_id, kind, subject, posting_id, amount, at FROM ledger_fundoutflow"
            " WHERE id = %s",
            paid.pk,
        )


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("subject", "''"),
        ("subject", "'finance.disbursement:FK0'"),
        ("subject", "'donations.refund:' || substr(subject, 22)"),
        ("subject", "subject || '0'"),
    ],
)
def test_money_leaves_a_fund_only_for_a_disbursement(money: Money, column: str, value: str) -> None:
    """I-6: a subject that names no disbursement, or one of another kind, is refused."""
    id = money.propose()
    money.decide(id)
    money.pay(id)
    columns = ("fund_id", "kind", "subject", "posting_id", "amount", "at")
    values = ", ".join(value if name == column else name for name in columns)
    with pytest.raises(IntegrityError, match="only for a disbursement"):
        run(
            f"INSERT INTO ledger_fundoutflow ({', '.join(columns)}) SELECT {values}"
            " FROM ledger_fundoutflow WHERE amount = 1000000"
        )


def test_a_payment_is_no_transfer(money: Money) -> None:
    id = money.propose()
    money.decide(id)
    with pytest.raises(IntegrityError, match="only for a disbursement"), transaction.atomic():
        funds.transfer(
            SYSTEM,
            from_fund_id=money.appeal,
            to_fund_id=money.free,
            amount=1_000_000,
            bank="ICBC",
            subject=_named(Disbursement.objects.get(pk=id).number),
            key="behind",
            at=money.at,
            inputs={},
        )


def test_the_law_names_an_outflow_that_no_disbursement_asked_for(money: Money) -> None:
    id = money.propose()
    money.decide(id)
    number = money.pay(id)
    assert auditing.outflows_name_disbursements().checked == 1
    with transaction.atomic():
        stand_alone()
        drop_trigger("ledger_fundoutflow", "ledger_fundoutflow_as_decided")
        spent = [
            funds.spend_from_fund(
                SYSTEM,
                fund_id=money.appeal,
                amount=amount,
                bank="ICBC",
                subject=subject,
                key=f"behind-{amount}",
                at=money.at,
                inputs={},
            ).entry_id
            for amount, subject in ((7, "finance.disbursement:FK0"), (8, _named(number)))
        ]
        found = auditing.outflows_name_disbursements()
        named = [f"ledger.outflow:{o.pk}" for o in _outflows(spent)]
        transaction.set_rollback(True)
    assert [breach.subject for breach in found.breaches] == named
    assert found.checked == 3


def _named(number: str) -> str:
    return f"finance.disbursement:{number}"


def _outflows(entries: list[int]) -> list[FundOutflow]:
    return list(FundOutflow.objects.filter(posting__entry_id__in=entries).order_by("pk"))
