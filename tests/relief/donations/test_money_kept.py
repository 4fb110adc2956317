"""What is published as received never exceeds what was kept."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.test import Client

from boai.foundations.figures import queries as figures
from boai.foundations.figures.services.rolling import fold_all
from boai.foundations.ledger import queries as ledger
from boai.ground.core.clock import day_of
from boai.relief.donations.models import Gift
from boai.relief.donations.services import auditing
from tests.factories.books import drop_guards
from tests.factories.world import World
from tests.relief.donations.conftest import Opened
from tests.relief.donations.test_outflows_named import reverse
from tests.relief.donations.test_refunding import give, give_back

DAY = timedelta(days=1)


def read(world: World, name: str, first: datetime, last: datetime) -> int | None:
    return figures.one(
        f"donations.{name}",
        organisation_id=world.places.city,
        scope="own",
        first=day_of(first),
        last=day_of(last),
    ).value


def test_received_less_refunded_is_kept(world: World, appeal: Opened, at: datetime) -> None:
    first, second = give(world, appeal, 10_000, at), give(world, appeal, 5_000, at)
    give_back(world, first, 2_500, at + DAY)
    reverse(world, second, at + DAY)
    names = ("money-received", "money-refunded", "money-kept")
    for _folded in range(2):
        assert [read(world, name, at, at + DAY) for name in names] == [10_000, 2_500, 7_500]
        assert [read(world, name, at, at) for name in names] == [10_000, 0, 10_000]
        assert [read(world, name, at + DAY, at + DAY) for name in names] == [0, 2_500, -2_500]
        fold_all()
    funds = set(Gift.objects.values_list("fund_id", flat=True))
    assert ledger.kept_of_gifts(funds) == {world.places.city: 7_500}
    assert ledger.kept_of_gifts([]) == {}
    assert auditing.kept_is_what_the_books_keep() == auditing.verdict(1)


def test_the_start_page_shows_what_was_kept(world: World, appeal: Opened, at: datetime) -> None:
    give_back(world, give(world, appeal, 12_345_600, at), 2_300_000, at)
    page = Client().get("/").content.decode()
    assert "100,456.00" in page
    assert "123,456.00" not in page


def test_the_law_names_the_society_whose_gifts_say_more(
    world: World, appeal: Opened, at: datetime, altered_books: None
) -> None:
    gift = give(world, appeal, 10_000, at)
    with transaction.atomic():
        drop_guards("donations_gift")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE donations_gift SET amount_fen = amount_fen + 1")
        assert Gift.objects.get(number=gift).amount_fen == 10_001
        [breach] = auditing.kept_is_what_the_books_keep().breaches
        transaction.set_rollback(True)
    assert breach.subject == f"organisations.organisation:{world.places.city}"
