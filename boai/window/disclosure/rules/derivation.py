"""The figures of a bulletin, computed from the public log and from nothing else (I-28).

Needs the standard library only, so that anybody can run it on an exported log. ``RULE_VERSION``
names these rules; whoever changes what is computed gives them a new name and keeps the old ones.

A leaf counts for a bulletin when its index is below the log size that the bulletin names and its
day is not after the bulletin's day. What the bulletin before has counted already is the opening;
the rest is this bulletin's in and out. Entries of an earlier day that came too late for its
bulletin are counted here and shown apart, so that opening + in - out = closing holds for ever.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RULE_VERSION = "2026-1"

KINDS = frozenset(
    {
        "gift-confirmed",
        "transfer-received",
        "disbursement-paid",
        "gift-refunded",
        "gift-reversed",
        "goods-received",
        "goods-issued",
        "goods-repacked",
        "goods-returned",
        "stock-adjusted",
    }
)
"""The kinds of leaves that move money or goods; all others say nothing to a bulletin."""

Leaf = tuple[int, str, Mapping[str, Any]]
"""Index, kind, facts."""

_GOODS = frozenset(kind for kind in KINDS if kind.startswith(("goods-", "stock-")))
_INTO_STOCK = frozenset({"found", "taken_back"})
_GIVEN_BACK = {"gift-refunded": "退还捐赠", "gift-reversed": "冲销错记捐赠"}


@dataclass(frozen=True, slots=True)
class Question:
    """Which bulletin: whose, for which appeal (empty: the whole society), day, log size.

    ``previous_day`` and ``previous_size`` are those of the bulletin before; empty and zero for the
    first of a series.
    """

    organisation: str
    appeal: str
    day: str
    log_size: int
    previous_number: str = ""
    previous_day: str = ""
    previous_size: int = 0


def derive(leaves: Iterable[Leaf], question: Question) -> bytes:
    """The content of a bulletin as canonical JSON, from leaves in the order of the log."""
    return derive_many(leaves, [question])[0]


def derive_many(leaves: Iterable[Leaf], questions: Sequence[Question]) -> list[bytes]:
    """The contents of several bulletins in one reading of the log."""
    sums = [_Sums(question) for question in questions]
    for index, kind, facts in leaves:
        if kind in KINDS:
            for each in sums:
                each.offer(index, kind, facts)
    return [
        json.dumps(
            each.content(), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        ).encode()
        for each in sums
    ]


class _Sums:
    """Opening, in and out of money and of each item."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.money = {"opening_fen": 0, "in_fen": 0, "out_fen": 0, "gifts": 0, "late_fen": 0}
        self.ever = {"in_fen": 0, "out_fen": 0, "gifts": 0}
        self.payments: list[dict[str, Any]] = []
        self.goods: dict[str, dict[str, Any]] = {}

    def offer(self, index: int, kind: str, facts: Mapping[str, Any]) -> None:
        """Count a leaf if it is the society's and the bulletin reaches so far."""
        asked = self.question
        own = facts["organisation"] == asked.organisation
        if own and index < asked.log_size and facts["day"] <= asked.day:
            self.take(index, kind, facts)

    def take(self, index: int, kind: str, facts: Mapping[str, Any]) -> None:
        """Count one leaf of the society."""
        asked = self.question
        counted = index < asked.previous_size and facts["day"] <= asked.previous_day
        late = not counted and bool(asked.previous_day) and facts["day"] <= asked.previous_day
        if kind == "gift-confirmed" and facts["kind"] == "cash":
            if self._asked_for(facts["appeal"]):
                self._money_in(facts["amount_fen"], counted, late)
        elif kind == "transfer-received":
            if self._asked_for(facts["appeal"]):
                self._transfer_in(facts["amount_fen"], counted)
        elif kind == "disbursement-paid":
            if self._asked_for(facts["appeal"]):
                self._money_out(facts, counted)
        elif kind in _GIVEN_BACK:
            if self._asked_for(facts["appeal"]):
                words = {"kind": kind, "payee": "捐赠人", "purpose": _GIVEN_BACK[kind]}
                self._money_out({**facts, **words}, counted)
        elif kind in _GOODS:
            self._take_goods(kind, facts, counted)

    def _take_goods(self, kind: str, facts: Mapping[str, Any], counted: bool) -> None:
        """Goods in or out; what was repacked is used up and comes in anew."""
        enters = kind != "goods-issued"
        if kind == "stock-adjusted":
            enters = facts["kind"] in _INTO_STOCK
        moved = [(line, enters) for line in facts.get("lines", ())]
        moved += [(line, False) for line in facts.get("used", ())]
        for line, into in moved:
            if self._asked_for(line["appeal"]):
                self._goods(line, counted, into)

    def _asked_for(self, appeal: str) -> bool:
        return self.question.appeal in ("", appeal)

    def _money_in(self, fen: int, counted: bool, late: bool) -> None:
        self.ever["in_fen"] += fen
        self.ever["gifts"] += 1
        self.money["opening_fen" if counted else "in_fen"] += fen
        self.money["gifts"] += not counted
        self.money["late_fen"] += fen if late else 0

    def _transfer_in(self, fen: int, counted: bool) -> None:
        self.ever["in_fen"] += fen
        self.money["opening_fen" if counted else "in_fen"] += fen
        if not counted:
            self.money["transfers_fen"] = self.money.get("transfers_fen", 0) + fen

    def _money_out(self, facts: Mapping[str, Any], counted: bool) -> None:
        fen = facts["amount_fen"]
        self.ever["out_fen"] += fen
        if counted:
            self.money["opening_fen"] -= fen
            return
        self.money["out_fen"] += fen
        names = ("number", "kind", "payee", "purpose", "amount_fen", "day")
        self.payments.append({name: facts[name] for name in names})

    def _goods(self, line: Mapping[str, Any], counted: bool, enters: bool) -> None:
        row = self.goods.setdefault(
            line["item"], {"opening": 0, "in": 0, "out": 0, "ever_in": 0, "ever_out": 0}
        )
        row["name"], row["unit"] = line["name"], line["unit"]
        quantity = line["quantity"]
        row["ever_in" if enters else "ever_out"] += quantity
        if counted:
            row["opening"] += quantity if enters else -quantity
        else:
            row["in" if enters else "out"] += quantity

    def content(self) -> dict[str, Any]:
        """The whole bulletin."""
        asked, money = self.question, self.money
        closing = money["opening_fen"] + money["in_fen"] - money["out_fen"]
        return {
            "appeal": asked.appeal,
            "day": asked.day,
            "goods": [
                {"item": item, **row, "closing": row["opening"] + row["in"] - row["out"]}
                for item, row in sorted(self.goods.items())
            ],
            "log_size": asked.log_size,
            "money": {
                **money,
                "closing_fen": closing,
                "ever_in_fen": self.ever["in_fen"],
                "ever_out_fen": self.ever["out_fen"],
                "ever_gifts": self.ever["gifts"],
            },
            "organisation": asked.organisation,
            "payments": self.payments,
            "previous": {
                "number": asked.previous_number,
                "day": asked.previous_day,
                "log_size": asked.previous_size,
            },
            "rule_version": RULE_VERSION,
        }


def leaves_in(folder: Path) -> Iterator[Leaf]:
    """The leaves of an exported log, from its entry bundles. Check it with ``boai-verify`` first.

    *Raises* ``OSError`` or ``ValueError`` where the folder holds no such log.
    """
    size = int((folder / "checkpoint").read_text(encoding="utf-8").split("\n")[1])
    for index in range(-(-size // 256)):
        width = min(256, size - index * 256)
        number = f"{index % 1000:03d}"
        rest = index // 1000
        while rest:
            number, rest = f"x{rest % 1000:03d}/{number}", rest // 1000
        path = folder / "tile" / "entries" / (number + ("" if width == 256 else f".p/{width}"))
        data, at, place = path.read_bytes(), 0, index * 256
        while at < len(data):
            length = int.from_bytes(data[at : at + 2], "big")
            leaf = json.loads(data[at + 2 : at + 2 + length])
            yield place, leaf["kind"], leaf["facts"]
            at, place = at + 2 + length, place + 1


def derive_again(folder: Path, number: str) -> tuple[bytes, str] | None:
    """A published bulletin from an exported log alone: its content, and the digest that the
    bulletin's own leaf names. ``None`` where the log holds no such bulletin."""
    for _index, kind, facts in leaves_in(folder):
        if kind == "bulletin-published" and facts["number"] == number:
            question = Question(
                organisation=facts["organisation"],
                appeal=facts["appeal"],
                day=facts["day"],
                log_size=facts["log_size"],
                previous_number=facts["previous"]["number"],
                previous_day=facts["previous"]["day"],
                previous_size=facts["previous"]["log_size"],
            )
            return derive(leaves_in(folder), question), facts["content_digest"]
    return None
