"""The inbox, and messages that survive failure."""

from datetime import datetime, timedelta

from boai.foundations.notices import queries
from boai.foundations.notices.channels import CHANNELS
from boai.foundations.notices.channels.console import UNREACHABLE
from boai.foundations.notices.models import Message
from boai.foundations.notices.services.delivering import MOST_ATTEMPTS, deliver_waiting
from boai.foundations.notices.services.queueing import notify
from boai.foundations.notices.services.reading import mark_read
from boai.ground.core.actors import PUBLIC, Actor

KEEPER = Actor("person", "周保管", 7, 70, 3, frozenset({"WH"}))
OTHER = Actor("person", "吴保管", 8, 80, 4, frozenset({"WH"}))


def test_role_and_user_find_their_notices_and_nobody_else(db: None, at: datetime) -> None:
    notify(at=at, organisation_id=3, role="WH", title="收货")
    notify(at=at, user_id=7, title="给您")
    notify(at=at, organisation_id=3, role="APP", title="决策")
    assert [n.title for n in queries.inbox(KEEPER)] == ["给您", "收货"]
    assert queries.inbox(OTHER) == [] == queries.inbox(PUBLIC)
    first = queries.inbox(KEEPER)[0].id
    assert mark_read(KEEPER, notice_id=first, at=at) == 1
    assert queries.unread_count(KEEPER) == 1
    assert mark_read(OTHER, notice_id=first, at=at) == 0
    assert mark_read(KEEPER, notice_id=None, at=at) == 1
    assert mark_read(KEEPER, notice_id=None, at=at) == 0


def test_a_message_goes_out_once_and_its_number_is_forgotten(db: None, at: datetime) -> None:
    notify(at=at, phone="13812345678", title="您的捐赠已入账")
    assert queries.waiting_messages() == 1
    assert deliver_waiting(at, CHANNELS) == (1, 0)
    assert deliver_waiting(at, CHANNELS) == (0, 0)
    message = Message.objects.get()
    assert (message.state, message.phone) == ("sent", "")


def test_a_failed_message_stays_and_waits_longer_each_time(db: None, at: datetime) -> None:
    notify(at=at, phone=f"138123{UNREACHABLE}", title="x")
    moment, waits = at, []
    for _ in range(MOST_ATTEMPTS):
        assert deliver_waiting(moment, CHANNELS) == (0, 1)
        message = Message.objects.get()
        waits.append(message.next_try_at - moment)
        assert deliver_waiting(moment, CHANNELS) == (0, 0)
        moment = message.next_try_at
    assert message.state == "given-up"
    assert message.failure == "NumberDoesNotAnswer"
    assert waits == [timedelta(seconds=30 * 2**n) for n in range(MOST_ATTEMPTS)]
    assert deliver_waiting(moment + timedelta(days=1), CHANNELS) == (0, 0)


def test_the_number_is_sealed_in_the_table(db: None, at: datetime) -> None:
    from django.db import connection

    notify(at=at, phone="13812345678", title="x")
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM notices_message")
        assert b"13812345678" not in bytes(cursor.fetchone()[0])
