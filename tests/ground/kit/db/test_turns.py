"""A turn that is taken or left, never waited for, over threads, processes and deaths."""

import os
import signal
import threading
from typing import Any

import pytest
from django.db import connection, transaction

from boai.ground.kit.db import turns
from boai.ground.kit.db.turns import turn_if_free

NAME = "tests.turn"


def taken(name: str = NAME) -> bool:
    with turn_if_free(name) as mine:
        return mine


def test_one_has_it_and_gives_it_up(db: None) -> None:
    with turn_if_free(NAME) as mine:
        assert mine
        assert not taken()
        assert taken("tests.other")
    assert taken()


def test_it_is_given_up_by_a_failure(db: None) -> None:
    with pytest.raises(ZeroDivisionError), turn_if_free(NAME):
        raise ZeroDivisionError
    assert taken()


def test_a_thread_of_the_same_process_is_turned_away(db: None) -> None:
    answers: list[bool] = []
    with turn_if_free(NAME):
        thread = threading.Thread(target=lambda: answers.append(taken()))
        thread.start()
        thread.join(10)
    assert answers == [False]


def test_a_process_that_is_killed_gives_it_up(db: None) -> None:
    """As a worker that is killed in the middle: the turn is free, without anybody's help."""
    holds, release = os.pipe(), os.pipe()
    child = os.fork()
    if not child:
        inherited, connection.connection = connection.connection, None
        connection.connect()
        with turn_if_free(NAME) as mine:
            os.write(holds[1], b"y" if mine else b"n")
            os.read(release[0], 1)
        os._exit(inherited is None)
    try:
        assert os.read(holds[0], 1) == b"y"
        assert not taken()
        assert not turns._here[NAME].locked()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert until(taken)


def until(holds: Any) -> bool:
    """A server notices the death of its client a moment later."""
    pause = threading.Event()
    for _turn in range(100):
        if holds():
            return True
        pause.wait(0.05)
    return False


def test_transactions_begin_and_end_inside(db: None) -> None:
    with turn_if_free(NAME) as mine:
        assert mine
        for _turn in range(2):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        assert not taken()
    assert taken()
