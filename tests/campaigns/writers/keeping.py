"""The parent's own list of what was acknowledged, and what the database must say to each line."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from boai.ground.core.errors import Refusal
from tests.campaigns.frame import Closing
from tests.campaigns.writers import acts
from tests.campaigns.writers.acts import Order
from tests.campaigns.writers.ground import Ground

ABSENT, WHOLE = "absent", "whole"
"""How an act may be found; anything else says in words what is half or twice."""
Found = dict[str, str]
LONGEST_WAIT = 20.0
"""Seconds; the house promises a minute (law donations-09)."""


@dataclass(slots=True)
class Journal:
    """What one writer told before it ended, sorted out."""

    sent: int = 0
    done: list[tuple[dict[str, Any], Any]] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    open: list[dict[str, Any]] = field(default_factory=list)
    """Asked for, never answered: the unknown."""
    escaped: list[str] = field(default_factory=list)
    troubles: Counter[str] = field(default_factory=Counter)
    """What writers that were not killed were told instead of an answer."""


def read(path: Path) -> Journal:
    """Read a writer's journal; a writer that was killed before it began has none."""
    journal = Journal()
    waiting: dict[str, dict[str, Any]] = {}
    text = path.read_text() if path.exists() else ""
    for line in text.splitlines():
        mark, order, what = json.loads(line)
        if mark == "sent":
            journal.sent += 1
            waiting[order["key"]] = order
            continue
        if mark == "done":
            journal.done.append((order, what))
        elif mark == "refused":
            journal.refused[what] += 1
        elif mark == "escaped":
            journal.escaped.append(f"{order['act']} {order['key']}: {what}")
        elif mark == "unknown":
            journal.troubles[what] += 1
        if mark != "unknown":
            waiting.pop(order["key"], None)
    journal.open = list(waiting.values())
    return journal


def settle(
    ground: Ground, closing: Closing, journals: Iterable[Journal]
) -> list[tuple[dict[str, Any], Any]]:
    """Hold the database to every journal, retry what is unknown with the same key, and count.

    Answers everything that is acknowledged now.
    """
    done: list[tuple[dict[str, Any], Any]] = []
    open_ones: list[dict[str, Any]] = []
    for journal in journals:
        closing.operations += journal.sent
        closing.acknowledged += len(journal.done)
        closing.refused += sum(journal.refused.values())
        closing.unknown += len(journal.open)
        for escaped in journal.escaped:
            closing.broke(f"an error reached the door: {escaped}")
        done += journal.done
        open_ones += journal.open
    book_what_was_told()
    hold(ground, closing, done)
    for key, state in find(ground, open_ones).items():
        if state not in (ABSENT, WHOLE):
            closing.broke(f"unknown act {key} is neither in nor out: {state}")
    retried = []
    for order in open_ones:
        try:
            retried.append((order, acts.perform(ground, order)))
        except Refusal:
            closing.refused += 1
        except Exception as error:
            closing.broke(f"retry of {order['act']} {order['key']}: {type(error).__name__} {error}")
    hold(ground, closing, retried)
    return done + retried


def book_what_was_told() -> None:
    """As the worker does every second, also after a death: an accepted payment becomes a gift.

    One that met a lock is tried again a second later, so this goes on until nothing waits. What
    still waits after ``LONGEST_WAIT`` is left for the judges to find.
    """
    from boai.ground.core.clock import now
    from boai.relief.donations.models import ToldPayment
    from boai.relief.donations.services.draining import drain

    until = time.monotonic() + LONGEST_WAIT
    while True:
        drain(now())
        if time.monotonic() > until or not ToldPayment.objects.filter(outcome="").exists():
            return
        time.sleep(0.05)


def hold(ground: Ground, closing: Closing, done: Sequence[tuple[dict[str, Any], Any]]) -> None:
    """Every acknowledged act is there once and whole."""
    for key, state in find(ground, [order for order, _ in done]).items():
        if state == ABSENT:
            closing.lost += 1
            closing.notes.append(f"lost: acknowledged {key} is not there")
        elif state != WHOLE:
            closing.broke(f"acknowledged {key}: {state}")
    heads = [answer for order, answer in done if order["act"] == "sequence"]
    for size, root in heads:
        if not _head_is_kept(size, root):
            closing.lost += 1
            closing.notes.append(f"lost: the signed head of size {size} is not there")


def find(ground: Ground, orders: Sequence[Order]) -> Found:
    """How each act stands in the database, by ``act key``; acts without a record are left out."""
    found: Found = {}
    for name, look in LOOKS.items():
        mine = [order for order in orders if order["act"] == name]
        if mine:
            found |= {f"{name} {key}": state for key, state in look(ground, mine).items()}
    return found


def _count(found: list[Any], wanted: int = 1) -> str:
    return WHOLE if len(found) == wanted else f"{len(found)} instead of {wanted}"


def _entries(ground: Ground, orders: Sequence[Order]) -> Found:
    """Acts of the books: one entry, with as much in its postings as was ordered."""
    from django.db.models import Sum

    from boai.foundations.ledger.models import Entry

    rows = Entry.objects.filter(
        organisation_id=ground.books, key__in=[order["key"] for order in orders]
    ).annotate(moved=Sum("postings__amount"))
    moved: dict[str, list[int | None]] = {}
    for key, amount in rows.values_list("key", "moved"):
        moved.setdefault(key, []).append(amount)
    states: Found = {}
    for order in orders:
        found = moved.get(order["key"], [])
        states[order["key"]] = _count(found) if found else ABSENT
        if len(found) == 1 and found[0] is None:
            states[order["key"]] = "an entry without postings"
        elif len(found) == 1 and order["act"] != "reverse" and found[0] != order["amount"]:
            states[order["key"]] = f"{found[0]} instead of {order['amount']}"
    return states


def _gifts(ground: Ground, orders: Sequence[Order]) -> Found:
    """Gifts: each reference once, confirmed and posted; a set all or nothing."""
    wanted = {
        order["key"]: acts.references(order) if "count" in order else [order["key"]]
        for order in orders
    }
    states = whole_gifts(acts.CHANNEL, [name for names in wanted.values() for name in names])
    return {key: _together([states[name] for name in names]) for key, names in wanted.items()}


def _together(states: Sequence[str]) -> str:
    kinds = set(states)
    if len(kinds) == 1:
        return kinds.pop()
    odd = sorted(kinds - {WHOLE})
    return f"of {len(states)}, {states.count(WHOLE)} whole, else {odd[:2]}"


def whole_gifts(channel: str, references: Sequence[str]) -> Found:
    """How gifts stand: the gift itself, its inflow, two papers, its leaf, its line in the trail."""
    from boai.foundations.certificates.models import Paper
    from boai.foundations.ledger.models import FundInflow
    from boai.foundations.translog.models import Leaf
    from boai.relief.donations.models import Gift

    gifts: dict[str, list[Any]] = {}
    rows = [
        row
        for part in _parts(references)
        for row in Gift.objects.filter(channel=channel, channel_reference__in=part)
    ]
    for row in rows:
        gifts.setdefault(row.channel_reference, []).append(row)
    subjects = [f"donations.gift:{row.number}" for row in rows]
    inflows: dict[str, list[tuple[int, int]]] = {}
    papers: Counter[str] = Counter()
    leaves: Counter[str] = Counter()
    for part in _parts(subjects):
        for source, entry_id, amount in FundInflow.objects.filter(source__in=part).values_list(
            "source", "posting__entry_id", "amount"
        ):
            inflows.setdefault(source, []).append((entry_id, amount))
        papers.update(Paper.objects.filter(subject__in=part).values_list("subject", flat=True))
        leaves.update(Leaf.objects.filter(ref__in=part).values_list("ref", flat=True))
    states: Found = {}
    for reference in references:
        found = gifts.get(reference, [])
        if len(found) != 1:
            states[reference] = f"{len(found)} gifts" if found else ABSENT
            continue
        [row] = found
        ref = f"donations.gift:{row.number}"
        wrong = []
        if inflows.get(ref) != [(row.entry_id, row.amount_fen)] or row.state != "confirmed":
            wrong.append(f"{row.state}, inflows {inflows.get(ref)}")
        if papers[ref] != 2:
            wrong.append(f"{papers[ref]} papers")
        if leaves[ref] != 1:
            wrong.append(f"{leaves[ref]} leaves")
        states[reference] = "; ".join(wrong) or WHOLE
    return states


def _parts(values: Sequence[str]) -> Iterable[Sequence[str]]:
    return (values[start : start + 900] for start in range(0, len(values), 900))


def _callbacks(ground: Ground, orders: Sequence[Order]) -> Found:
    """Phone gifts: order paid, its gift whole, the notification kept once."""
    from boai.relief.donations.models import PaymentNotification, PaymentOrder

    keys = [order["key"] for order in orders]
    paid = set(
        PaymentOrder.objects.filter(form_key__in=keys, state="paid").values_list(
            "form_key", flat=True
        )
    )
    told = Counter(
        PaymentNotification.objects.filter(
            notification_id__in=[f"N{key}" for key in keys]
        ).values_list("notification_id", flat=True)
    )
    gifts = whole_gifts("sandbox", [f"T{key}" for key in keys])
    states: Found = {}
    for key in keys:
        parts = (key in paid, told[f"N{key}"] == 1, gifts[f"T{key}"] == WHOLE)
        none = key not in paid and not told[f"N{key}"] and gifts[f"T{key}"] == ABSENT
        states[key] = WHOLE if all(parts) else ABSENT if none else f"paid, told, gift: {parts}"
    return states


def _reservations(ground: Ground, orders: Sequence[Order]) -> Found:
    """Goods set aside: one row, and as much posted under the same need."""
    from boai.foundations.ledger.models import Posting
    from boai.relief.warehouse.models import Reservation

    needs = {acts.need_of(order): order for order in orders}
    rows: dict[str, list[int]] = {}
    posted: Counter[str] = Counter()
    for ref, quantity in Reservation.objects.filter(for_ref__in=needs).values_list(
        "for_ref", "quantity"
    ):
        rows.setdefault(ref, []).append(quantity)
    for ref, amount in Posting.objects.filter(
        entry__subject__in=list(needs), entry__kind="goods-reserved"
    ).values_list("entry__subject", "amount"):
        posted[ref] += amount
    states: Found = {}
    for ref, order in needs.items():
        amount = order["amount"]
        if ref not in rows and not posted[ref]:
            states[order["key"]] = ABSENT
        elif rows.get(ref) == [amount] and posted[ref] == amount:
            states[order["key"]] = WHOLE
        else:
            states[order["key"]] = f"rows {rows.get(ref)}, posted {posted[ref]}"
    return states


def _dispatches(ground: Ground, orders: Sequence[Order]) -> Found:
    """Waybills: one for the need; on the way with both signatures and its posting, or not yet."""
    from boai.foundations.ledger.models import Posting
    from boai.relief.dispatch.models import Waybill

    needs = {acts.need_of(order): order for order in orders}
    rows: dict[str, list[Any]] = {}
    for waybill in Waybill.objects.filter(for_ref__in=needs):
        rows.setdefault(waybill.for_ref, []).append(waybill)
    gone: Counter[str] = Counter()
    refs = [waybill.number for found in rows.values() for waybill in found]
    for ref, amount in Posting.objects.filter(
        debit__kind="in_transit", debit__ref__in=refs
    ).values_list("debit__ref", "amount"):
        gone[ref] += amount
    states: Found = {}
    for ref, order in needs.items():
        found = rows.get(ref, [])
        state = _count(found) if found else ABSENT
        if len(found) == 1:
            [waybill] = found
            left = waybill.state == "in_transit"
            signed = waybill.loaded_by_id and waybill.countersigned_by_id
            if not left:
                state = ABSENT if not gone[waybill.number] else "goods gone, waybill not"
            elif not signed or gone[waybill.number] != order["amount"]:
                state = f"signed {bool(signed)}, gone {gone[waybill.number]}"
        states[order["key"]] = state
    return states


def _papers(ground: Ground, orders: Sequence[Order]) -> Found:
    """Papers: one live, with its leaf."""
    from boai.foundations.certificates.models import Paper
    from boai.foundations.translog.models import Leaf

    states: Found = {}
    for order in orders:
        numbers = list(
            Paper.objects.filter(subject=acts.paper_subject(order)).values_list("number", flat=True)
        )
        state = _count(numbers) if numbers else ABSENT
        refs = [f"certificates.paper:{number}" for number in numbers]
        if state == WHOLE and Leaf.objects.filter(ref__in=refs).count() != 1:
            state = "no leaf"
        states[order["key"]] = state
    return states


def _head_is_kept(size: int, root: str) -> bool:
    """A head that was answered stays signed, and the seal is never behind it (I-36)."""
    from boai.foundations.translog import files
    from boai.foundations.translog.models import SignedHead

    seal = files.read_seal()
    kept = SignedHead.objects.filter(size=size, root=root).exists()
    return kept and seal is not None and seal.size >= size


LOOKS: dict[str, Callable[[Ground, Sequence[Order]], Found]] = {
    "gift": _gifts,
    "gifts": _gifts,
    "callback": _callbacks,
    "reserve": _reservations,
    "dispatch": _dispatches,
    "paper": _papers,
    **dict.fromkeys(("receive", "spend", "refund", "transfer", "take", "reverse"), _entries),
}
