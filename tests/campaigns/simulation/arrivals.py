"""Operations at the door of the stores: goods are announced, counted by one, countersigned, inspected."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from boai.ground.core.actors import Actor
from boai.relief.donations import queries as donations
from boai.relief.donations.services import registering
from boai.relief.donations.values import AnnouncedLine
from boai.relief.finance.services import disbursing
from boai.relief.warehouse import queries as warehouse
from boai.relief.warehouse.services import inspecting, receiving
from boai.relief.warehouse.values import CountedLine
from tests.campaigns.simulation.bookkeeping import lot_agrees
from tests.campaigns.simulation.engine import Planned
from tests.campaigns.simulation.giving import GIFT_LEAVES
from tests.campaigns.simulation.model import Entry, Lot
from tests.campaigns.simulation.spending import Spending
from tests.campaigns.simulation.stores import Stores
from tests.campaigns.simulation.world import Desk

Line = tuple[int, int, date | None]
"""Item, quantity, last good day."""


@dataclass(slots=True, eq=False)
class Note:
    """Goods that one keeper has counted."""

    id: int
    desk: Desk
    lines: list[Line]
    origin: str
    gift: bool


class Arrivals:
    """Plans how goods come in, given or bought."""

    def __init__(self, stores: Stores, spending: Spending) -> None:
        self.stores, self.spending = stores, spending
        self.sim, self.model = stores.sim, stores.model
        self.announced: list[tuple[Desk, Any, list[Line]]] = []
        self.notes: list[Note] = []

    def kinds(self) -> dict[str, tuple[int, Callable[[], Planned | None]]]:
        """Weight and planner by kind."""
        return {
            "goods.announced": (14, self.goods_announced),
            "goods.counted": (16, self.counted),
            "goods.countersigned": (16, self.countersigned),
            "goods.countersigned-wrongly": (14, self.countersigned_wrongly),
            "goods.inspected": (12, self.inspected),
            "goods.inspected-wrongly": (10, self.inspected_wrongly),
        }

    def _line(self, desk: Desk) -> Line:
        sim = self.sim
        days = sim.chance.choice((1, 3, 30, 300, 0))
        ends = date.fromordinal(self.stores.today().toordinal() + days) if days else None
        return sim.pick([*desk.free, *desk.regulated]), sim.chance.randrange(1, 900), ends

    def goods_announced(self) -> Planned:
        """A company says that goods are on their way."""
        desk = self.sim.pick(self.stores.tree.desks)
        lines = [self._line(desk) for _ in range(self.sim.chance.choice((1, 1, 2)))]
        appeal, at = self.sim.pick(desk.appeals), self.sim.at

        def act() -> Any:
            return registering.announce_gift_in_kind(
                desk.office.intake,
                organisation_id=desk.society,
                appeal_id=appeal.id,
                lines=[AnnouncedLine(item, quantity) for item, quantity, _ in lines],
                donor_name="爱心企业",
                store_id=desk.store,
                at=at,
            )

        def done(made: Any) -> None:
            self.announced.append((desk, made, lines))

        words = (desk.society, [n for _, n, _ in lines])
        return Planned("goods.announced", words, act, done=done)

    def counted(self) -> Planned | None:
        """The first keeper counts what has come, given or bought; it may be less or more."""
        desk = self.sim.pick(self.stores.tree.desks)
        bought = self.spending.bought(desk)
        return self._bought(desk, *bought) if bought else self._given()

    def _bought(self, desk: Desk, order: Any, counted: Any) -> Planned:
        at = self.sim.at
        lines: list[Line] = [(line.item_id, line.quantity, None) for line in order.lines]
        origin = f"finance.disbursement:{order.number}"

        def act() -> Any:
            return disbursing.receive_purchase(
                desk.office.keeper,
                disbursement_id=order.id,
                store_id=desk.store,
                counted=counted,
                at=at,
            )

        def done(note: Any) -> None:
            self.notes.append(Note(note, desk, lines, origin, gift=False))

        words = ("bought", [n for _, n, _ in lines])
        return Planned("goods.counted", words, act, done=done)

    def _given(self) -> Planned | None:
        if not self.announced:
            return None
        desk, made, told = self.announced.pop(self.sim.chance.randrange(len(self.announced)))
        at, today = self.sim.at, self.stores.today()
        change = self.sim.chance.choice((0, 0, -1, 2))
        lines = [
            (i, max(1, n + change), e if e is None or e >= today else None) for i, n, e in told
        ]
        gift = donations.gift(made.number)
        assert gift is not None
        own = {line.item_id: f"donations.gift-line:{line.id}" for line in reversed(gift.lines)}

        def act() -> Any:
            return receiving.open_note(
                desk.office.keeper,
                organisation_id=desk.society,
                store_id=desk.store,
                origin=f"donations.gift:{made.number}",
                consignment_id=made.consignment_id,
                lines=[
                    CountedLine(i, n, expires_on=e, bin="A-01", origin_line=own[i])
                    for i, n, e in lines
                ],
                at=at,
            )

        def done(note: Any) -> None:
            origin = f"donations.gift:{made.number}"
            self.notes.append(Note(note, desk, lines, origin, gift=True))

        words = ("given", [n for _, n, _ in lines])
        return Planned("goods.counted", words, act, done=done)

    def _note(self) -> tuple[Note, str] | None:
        note: Note | None = self.sim.pick(self.notes)
        if note is None:
            return None
        row = warehouse.received_note(note.id)
        assert row is not None
        return note, row.digest

    def countersigned(self) -> Planned | None:
        """The second keeper has counted the same: the goods are in."""
        found = self._note()
        if found is None:
            return None
        note, digest = found
        desk, at, today = note.desk, self.sim.at, self.stores.today()
        expired = any(e is not None and e < today for _, _, e in note.lines)

        def done(lots: Any) -> None:
            self.notes.remove(note)
            entry = Entry(desk.society, "received")
            for lot_id, (item, quantity, ends) in zip(lots, note.lines, strict=True):
                waits = item in desk.regulated
                lot = Lot(lot_id, desk.society, item, f"item:{item}")
                lot.extra = {"desk": desk, "ends": ends, "state": "waits" if waits else "free"}
                into = ("quarantine" if waits else "on_hand", self.stores.shelf(desk))
                entry.legs.append((lot, ("origin", note.origin), into, quantity))
                lot.move(("origin", note.origin), into, quantity)
                lot.extra["received"] = quantity
                self.model.lots[lot_id] = lot
                self.stores.lots.append(lot)
            self.model.enter(entry)

        def check(lots: Any) -> Iterator[str]:
            for lot_id in lots:
                yield from lot_agrees(self.model.lots[lot_id])

        return Planned(
            "goods.countersigned",
            (note.gift, [n for _, n, _ in note.lines]),
            lambda: receiving.countersign_receipt(
                desk.office.second_keeper, note_id=note.id, digest=digest, at=at
            ),
            frozenset({"AlreadyExpired"} if expired else ()),
            done=done,
            check=check,
            entries=1,
            leaves=("goods-received", *(GIFT_LEAVES if note.gift else ())),
        )

    def countersigned_wrongly(self) -> Planned | None:
        """The same person, also through a second account; or another note than was shown."""
        found = self._note()
        if found is None:
            return None
        note, digest = found
        office, at = note.desk.office, self.sim.at
        wrong: dict[str, tuple[Actor, str]] = {
            "NoteHasChanged": (office.second_keeper, "0" * 64),
            "NotPermitted": (office.cashier, digest),
            "SamePersonTwice": (self.sim.pick([office.keeper, note.desk.twin]), digest),
        }
        refusal = self.sim.pick(sorted(wrong))
        actor, shown = wrong[refusal]
        return Planned(
            "goods.countersigned-wrongly",
            (refusal,),
            lambda: receiving.countersign_receipt(actor, note_id=note.id, digest=shown, at=at),
            frozenset({refusal}),
        )

    def inspected(self) -> Planned | None:
        """A third person has seen the papers."""
        lot = self.stores.a_lot("waits", with_goods="quarantine")
        if lot is None or lot.of_kind("quarantine") != lot.extra["received"]:
            return None
        desk, at = lot.extra["desk"], self.sim.at
        passed = self.sim.chance.random() < 0.9
        shelf = self.stores.shelf(desk)

        def done(_: Any) -> None:
            lot.extra["state"] = "free" if passed else "rejected"
            if passed:
                move = (lot, ("quarantine", shelf), ("on_hand", shelf), lot.of_kind("quarantine"))
                lot.move(*move[1:])
                self.model.enter(Entry(desk.society, "inspected", legs=[move]))

        return Planned(
            "goods.inspected",
            (lot.id, passed),
            lambda: inspecting.inspect_lot(
                desk.office.inspector, lot_id=lot.id, passed=passed, at=at, note="见报告"
            ),
            done=done,
            check=lambda _: lot_agrees(lot),
            entries=int(passed),
            leaves=("lot-released" if passed else "lot-rejected",),
        )

    def inspected_wrongly(self) -> Planned | None:
        """By whoever counted, or a lot that does not wait."""
        lot = self.stores.a_lot("waits", "free")
        if lot is None:
            return None
        office, at = lot.extra["desk"].office, self.sim.at
        actor = office.keeper if lot.extra["state"] == "waits" else office.inspector
        refusal = "InspectorCounted" if lot.extra["state"] == "waits" else "LotNotInQuarantine"
        return Planned(
            "goods.inspected-wrongly",
            (lot.id, refusal),
            lambda: inspecting.inspect_lot(actor, lot_id=lot.id, passed=True, at=at),
            frozenset({refusal}),
        )
