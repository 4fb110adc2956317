"""Several writers on one PostgreSQL; on SQLite see ``test_instances``."""

import threading

import pytest
from django.db import connection

from boai.foundations.translog import files
from boai.foundations.translog.models import Leaf
from boai.foundations.translog.services import sequencing
from boai.foundations.translog.services.sequencing import sequence
from boai.ground.merkle.verify import verify
from tests.factories.books import _role_afterwards, storm  # noqa: F401
from tests.foundations.translog.test_log import all_hold, queue, vkey

pytestmark = pytest.mark.usefixtures("several_writers", "storm")


@pytest.fixture
def several_writers():
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite: test_instances.py")


def test_many_sequencers_at_once_make_one_log(at):
    def work():
        try:
            barrier.wait()
            for _turn in range(4):
                sequence(at)
        except BaseException as wrong:
            failures.append(wrong)
        finally:
            connection.close()

    queue(at, 0, 900)
    failures, barrier = [], threading.Barrier(4)
    threads = [threading.Thread(target=work) for _n in range(4)]
    for thread in threads:
        thread.start()
    for first in range(900, 1200, 50):
        queue(at, first, 50)
    for thread in threads:
        thread.join()
    assert failures == []
    assert sequence(at).size == 1200
    found = list(Leaf.objects.order_by("tree_index").values_list("tree_index", flat=True))
    assert found == list(range(1200))
    all_hold()
    assert verify(str(files.folder()), vkey())["size"] == 1200


def test_machines_with_folders_of_their_own_take_turns(at):
    queue(at, 0, 2)
    held, free = threading.Event(), threading.Event()

    def other_machine():
        with sequencing._only_one_in_database():
            held.set()
            free.wait(20)
        connection.close()

    thread = threading.Thread(target=other_machine)
    thread.start()
    assert held.wait(20)
    threading.Timer(0.5, free.set).start()
    assert sequence(at).size == 2
    assert free.is_set()
    thread.join()
