"""What a channel tells is on the disk first, and becomes gifts in sets, each exactly once."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from boai.foundations.notices.models import Notice
from boai.foundations.translog.models import Leaf
from boai.ground.core.actors import Actor
from boai.ground.core.clock import ClockIsNotSane
from boai.ground.kit.db import turns
from boai.relief.donations import queries, tasks
from boai.relief.donations.channels.sandbox import platform
from boai.relief.donations.channels.wechatpay.receiving import take_notification
from boai.relief.donations.errors import NotificationContradicts
from boai.relief.donations.jobs import book_what_was_told
from boai.relief.donations.models import (
    CallbackAlarm,
    Gift,
    PaymentNotification,
    PaymentOrder,
    ToldPayment,
)
from boai.relief.donations.services import accepting, appeals, auditing, booking, draining
from boai.relief.donations.values import PaidNews
from tests.factories.books import _role_afterwards, drop_trigger, storm  # noqa: F401
from tests.factories.world import World, make_world
from tests.relief.donations.conftest import Opened, open_one
from tests.relief.donations.test_sharing import changed, news_of


@contextlib.contextmanager
def somebody_books() -> Iterator[None]:
    """Another thread of this process has the turn meanwhile."""
    lock = turns._here.setdefault(draining.TURN, threading.Lock())
    assert lock.acquire(blocking=False)
    try:
        yield
    finally:
        lock.release()


def outcomes() -> list[str]:
    return list(ToldPayment.objects.order_by("pk").values_list("outcome", flat=True))


def test_accepting_is_one_statement_and_looks_at_nothing(appeal: Opened, at: datetime) -> None:
    [news] = news_of(appeal, at, 1)
    with CaptureQueriesContext(connection) as asked:
        assert accepting.accept(news, at=at)
        assert accepting.accept(news, at=at) == 0
    # On PostgreSQL the prepared statement itself goes past the log of queries.
    assert len(asked) == (0 if connection.vendor == "postgresql" else 2)
    assert outcomes() == [""]
    assert not Gift.objects.exists()
    assert draining.news_of(ToldPayment.objects.get()) == news


def test_alone_it_is_booked_before_the_answer(appeal: Opened, at: datetime) -> None:
    [news] = news_of(appeal, at, 1)
    assert accepting.confirm(news, at=at) == "booked"
    assert accepting.confirm(news, at=at) == "repeated"
    assert accepting.confirm(changed(news, notification_id="again"), at=at) == "repeated"
    assert outcomes() == ["booked", "repeated"]
    assert Gift.objects.count() == 1
    assert queries.payments_waiting() == (0, None)


def test_in_a_storm_the_answer_does_not_wait_for_the_booking(appeal: Opened, at: datetime) -> None:
    told = news_of(appeal, at, 5)
    with somebody_books():
        assert [accepting.confirm(news, at=at) for news in told] == ["told"] * 5
        assert accepting.confirm(told[0], at=at) == "told"
        assert draining.drain(at) == {}
    assert not Gift.objects.exists()
    assert queries.payments_waiting() == (5, at)
    book_what_was_told(at + timedelta(seconds=1))
    assert outcomes() == ["booked"] * 5
    assert Gift.objects.count() == PaymentNotification.objects.count() == 5
    assert [accepting.confirm(news, at=at) for news in told] == ["repeated"] * 5
    assert auditing.told_payments_are_settled().breaches == ()


def test_what_comes_while_the_turn_is_given_up_is_not_left(
    appeal: Opened, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was accepted after the booker's last look and turned away before the turn was free."""
    first, second = news_of(appeal, at, 2)
    real, late = draining.turn_if_free, [second]

    @contextlib.contextmanager
    def watched(name: str) -> Iterator[bool]:
        with real(name) as mine:
            yield mine
            if late:
                assert accepting.confirm(late.pop(), at=at) == "told"

    monkeypatch.setattr(draining, "turn_if_free", watched)
    assert accepting.confirm(first, at=at) == "booked"
    assert outcomes() == ["booked", "booked"]


def test_a_set_is_booked_however_large(
    appeal: Opened, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draining, "MOST_TOGETHER", {connection.vendor: 4})
    told = news_of(appeal, at, 11)
    for news in told:
        accepting.accept(news, at=at)
    assert len(draining.drain(at, patience=0.0)) == 4
    assert set(draining.drain(at).values()) == {"booked"}
    assert outcomes() == ["booked"] * 11


def failing_on(monkeypatch: pytest.MonkeyPatch, amount_fen: int) -> list[int]:
    """Booking breaks, after it has written, where a gift of this amount is among the others."""
    real, sizes = booking.book_gifts, []

    def failing(*args: Any, **named: Any) -> Any:
        result = real(*args, **named)
        sizes.append(len(named["orders"]))
        if any(order.amount_fen == amount_fen for order in named["orders"]):
            raise ZeroDivisionError
        return result

    monkeypatch.setattr(booking, "book_gifts", failing)
    return sizes


def test_one_bad_payment_harms_no_other(
    world: World, appeal: Opened, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = news_of(appeal, at, 16)
    for news in told:
        accepting.accept(news, at=at)
    sizes = failing_on(monkeypatch, 102)
    settled = draining.drain(at)
    # Halved until it is alone: the others are booked in sets, not one by one.
    assert sizes == [16, 8, 4, 2, 2, 1, 1, 4, 8]
    assert len(settled) == 15
    assert set(settled.values()) == {"booked"}
    assert Leaf.objects.filter(kind="gift-confirmed").count() == Gift.objects.count() == 15
    row = ToldPayment.objects.get(outcome="")
    assert (row.notification_id, row.tries, row.reason) == (
        "N2", 1, "not-booked-ZeroDivisionError",
    )  # fmt: skip
    assert CallbackAlarm.objects.get().reason == row.reason
    assert Notice.objects.filter(organisation_id=world.places.city, role="CAS").exists()
    [task] = seen_by(world.cast.cashier)
    assert row.order_number in task
    assert not seen_by(world.cast.outsider)
    # It waits longer each time, and is booked when it can be.
    assert draining.drain(at) == {}
    later = at + timedelta(seconds=2)
    assert draining.drain(later) == {}
    row.refresh_from_db()
    assert (row.tries, row.due_at) == (2, later + timedelta(seconds=2))
    monkeypatch.undo()
    assert draining.drain(later + timedelta(seconds=2)) == {row.pk: "booked"}
    assert not seen_by(world.cast.cashier)


def seen_by(actor: Actor) -> list[str]:
    return [task.detail for task in tasks.payments_not_booked(actor)]


def test_what_contradicts_is_refused_alone_with_an_alarm(appeal: Opened, at: datetime) -> None:
    told = news_of(appeal, at, 4)
    wrong = changed(told[1], amount_fen=5)
    with somebody_books():
        answers = [accepting.confirm(n, at=at) for n in (told[0], wrong, *told[2:])]
        with pytest.raises(NotificationContradicts):
            accepting.confirm(changed(told[0], content_digest="f" * 64), at=at)
    assert answers == ["told"] * 4
    draining.drain(at)
    assert outcomes() == ["booked", "refused", "booked", "booked"]
    alarm = CallbackAlarm.objects.get()
    assert (alarm.reason, alarm.digest) == ("other-amount", wrong.content_digest)
    with pytest.raises(NotificationContradicts):
        accepting.confirm(wrong, at=at)
    assert auditing.told_payments_are_settled().breaches == ()


def test_only_plain_payments_are_booked_together(
    world: World, appeal: Opened, at: datetime
) -> None:
    told = news_of(appeal, at, 4)
    for news in (
        told[0],
        changed(told[0], notification_id="same-transaction"),
        changed(told[1], outcome="closed", notification_id="c"),
        told[1],
        changed(told[2], transaction=told[0].transaction),
        told[3],
        changed(told[3], outcome="closed", notification_id="d"),
    ):
        accepting.accept(news, at=at)
    draining.drain(at)
    assert outcomes() == [
        "booked", "repeated", "closed", "booked", "refused", "booked", "ignored",
    ]  # fmt: skip
    assert Gift.objects.count() == 3
    assert auditing.told_payments_are_settled().breaches == ()


def test_paid_after_the_suspension_is_owed_back(world: World, appeal: Opened, at: datetime) -> None:
    told = news_of(appeal, at + timedelta(minutes=2), 2)
    appeals.suspend_appeal(world.cast.programme, appeal_id=appeal.id, reason="结束", at=at)
    for news in told:
        accepting.accept(news, at=at + timedelta(minutes=3))
    draining.drain(at + timedelta(minutes=3))
    assert outcomes() == ["refund-due"] * 2
    assert {order.state for order in PaymentOrder.objects.all()} == {"refund-due"}
    assert auditing.told_payments_are_settled().breaches == ()


@pytest.mark.parametrize(
    "change",
    [
        {"order_number": "D" * 33},
        {"currency": "C" * 9},
        {"amount_fen": 2**64},
        {"amount_fen": -(2**64)},
        {"transaction": "T\0"},
    ],
)
def test_what_has_no_room_is_refused_at_once(
    appeal: Opened, at: datetime, change: dict[str, Any]
) -> None:
    [news] = news_of(appeal, at, 1)
    with pytest.raises(NotificationContradicts):
        accepting.confirm(changed(news, **change), at=at)
    assert not ToldPayment.objects.exists()


def test_a_clock_that_is_not_believed_hinders_booking_only(
    appeal: Opened, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_args: Any, **_named: Any) -> Any:
        raise ClockIsNotSane(reason="x")

    [news] = news_of(appeal, at, 1)
    monkeypatch.setattr(booking, "book_gifts", stopped)
    assert accepting.confirm(news, at=at) == "told"
    assert not CallbackAlarm.objects.exists()
    assert ToldPayment.objects.get().tries == 0
    with pytest.raises(ClockIsNotSane):
        book_what_was_told(at)
    monkeypatch.undo()
    book_what_was_told(at)
    assert outcomes() == ["booked"]


def test_the_door_answers_what_it_came_to(
    appeal: Opened, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = news_of(appeal, at, 2)

    def tell(news: PaidNews, fen: int) -> int:
        sent = platform.notification(
            order_number=news.order_number, amount_fen=fen, at=at, notification_id=f"D{fen}"
        )
        return take_notification(sent.headers, sent.body, at=at).http

    assert tell(told[0], 1) == 400
    assert tell(told[0], 1) == 400
    assert CallbackAlarm.objects.count() == 2
    with somebody_books():
        assert tell(told[1], told[1].amount_fen) == 204
    assert not Gift.objects.exists()
    assert tell(told[0], told[0].amount_fen) == 204
    assert Gift.objects.count() == 2


GUARDS = {
    "a row goes": ("DELETE FROM {t}", "append-only"),
    "settled, then not": ("UPDATE {t} SET outcome = '', reason = ''", "written once"),
    "settled, then otherwise": ("UPDATE {t} SET outcome = 'ignored'", "written once"),
    "a reason afterwards": ("UPDATE {t} SET reason = 'x'", "written once"),
}
WAITING = {
    "what was said changes": ("UPDATE {t} SET amount_fen = 1", "append-only"),
    "whose order it is changes": ("UPDATE {t} SET order_number = 'x'", "append-only"),
    "booked without a gift": ("UPDATE {t} SET outcome = 'booked'", "as its order is"),
    "owed back without owing": ("UPDATE {t} SET outcome = 'refund-due'", "as its order is"),
    "repeated without a first": ("UPDATE {t} SET outcome = 'repeated'", "as its order is"),
    "refused without a reason": ("UPDATE {t} SET outcome = 'refused'", "refusal_says_why"),
    "an outcome that is none": ("UPDATE {t} SET outcome = 'lost'", "told_outcome"),
    "told twice": ("INSERT INTO {t} ({c}) SELECT {c} FROM {t}", ""),
    "settled from the start": (
        "INSERT INTO {t} ({c}) SELECT {c} FROM {t}".replace("SELECT {c}", "SELECT {other}"),
        "waits until",
    ),
}


def refusal_of(sql: str) -> str:
    columns = [f.column for f in ToldPayment._meta.local_fields if f.column != "id"]
    other = {"notification_id": "'other'", "outcome": "'ignored'"}
    text = sql.format(
        t="donations_toldpayment",
        c=", ".join(f'"{name}"' for name in columns),
        other=", ".join(other.get(name, f'"{name}"') for name in columns),
    )
    with (
        pytest.raises(DatabaseError) as refused,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(text)
    return str(refused.value)


@pytest.mark.parametrize("name", GUARDS)
def test_the_database_keeps_what_is_settled(appeal: Opened, at: datetime, name: str) -> None:
    [news] = news_of(appeal, at, 1)
    assert accepting.confirm(news, at=at) == "booked"
    sql, says = GUARDS[name]
    assert says in refusal_of(sql)


@pytest.mark.parametrize("name", WAITING)
def test_the_database_lets_nothing_be_settled_that_is_not(
    appeal: Opened, at: datetime, name: str
) -> None:
    [news] = news_of(appeal, at, 1)
    accepting.accept(news, at=at)
    sql, says = WAITING[name]
    assert says in refusal_of(sql)


def test_the_law_names_what_waits_too_long_and_what_was_altered(
    appeal: Opened, at: datetime
) -> None:
    told = news_of(appeal, at, 3)
    accepting.accept(told[0], at=at)
    order = f"donations.payment-order:{told[0].order_number}"
    [late] = auditing.told_payments_are_settled().breaches
    assert (late.subject, late.found) == (order, "told, not booked")
    draining.drain(at)
    assert auditing.told_payments_are_settled().breaches == ()
    for news in told[1:]:
        accepting.accept(news, at=at)
    drop_trigger("donations_toldpayment", "donations_toldpayment_comes_to_what_the_order_says")
    rows = ToldPayment.objects.filter(outcome="").order_by("pk")
    rows.filter(notification_id="N1").update(outcome="booked")
    rows.filter(notification_id="N2").update(outcome="refused", reason="other-amount")
    found = auditing.told_payments_are_settled().breaches
    assert sorted(breach.found for breach in found) == [
        "booked, its order says otherwise",
        "refused without an alarm",
    ]


def test_many_at_one_moment_are_booked_once_each(storm: None, at: datetime) -> None:  # noqa: F811
    appeal = open_one(make_world(at), at)
    told = news_of(appeal, at, 12)
    wrong = changed(told[0], amount_fen=1, notification_id="x")
    answers = at_once([lambda n=n: accepting.confirm(n, at=at) for n in (*told, *told[:4], wrong)])
    assert set(answers) <= {"booked", "told", "repeated", "refused"}
    # No worker is needed: whoever had the turn looked once more after it.
    assert sorted(outcomes()) == ["booked"] * 12 + ["refused"]
    assert Gift.objects.count() == 12 == PaymentNotification.objects.count()
    assert CallbackAlarm.objects.count() == 1
    assert auditing.told_payments_are_settled().breaches == ()


def at_once(acts: list[Callable[[], str]]) -> list[str]:
    answers: dict[int, str] = {}
    start = threading.Barrier(len(acts))

    def run(place: int) -> None:
        start.wait()
        try:
            answers[place] = acts[place]()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return [answers[place] for place in sorted(answers)]
