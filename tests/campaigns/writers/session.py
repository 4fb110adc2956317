"""One writer: a forked child with its own connection that acts and tells what was answered.

Its journal is a file on another path than the database. A line goes there before an act is asked
for, and one after the service returned; each is one ``write``, so a kill leaves a whole line or
none. A line that says acknowledged is a promise that the parent holds the database to.
"""

import contextlib
import json
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

from django.db import InterfaceError, OperationalError, connections

from boai.ground.core.errors import Refusal
from tests.campaigns.writers import acts
from tests.campaigns.writers.acts import NotAnswered, Order
from tests.campaigns.writers.ground import Ground, let_go

Work = Callable[[Callable[[str, Any], None]], None]

MIXED = (
    ("gift", 5), ("gifts", 1), ("callback", 2), ("receive", 5), ("spend", 3), ("refund", 3),
    ("transfer", 2), ("take", 4), ("reverse", 3), ("reserve", 2), ("dispatch", 2), ("paper", 1),
    ("number", 1), ("sequence", 1),
)  # fmt: skip
"""Acts and how often."""


def fork(work: Callable[[], None]) -> int:
    """Run work in a child that shares nothing with the parent but what was in memory.

    The parent must hold no connection and no thread at this moment.
    """
    let_go()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        logging.disable(logging.CRITICAL)
        work()
        code = 0
    finally:
        os._exit(code)


def carry_out(ground: Ground, order: Order, acknowledge: Callable[[Any], None]) -> None:
    """One act and its acknowledgement: only after the service returned, hence after commit."""
    acknowledge(acts.perform(ground, order))


def write(ground: Ground, orders: Iterator[Order], journal: Path, *, patient: bool = False) -> None:
    """Carry out orders until killed or until there are none, keeping the journal.

    ``patient``: a server that goes away is waited for, and the same order asked for again.
    """
    line = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def tell(mark: str, order: Order, what: Any) -> None:
        os.write(line, (json.dumps([mark, dict(order), what]) + "\n").encode())

    for order in orders:
        tell("sent", order, None)
        until = time.monotonic() + (30 if patient else 0)
        while True:
            try:
                carry_out(ground, order, lambda answer, order=order: tell("done", order, answer))  # type: ignore[misc]
            except Refusal as refusal:
                tell("refused", order, refusal.code)
            except (OperationalError, InterfaceError, NotAnswered) as trouble:
                connections.close_all()
                if time.monotonic() < until:
                    time.sleep(0.05)
                    continue
                tell("unknown", order, f"{type(trouble).__name__} {trouble}"[:200])
                if patient:
                    return
            except Exception as error:
                connections.close_all()
                tell("escaped", order, f"{type(error).__name__} {error}"[:300])
            break


def mixed(name: str, chance: Random, lots: Sequence[int], known: dict[str, Any]) -> Iterator[Order]:
    """Orders without end. ``known`` is filled with what was done, for acts that need an earlier one
    of this very writer."""
    names, weights = zip(*MIXED, strict=True)
    for turn in range(10**9):
        act = chance.choices(names, weights)[0]
        order: dict[str, Any] = {
            "act": act,
            "key": f"{name}.{turn}",
            "amount": chance.randint(1, 5000),
        }
        if act == "gifts":
            order["count"] = chance.randint(5, 40)
        elif act == "refund":
            order["of"] = known.pop("receive", "")
            order["amount"] = 1
        elif act == "reverse":
            order["of"] = known.pop("take", 0) or known.pop("spend", 0)
        elif act == "reserve":
            order |= {"lot": chance.choice(lots), "amount": chance.randint(1, 9)}
        elif act == "dispatch":
            before = known.pop("reserve", {})
            order |= {key: before.get(key) for key in ("lot", "amount")} | {"of": before.get("key")}
        if "of" not in order or order["of"]:
            yield order
            _remember(order, known)


def warm_up(ground: Ground, lots: Sequence[int]) -> None:
    """Carry out every act once in the parent: its children are then born knowing the way, and spend
    their short lives writing."""
    known: dict[str, Any] = {}
    for name in dict.fromkeys(("receive", "take", "reserve", *(name for name, _ in MIXED))):
        order: dict[str, Any] = {
            "act": name, "key": f"warm.{name}", "amount": 3, "count": 2, "lot": lots[0],
            "of": known.get({"refund": "receive", "reverse": "take"}.get(name, "reserve")),
        }  # fmt: skip
        if name == "reserve":
            del order["of"]
        answer = acts.perform(ground, order)
        known[name] = answer if name == "take" else order["key"]


def _remember(order: dict[str, Any], known: dict[str, Any]) -> None:
    """After an order was carried out (the generator goes on then): what later ones may use."""
    from boai.foundations.ledger.models import Entry

    if order["act"] == "receive":
        known["receive"] = order["key"]
    elif order["act"] == "reserve":
        known["reserve"] = order
    elif order["act"] in ("take", "spend"):
        with contextlib.suppress(OperationalError, InterfaceError):
            entries = Entry.objects.filter(key=order["key"])
            known[order["act"]] = entries.values_list("id", flat=True).first()


def until(orders: Iterator[Order], moment: float) -> Iterator[Order]:
    """Orders until a moment of the monotonic clock."""
    for order in orders:
        if time.monotonic() > moment:
            return
        yield order
