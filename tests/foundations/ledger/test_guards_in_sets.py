"""Round the Python, many rows in one statement: the guards that look at a statement as a set."""

from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction

from boai.foundations.ledger.models import Account, Entry, FundInflow, Posting
from boai.foundations.ledger.services import spans
from tests.factories.books import CITY, gift, make_fund

pytestmark = pytest.mark.django_db

PLACED = (
    "UPDATE ledger_fundinflow SET starts = placed.starts, ends = placed.starts + amount FROM ("
    " VALUES {}) AS placed(id, starts) WHERE ledger_fundinflow.id = placed.id"
)
PLACED_ON_SQLITE = (
    "UPDATE ledger_fundinflow SET starts = placed.column2, ends = placed.column2 + amount FROM ("
    " VALUES {}) AS placed WHERE ledger_fundinflow.id = placed.column1"
)


def place(starts: dict[int, int]) -> None:
    """Give several inflows their intervals in one statement."""
    rows = ", ".join(f"({id}, {at})" for id, at in starts.items())
    form = PLACED if connection.vendor == "postgresql" else PLACED_ON_SQLITE
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(form.format(rows))


def waiting(fund: int) -> list[int]:
    found = FundInflow.objects.filter(fund_id=fund, starts__isnull=True).order_by("id")
    return list(found.values_list("id", flat=True))


@pytest.fixture
def fund() -> Iterator[int]:
    """A fund with inflows at 0 and at 100, and three of 100 that wait."""
    made = make_fund()
    gift(made, "A", 100)
    gift(made, "B", 100)
    spans.assign(made)
    for number in "CDE":
        gift(made, number, 100)
    yield made


@pytest.mark.parametrize(
    "places",
    [
        (200, 250, 400),
        (200, 300, 399),
        (400, 300, 201),
        (150, 300, 400),
        (300, 400, 199),
        (0, 200, 300),
    ],
)
def test_intervals_of_one_statement_lie_apart(fund: int, places: tuple[int, ...]) -> None:
    with pytest.raises(IntegrityError):
        place(dict(zip(waiting(fund), places, strict=True)))
    assert len(waiting(fund)) == 3


@pytest.mark.usefixtures("altered_books")
@pytest.mark.parametrize("places", [(200, 300, 400), (400, 200, 300), (210, 350, 1000)])
def test_intervals_that_lie_apart_are_taken_in_any_order(
    fund: int, places: tuple[int, ...]
) -> None:
    place(dict(zip(waiting(fund), places, strict=True)))
    assert waiting(fund) == []


@pytest.mark.usefixtures("altered_books")
def test_a_gap_between_two_is_filled_but_not_over_its_edges(fund: int) -> None:
    first, second, third = waiting(fund)
    place({first: 350})
    for starts in (251, 349, 449, 199):
        with pytest.raises(IntegrityError):
            place({second: starts, third: 900})
    place({second: 250, third: 450})
    assert waiting(fund) == []


def test_funds_have_axes_of_their_own(fund: int) -> None:
    other = make_fund("另一专项")
    gift(other, "X", 100)
    gift(other, "Y", 100)
    first, second = waiting(other)
    mine = waiting(fund)
    with pytest.raises(IntegrityError, match="overlap"):
        place({mine[0]: 200, first: 0, second: 99})
    place({mine[0]: 200, first: 0, second: 100})
    assert waiting(other) == []


def test_one_that_has_its_interval_keeps_all_others_of_the_statement_back(fund: int) -> None:
    placed = FundInflow.objects.filter(fund_id=fund, starts=100).get()
    with pytest.raises(IntegrityError, match="once"):
        place({placed.id: 500, waiting(fund)[0]: 200})
    with pytest.raises(IntegrityError, match="once"), transaction.atomic():
        FundInflow.objects.filter(id=placed.id).update(starts=100)
    assert len(waiting(fund)) == 3


@pytest.mark.usefixtures("altered_books")
def test_one_inflow_without_its_posting_refuses_the_whole_statement(fund: int) -> None:
    entry = Entry.objects.create(
        organisation_id=CITY,
        kind="raw",
        key="raw",
        inputs_digest="",
        at=Entry.objects.earliest("id").at,
        actor="raw",
        digest="",
    )
    model = Posting.objects.filter(into_fund=True).earliest("id")
    bank = Account.objects.get(id=model.debit_id)
    sides = {"entry": entry, "organisation_id": CITY, "debit": bank, "credit_id": model.credit_id}
    made = [Posting.objects.create(**sides, amount=n, into_fund=True) for n in (5, 6)]
    copy = (
        "INSERT INTO ledger_fundinflow (fund_id, source, posting_id, amount, at, starts, ends)"
        " SELECT {fund}, 'raw', p.id, p.amount + {more}, e.at, {starts}, {ends}"
        " FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id"
        f" WHERE p.entry_id = {entry.id}"
    )
    last = f"CASE WHEN p.id = {made[-1].id} THEN 1 ELSE 0 END"
    other = make_fund("另一专项")
    for changed in (
        {"more": last},
        {"fund": f"CASE WHEN p.id = {made[-1].id} THEN {other} ELSE {fund} END"},
        {"starts": "1000 * p.amount", "ends": "1000 * p.amount + p.amount"},
    ):
        values = {"fund": fund, "more": 0, "starts": "NULL", "ends": "NULL"} | changed
        with (
            pytest.raises(IntegrityError, match="does not fit"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(copy.format(**values))
    with connection.cursor() as cursor:
        cursor.execute(copy.format(fund=fund, more=0, starts="NULL", ends="NULL"))
        assert cursor.rowcount == 2
