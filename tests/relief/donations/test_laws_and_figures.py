"""The laws hold, and name the row when somebody altered it behind the program's back."""

from datetime import datetime, timedelta

from django.db import connection

from boai.ground.core.clock import day_of
from boai.ground.core.figures import Span
from boai.relief.donations import figures
from boai.relief.donations.models import Gift
from boai.relief.donations.services import auditing, counter
from boai.relief.donations.values import gift_ref
from tests.factories.world import World
from tests.relief.donations.conftest import Opened
from tests.relief.donations.test_booking import book, order

LAWS = (
    auditing.confirmed_money_is_in_the_books,
    auditing.confirmed_gifts_have_papers,
    auditing.nothing_after_suspension,
    auditing.cash_has_two_signatures,
    auditing.paid_orders_are_gifts,
    auditing.names_rest_on_consent,
    auditing.one_gift_for_one_reference,
    auditing.told_payments_are_settled,
)


def some_gifts(world: World, appeal: Opened, at: datetime) -> None:
    book(
        world,
        appeal,
        at,
        order("a", 10000, at, donor_name="张三", phone="13812345678"),
        order("b", 500, at, donor_name="张三", phone="13812345678", named=True, display_name="三"),
        order("c", 70, at, directed_to=world.places.hospital),
    )
    number = counter.register_cash_gift(
        world.cast.intake,
        organisation_id=world.places.city,
        appeal_id=appeal.id,
        amount_fen=3000,
        at=at,
    )
    counter.countersign_cash_gift(world.cast.cashier, number=number, at=at)


def test_the_laws_hold(world: World, appeal: Opened, at: datetime) -> None:
    some_gifts(world, appeal, at)
    for check in LAWS:
        assert check().breaches == ()
    assert auditing.confirmed_money_is_in_the_books().checked == 4


def test_an_altered_row_is_named(world: World, appeal: Opened, at: datetime) -> None:
    some_gifts(world, appeal, at)
    gift = Gift.objects.order_by("pk")[0]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute('DROP TRIGGER "donations_gift_append_only_update"')
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE donations_gift DISABLE TRIGGER USER")
        cursor.execute("UPDATE donations_gift SET amount_fen = 1 WHERE id = %s", [gift.pk])
        cursor.execute(
            "UPDATE donations_gift SET named = %s, display_name = 'x' WHERE id = %s",
            [True, gift.pk],
        )
    ref = f"donations.gift:{gift.number}"
    assert auditing.confirmed_money_is_in_the_books().breaches[0].subject == ref
    assert auditing.names_rest_on_consent().breaches[0].subject == ref


def test_gifts_without_their_papers_are_named(world: World, appeal: Opened, at: datetime) -> None:
    some_gifts(world, appeal, at)
    numbers = Gift.objects.order_by("pk").values_list("number", flat=True)
    one, two, three, _whole = [gift_ref(number) for number in numbers]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute('DROP TRIGGER "certificates_paper_append_only_update"')
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE certificates_paper DISABLE TRIGGER USER")
        letter = "WHERE kind = 'thank-you-letter' AND subject = %s"
        cursor.execute(
            "UPDATE certificates_paper SET state = 'cancelled', closed_at = issued_at " + letter,
            [one],
        )
        cursor.execute(
            "UPDATE certificates_paper SET kind = 'another', subject = %s " + letter, [three, two]
        )
    found = auditing.confirmed_gifts_have_papers()
    assert found.checked == 4
    assert {breach.subject: breach.found for breach in found.breaches} == {
        one: "live papers: ['donation-certificate']",
        two: "live papers: ['donation-certificate']",
        three: "live papers: ['another', 'donation-certificate', 'thank-you-letter']",
    }


def test_the_figures_count(world: World, appeal: Opened, at: datetime) -> None:
    some_gifts(world, appeal, at)
    day = day_of(at)
    own = [world.places.city]
    today = Span(day, day)
    assert figures.money_received(own, today) == 13570
    assert figures.money_gifts(own, today) == 4
    assert figures.directed_money(own, today) == 70
    assert figures.givers(own, today) == 3
    assert figures.open_appeals(own, Span(None, day)) == 1
    before = Span(None, day - timedelta(days=1))
    assert figures.money_received(own, before) == 0
    assert figures.money_received([world.places.county], today) == 0
