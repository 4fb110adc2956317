"""The list of what the database itself refuses, one line a guard, tried with raw statements.

A day is lived once; then somebody with the serving password tries each line. A line holds the
invariant, what is tried, and a word of the refusal, so that it is the named guard that answers.
"""

from dataclasses import dataclass

from django.db import DatabaseError, connection, transaction

from boai.foundations.ledger.services import numbering
from boai.ground.kit.db.roles import append_only_tables
from tests.factories.books import drop_trigger
from tests.flows.test_behind_the_programs_back import Past, past

__all__ = ["past"]

POSTGRES = connection.vendor == "postgresql"
NOTHING = "nothing to try it on"
LATER = "'2031-01-01 00:00:00+00:00'"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One statement that must be refused. ``{lot}`` and ``{expense}`` are those of the day."""

    invariant: str
    tries: str
    says: str
    sql: str
    without: tuple[str, str] | None = None
    """A guard (table, name) that is taken away first, so that the one meant has to answer."""


def posting(**other: str) -> str:
    """A copy of the newest posting of the day's lot, with other values."""
    return copied("ledger_posting", "lot = {lot} ORDER BY id DESC LIMIT 1", **other)


def copied(table: str, where: str, **other: str) -> str:
    """An INSERT of a copy of one row; ``where`` may hold an order and a limit."""
    return f"COPY|{table}|{where}|" + "|".join(f"{name}={value}" for name, value in other.items())


FIRST_ENTRY = "(SELECT MIN(id) FROM ledger_entry)"
OTHER_ACCOUNT = "(SELECT MIN(id) FROM ledger_account WHERE commodity = 'CNY')"
PAID = "number = '{expense}'"

ATTEMPTS = [
    Attempt("I-1", "a posting of nothing", "ledger_posting", posting(amount="0")),
    Attempt("I-1", "from a place to itself", "ledger_posting", posting(debit_id="credit_id")),
    Attempt("I-1", "money against goods", "fit", posting(credit_id=OTHER_ACCOUNT)),
    Attempt("I-1", "into another society's books", "fit", posting(organisation_id="9999")),
    Attempt("I-3", "a leg added to a numbered entry", "fit", posting()),
    Attempt(
        "I-3",
        "an entry reversed twice",
        "ledger_entry",
        copied(
            "ledger_entry",
            "reverses_id IS NULL ORDER BY id LIMIT 1",
            key="'again'",
            reverses_id=FIRST_ENTRY,
            sequence="NULL",
            chain="''",
        ),
    ),
    Attempt(
        "I-3",
        "a number given by hand",
        "number",
        copied("ledger_entry", "1 = 1 ORDER BY id LIMIT 1", key="'x'", sequence="99999"),
    ),
    Attempt(
        "I-4",
        "a balance set by hand",
        "kept by the postings",
        "UPDATE ledger_balance SET amount = amount + 1",
    ),
    Attempt(
        "I-5",
        "a balance below zero",
        "ledger_balance",
        "UPDATE ledger_balance SET amount = -1",
    ),
    Attempt(
        "I-6",
        "an appeal's money for something else",
        "purpose",
        copied("finance_disbursement", PAID, number="'X1'", state="'proposed'", serves="'other'"),
    ),
    Attempt(
        "I-6",
        "an outflow that was not decided so",
        "decided",
        copied("ledger_fundoutflow", "subject = 'finance.disbursement:{expense}'", amount="1"),
    ),
    Attempt(
        "I-6",
        "money spent for nothing that was asked for",
        "only for a disbursement",
        copied("ledger_fundoutflow", "subject = 'finance.disbursement:{expense}'", subject="'x'"),
    ),
    Attempt(
        "I-6",
        "money given back without a refund",
        "only by a refund",
        copied(
            "ledger_fundoutflow",
            "subject = 'finance.disbursement:{expense}'",
            kind="'refund'",
        ),
    ),
    Attempt(
        "I-12",
        "a span taken twice",
        "",
        copied("ledger_fundspan", "1 = 1 ORDER BY id LIMIT 1"),
    ),
    Attempt(
        "I-12",
        "a span beyond the inflow",
        "",
        copied(
            "ledger_fundspan",
            "1 = 1 ORDER BY id LIMIT 1",
            starts="900000000",
            ends="900000001",
        ),
    ),
    Attempt(
        "I-12",
        "an inflow placed anew",
        "interval",
        "UPDATE ledger_fundinflow SET starts = starts + 1, ends = ends + 1",
    ),
    Attempt(
        "I-18",
        "one person receives alone",
        "two",
        copied(
            "warehouse_receivednote",
            "state = 'signed' ORDER BY id LIMIT 1",
            number="'X1'",
            countersigned_by_id="counted_by_id",
        ),
    ),
    Attempt(
        "I-18",
        "one person issues alone",
        "two",
        copied(
            "warehouse_issuenote",
            "1 = 1 ORDER BY id LIMIT 1",
            number="'X1'",
            state="'counted'",
            countersigned_by_id="picked_by_id",
        ),
    ),
    Attempt(
        "I-18",
        "one person loads alone",
        "two",
        copied(
            "dispatch_waybill",
            "1 = 1 ORDER BY id LIMIT 1",
            number="'X1'",
            countersigned_by_id="loaded_by_id",
        ),
    ),
    Attempt(
        "I-19",
        "more delivered than sent",
        "",
        "INSERT INTO dispatch_deliveryline (delivery_id, line_id, counted, damaged, accepted)"
        " SELECT delivery_id, line_id, 999999, 0, 999999 FROM dispatch_deliveryline LIMIT 1",
    ),
    Attempt(
        "I-21",
        "a vote in another person's name",
        "person of its account",
        "INSERT INTO approvals_vote (case_id, person_id, user_id, approve, reason, digest, cast_at)"
        " SELECT v.case_id, v.person_id, w.user_id, v.approve, '', v.digest, v.cast_at"
        " FROM approvals_vote v JOIN approvals_vote w ON w.person_id <> v.person_id LIMIT 1",
        without=("approvals_vote", "approvals_vote_open_case"),
    ),
    Attempt(
        "I-22",
        "who asked also pays",
        "finance",
        copied(
            "finance_disbursement",
            PAID,
            number="'X1'",
            state="'proposed'",
            paid_by_id="proposed_by_id",
        ),
    ),
    Attempt(
        "I-22",
        "the payment's moment changed",
        "stays",
        f"UPDATE finance_disbursement SET paid_at = {LATER} WHERE number = '{{expense}}'",
    ),
    Attempt(
        "I-22",
        "the bank of a payment changed",
        "stays",
        "UPDATE finance_disbursement SET bank = 'x' WHERE number = '{expense}'",
    ),
    Attempt(
        "I-18",
        "who loaded changed afterwards",
        "",
        f"UPDATE dispatch_waybill SET loaded_at = {LATER}",
    ),
    Attempt(
        "I-19",
        "what was announced changed",
        "append-only",
        "UPDATE warehouse_consignmentline SET quantity = quantity + 1",
    ),
    Attempt(
        "I-19",
        "a used reservation raised",
        "warehouse",
        "UPDATE warehouse_reservation SET quantity = quantity + 1",
    ),
    Attempt(
        "I-23",
        "an appeal moved to another fund",
        "stays",
        "UPDATE donations_appeal SET fund_id = fund_id + 1",
    ),
    Attempt(
        "I-23",
        "an appeal's address changed",
        "stays",
        "UPDATE donations_appeal SET slug = 'other'",
    ),
    Attempt(
        "I-23",
        "an approval given another name",
        "",
        "UPDATE donations_appeal SET approved_by = approved_by + 1",
    ),
    Attempt(
        "I-19",
        "more on a gift's line than came",
        "store received",
        "UPDATE donations_giftline SET received_quantity = received_quantity + 1",
    ),
]


def test_each_line_is_refused_by_its_guard(past: Past) -> None:
    numbering.number_all()
    reverse_one()
    wrong = []
    for attempt in ATTEMPTS:
        if attempt.without:
            drop_trigger(*attempt.without)
        told = refusal_of(statement(attempt.sql, past))
        if told is None:
            wrong.append(f"{attempt.invariant} {attempt.tries}: was done")
        elif attempt.says not in told or told == NOTHING:
            wrong.append(f"{attempt.invariant} {attempt.tries}: {told[:200]}")
    assert not wrong, "\n".join(wrong)


def test_no_row_of_an_append_only_table_is_altered_or_removed(past: Past) -> None:
    """I-3, I-48: every table that the migrations declare append-only and that the day filled."""
    wrong, tried = [], 0
    for each in append_only_tables():
        if not row(f'SELECT COUNT(*) FROM "{each.table}"'):
            continue
        tried += 1
        attempts = [f'DELETE FROM "{each.table}"']
        attempts += [f'TRUNCATE "{each.table}" CASCADE'] * POSTGRES
        attempts.append(f'UPDATE "{each.table}" SET "id" = -1')
        for sql in attempts:
            if refusal_of(sql) in (None, NOTHING):
                wrong.append(sql)
    assert wrong == []
    assert tried > 30


def reverse_one() -> None:
    """Reverse the first entry by hand, so that a second reversal can be tried."""
    with connection.cursor() as cursor:
        cursor.execute(
            statement_of(
                "ledger_entry",
                "1 = 1 ORDER BY id LIMIT 1",
                {"key": "'reversed'", "reverses_id": '"id"', "sequence": "NULL", "chain": "''"},
            )
        )


def statement(sql: str, past: Past) -> str:
    """The statement with the day's names, copies written out."""
    sql = sql.replace("{lot}", str(past.lot_id)).replace("{expense}", past.expense)
    if not sql.startswith("COPY|"):
        return sql
    _copy, table, where, *others = sql.split("|")
    return statement_of(table, where, dict(other.split("=", 1) for other in others if other))


def statement_of(table: str, where: str, changed: dict[str, str]) -> str:
    """An INSERT of a copy of one row with other values."""
    names = columns_of(table)
    values = ", ".join(changed.get(name, f'"{name}"') for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO {table} ({listed}) SELECT {values} FROM {table} WHERE {where}"


def columns_of(table: str) -> list[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_description(cursor, table)
    return [column.name for column in found if column.name != "id"]


def row(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


def refusal_of(sql: str) -> str | None:
    """What the database says to a statement; ``None`` where it does it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
            if cursor.rowcount == 0:
                return NOTHING
            connection.check_constraints()
            transaction.set_rollback(True)
    except DatabaseError as refused:
        return str(refused)
    return None
