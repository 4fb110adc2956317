"""Operations at the packing bench and at the gate: kits, divided and merged lots, returns."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from boai.relief.dispatch.services import returning
from boai.relief.warehouse import queries as warehouse
from boai.relief.warehouse.services import packing
from boai.relief.warehouse.values import IssueOrderLine, NewLot
from tests.campaigns.simulation.bookkeeping import lot_agrees
from tests.campaigns.simulation.engine import Planned
from tests.campaigns.simulation.model import Entry, Lot
from tests.campaigns.simulation.roads import Roads, Way
from tests.campaigns.simulation.world import KIT_PARTS, Desk

TABLE = ("origin", "table")
GATE = ("origin", "gate")


@dataclass(slots=True, eq=False)
class Packed:
    """A packing that waits for the second keeper."""

    id: int
    digest: str
    desk: Desk
    item: int
    used: list[tuple[Lot, int]]
    made: list[int]


@dataclass(slots=True, eq=False)
class Back:
    """Goods on their way back from a hospital."""

    number: str
    way: Way
    lines: dict[int, int]
    counted: bool = False


class Benches:
    """Plans what is made of goods on the shelves, and what comes back."""

    def __init__(self, roads: Roads) -> None:
        self.roads, self.stores = roads, roads.stores
        self.sim, self.model = roads.sim, roads.model
        self.packed: list[Packed] = []
        self.backs: list[Back] = []

    def kinds(self) -> dict[str, tuple[int, Callable[[], Planned | None]]]:
        """Weight and planner by kind."""
        return {
            "goods.kits-packed": (44, self.kits_packed),
            "goods.divided": (8, self.divided),
            "goods.merged": (20, self.merged),
            "goods.packing-signed": (32, self.packing_signed),
            "goods.packing-signed-wrongly": (6, self.packing_signed_wrongly),
            "goods.sent-back": (20, self.sent_back),
            "goods.return-counted": (12, self.return_counted),
            "goods.return-received": (12, self.return_received),
            "goods.return-received-wrongly": (6, self.return_received_wrongly),
        }

    # -- the packing bench -----------------------------------------------------------------------------

    def _shelved(self, desk: Desk, item: int) -> list[Lot]:
        return [
            lot
            for lot in self.stores.lots
            if lot.extra["desk"] is desk and lot.item == item and lot.extra["state"] == "free"
        ]

    def _against(self, used: list[tuple[Lot, int]]) -> set[str]:
        found: set[str] = set()
        for lot, quantity in used:
            found |= self.stores.against_issuing(lot, quantity)
        return found

    def kits_packed(self) -> Planned | None:
        """The first keeper packs kits by their list; now and then by another one."""
        desk = self.sim.pick(self.stores.tree.desks)
        count = self.sim.chance.randrange(1, 5)
        used = []
        for item, each in zip(desk.free, KIT_PARTS, strict=True):
            lot = self.sim.pick(self._shelved(desk, item))
            if lot is None:
                return None
            used.append((lot, each * count))
        if self.sim.chance.random() < 0.5:
            lot, quantity = used[0]
            wrong = [(lot, quantity + 1), used[1]]
            due = {"KitListNotMet", *self._against(wrong)}
            return self._pack("goods.kits-packed", desk, desk.kit, wrong, [count], due)
        return self._pack("goods.kits-packed", desk, desk.kit, used, [count], self._against(used))

    def divided(self) -> Planned | None:
        """One lot becomes several; what comes out is what went in."""
        lot = self.stores.a_lot("free", with_goods="on_hand")
        if lot is None or lot.of_kind("on_hand") < 4:
            return None
        quantity = self.sim.chance.randrange(3, lot.of_kind("on_hand") + 1)
        first = self.sim.chance.randrange(1, quantity - 1)
        made, used = [first, quantity - first], [(lot, quantity)]
        due = self._against(used)
        if self.sim.chance.random() < 0.15:
            made, due = [first, quantity - first + 1], {"QuantitiesDiffer", *due}
        return self._pack("goods.divided", lot.extra["desk"], lot.item, used, made, due)

    def merged(self) -> Planned | None:
        """Several lots of an item become one, as good as the worst of them."""
        lot = self.stores.a_lot("free", with_goods="on_hand")
        if lot is None:
            return None
        desk = lot.extra["desk"]
        other = self.sim.pick([each for each in self._shelved(desk, lot.item) if each is not lot])
        if other is None or not other.of_kind("on_hand"):
            return None
        used = [
            (each, self.sim.chance.randrange(1, each.of_kind("on_hand") + 1))
            for each in (lot, other)
        ]
        made = [sum(quantity for _, quantity in used)]
        return self._pack("goods.merged", desk, lot.item, used, made, self._against(used))

    def _pack(
        self,
        kind: str,
        desk: Desk,
        item: int,
        used: list[tuple[Lot, int]],
        made: list[int],
        refusals: set[str],
    ) -> Planned:
        at, key = self.sim.at, f"sim.packing:{self.sim.next()}"

        def done(note: Any) -> None:
            self.packed.append(Packed(note.note_id, note.digest, desk, item, used, made))

        return Planned(
            kind,
            ([(lot.id, quantity) for lot, quantity in used], made),
            lambda: packing.pack(
                desk.office.keeper,
                item_id=item,
                used=[IssueOrderLine(lot.id, quantity) for lot, quantity in used],
                made=[NewLot(quantity) for quantity in made],
                key=key,
                at=at,
            ),
            frozenset(refusals),
            done=done,
        )

    def packing_signed(self) -> Planned | None:
        """The second keeper signs what was shown: the new lots lie on the shelf."""
        note: Packed | None = self.sim.pick(self.packed)
        if note is None:
            return None
        desk, at, shelf = note.desk, self.sim.at, ("on_hand", self.stores.shelf(note.desk))
        ends = [lot.extra["ends"] for lot, _ in note.used if lot.extra["ends"] is not None]

        def done(lots: Any) -> None:
            self.packed.remove(note)
            for lot, quantity in note.used:
                lot.move(shelf, TABLE, quantity)
            for id, quantity in zip(lots, note.made, strict=True):
                made = Lot(id, desk.society, note.item, f"item:{note.item}")
                made.extra = {
                    "desk": desk,
                    "ends": min(ends, default=None),
                    "state": "free",
                    "received": quantity,
                }
                made.move(TABLE, shelf, quantity)
                self.model.lots[id] = made
                self.stores.lots.append(made)
            self.model.enter(Entry(desk.society, "repacked"))

        def check(lots: Any) -> Iterator[str]:
            for lot in [lot for lot, _ in note.used] + [self.model.lots[id] for id in lots]:
                yield from lot_agrees(lot)
            for row in warehouse.lots(lot_ids=lots):
                if row.expires_on != min(ends, default=None):
                    yield f"lot {row.id} is said to last until {row.expires_on}, parts {ends}"

        return Planned(
            "goods.packing-signed",
            (note.id, note.made),
            lambda: packing.countersign_packing(
                desk.office.second_keeper, note_id=note.id, digest=note.digest, at=at
            ),
            frozenset(self._against(note.used)),
            done=done,
            check=check,
            entries=1,
            leaves=("goods-repacked",),
        )

    def packing_signed_wrongly(self) -> Planned | None:
        """The same person, also through a second account; or another packing than was shown."""
        note: Packed | None = self.sim.pick(self.packed)
        if note is None:
            return None
        office, at = note.desk.office, self.sim.at
        actor, digest, refusal = self.sim.pick(
            [
                (office.keeper, note.digest, "SamePersonTwice"),
                (note.desk.twin, note.digest, "SamePersonTwice"),
                (office.cashier, note.digest, "NotPermitted"),
                (office.second_keeper, "0" * 64, "NoteHasChanged"),
            ]
        )
        return Planned(
            "goods.packing-signed-wrongly",
            (note.id, refusal),
            lambda: packing.countersign_packing(actor, note_id=note.id, digest=digest, at=at),
            frozenset({refusal}),
        )

    # -- the gate ------------------------------------------------------------------------------------

    def sent_back(self) -> Planned | None:
        """A hospital sends back some of what it signed for; never more than it still has."""
        fit = [way for way in self.roads.arrived if any(way.there.values())]
        way: Way | None = self.sim.pick(fit)
        if way is None:
            return None
        lot_id = self.sim.pick(sorted(lot for lot, there in way.there.items() if there))
        there = way.there[lot_id]
        quantity = self.sim.chance.randrange(1, there + 1)
        if self.sim.chance.random() < 0.3:
            quantity = there + self.sim.chance.randrange(1, 9)
        at = self.sim.at

        def done(number: Any) -> None:
            way.there[lot_id] -= quantity
            self.backs.append(Back(number, way, {lot_id: quantity}))

        return Planned(
            "goods.sent-back",
            (way.id, lot_id, quantity),
            lambda: returning.send_back(
                way.desk.receiver,
                waybill_id=way.id,
                quantities={way.line_of[lot_id]: quantity},
                reason="用不完",
                at=at,
            ),
            frozenset({"MoreThanDelivered"} if quantity > there else ()),
            done=done,
        )

    def return_counted(self) -> Planned | None:
        """The first keeper has counted what came back."""
        back: Back | None = self.sim.pick([each for each in self.backs if not each.counted])
        if back is None:
            return None
        at = self.sim.at

        def done(_: Any) -> None:
            back.counted = True

        return Planned(
            "goods.return-counted",
            (back.way.id,),
            lambda: returning.count_return(back.way.desk.office.keeper, number=back.number, at=at),
            done=done,
        )

    def return_received(self) -> Planned | None:
        """The second keeper signs: the goods wait in quarantine as lots of their own."""
        back: Back | None = self.sim.pick([each for each in self.backs if each.counted])
        if back is None:
            return None
        desk, at = back.way.desk, self.sim.at
        place = ("quarantine", self.stores.shelf(desk))

        def done(lots: Any) -> None:
            self.backs.remove(back)
            for id, (lot_id, quantity) in zip(lots, sorted(back.lines.items()), strict=True):
                parent = self.model.lots[lot_id]
                parent.move(("delivered", desk.hospital_code), GATE, quantity)
                child = Lot(id, parent.society, parent.item, parent.commodity)
                child.extra = {**parent.extra, "state": "waits", "received": quantity}
                child.move(GATE, place, quantity)
                self.model.lots[id] = child
                self.stores.lots.append(child)
                self.model.enter(Entry(desk.society, "returned"))

        def check(lots: Any) -> Iterator[str]:
            for id in (*lots, *back.lines):
                yield from lot_agrees(self.model.lots[id])

        return Planned(
            "goods.return-received",
            (back.way.id, list(back.lines.values())),
            lambda: returning.receive_return(desk.office.second_keeper, number=back.number, at=at),
            done=done,
            check=check,
            entries=len(back.lines),
            leaves=("goods-returned",),
        )

    def return_received_wrongly(self) -> Planned | None:
        """By the keeper who counted, also through a second account, or before anybody counted."""
        back: Back | None = self.sim.pick(self.backs)
        if back is None:
            return None
        office, at = back.way.desk.office, self.sim.at
        actor = self.sim.pick([office.keeper, back.way.desk.twin])
        refusal = "SamePersonTwice" if back.counted else "ReturnNotWaiting"
        return Planned(
            "goods.return-received-wrongly",
            (back.way.id, refusal),
            lambda: returning.receive_return(actor, number=back.number, at=at),
            frozenset({refusal}),
        )
