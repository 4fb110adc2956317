"""Operations on the shelves: what is missing or found, what is split, what is set aside."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from boai.ground.core.actors import SYSTEM
from boai.ground.core.clock import day_of
from boai.relief.warehouse import queries as warehouse
from boai.relief.warehouse.services import adjusting, issuing, repacking
from tests.campaigns.simulation.bookkeeping import lot_agrees
from tests.campaigns.simulation.engine import Planned, Simulation
from tests.campaigns.simulation.model import Entry, Lot, Place
from tests.campaigns.simulation.world import Desk, Tree


class Stores:
    """Plans what happens to goods on the shelves of the desks."""

    def __init__(self, sim: Simulation, tree: Tree) -> None:
        self.sim, self.model, self.tree = sim, sim.model, tree
        self.lots: list[Lot] = []
        self.held: list[tuple[Desk, str, Lot, int]] = []
        self.adjustments: list[tuple[Desk, int, Lot, str, int]] = []

    def kinds(self) -> dict[str, tuple[int, Callable[[], Planned | None]]]:
        """Weight and planner by kind."""
        return {
            "goods.adjustment-proposed": (12, self.adjustment_proposed),
            "goods.adjustment-signed": (12, self.adjustment_signed),
            "goods.split": (12, self.split),
            "goods.reserved": (20, self.reserved),
            "goods.reserved-too-many": (12, self.reserved_too_many),
            "goods.released": (6, self.released),
        }

    def shelf(self, desk: Desk) -> str:
        """The store in the books."""
        return f"warehouse.store:{desk.store}"

    def today(self) -> date:
        """The virtual day."""
        return day_of(self.sim.at)

    def a_lot(self, *states: str, with_goods: str = "") -> Lot | None:
        """A lot that stands so and has something on the shelf."""
        self.lots = [lot for lot in self.lots if _alive(lot)][-120:]
        fit = [
            lot
            for lot in self.lots
            if lot.extra["state"] in states and (not with_goods or lot.of_kind(with_goods))
        ]
        lot: Lot | None = self.sim.pick(fit)
        return lot

    # -- on the shelf --------------------------------------------------------------------------------

    def adjustment_proposed(self) -> Planned | None:
        """The first person says what is missing, found or destroyed."""
        lot = self.a_lot("free", "waits", "rejected")
        if lot is None:
            return None
        desk, at = lot.extra["desk"], self.sim.at
        there = lot.of_kind("quarantine") + lot.of_kind("on_hand")
        kind = self.sim.chance.choice(("loss", "destroyed", "sent_back", "found"))
        quantity = self.sim.chance.randrange(1, max(2, int(there * 0.3) + 2))
        if lot.extra["state"] == "waits":
            return None
        refused = kind != "found" and quantity > there

        def done(id: Any) -> None:
            self.adjustments.append((desk, id, lot, kind, quantity))

        return Planned(
            "goods.adjustment-proposed",
            (lot.id, kind, quantity),
            lambda: adjusting.propose_adjustment(
                desk.office.keeper,
                lot_id=lot.id,
                kind=kind,
                quantity=quantity,
                reason="盘点",
                at=at,
            ),
            frozenset({"MoreThanIsThere"} if refused else ()),
            done=done,
        )

    def adjustment_signed(self) -> Planned | None:
        """The second person agrees, and stock changes; the same person may not."""
        found = self.sim.pick(self.adjustments)
        if found is None:
            return None
        desk, id, lot, kind, quantity = found
        at, one = self.sim.at, self.sim.chance.random() < 0.2
        actor = desk.twin if one else desk.office.second_keeper
        legs = self._adjusting(desk, lot, kind, quantity)
        refusals = {"SamePersonTwice"} if one else set() if legs else {"MoreThanIsThere"}

        def done(_: Any) -> None:
            self.adjustments.remove(found)
            for leg in legs or ():
                lot.move(*leg[1:])
            self.model.enter(Entry(desk.society, "adjusted", legs=legs or []))

        return Planned(
            "goods.adjustment-signed",
            (lot.id, kind, quantity, one),
            lambda: adjusting.countersign_adjustment(actor, adjustment_id=id, agree=True, at=at),
            frozenset(refusals),
            done=done,
            check=lambda _: lot_agrees(lot),
            entries=1,
            leaves=("stock-adjusted",),
        )

    def _adjusting(
        self, desk: Desk, lot: Lot, kind: str, quantity: int
    ) -> list[tuple[Lot, Place, Place, int]] | None:
        shelf = self.shelf(desk)
        quarantine, on_hand = ("quarantine", shelf), ("on_hand", shelf)
        if kind == "found":
            into = on_hand if lot.extra["state"] == "free" else quarantine
            return [(lot, ("origin", "found"), into, quantity)]
        first = min(quantity, lot.at(quarantine))
        if quantity - first > lot.at(on_hand):
            return None
        origin = warehouse.lot(lot.id)
        assert origin is not None
        target = ("returned", origin.origin) if kind == "sent_back" else ("written_off", shelf)
        parts = ((quarantine, first), (on_hand, quantity - first))
        return [(lot, place, target, n) for place, n in parts if n]

    def split(self) -> Planned | None:
        """A part of a lot goes to another bin, as a lot that remembers its parent."""
        lot = self.a_lot("free", with_goods="on_hand")
        if lot is None:
            return None
        desk, at, there = lot.extra["desk"], self.sim.at, lot.of_kind("on_hand")
        quantity = self.sim.chance.randrange(1, there + 2)
        place = ("on_hand", self.shelf(desk))

        def done(id: Any) -> None:
            child = Lot(id, lot.society, lot.item, lot.commodity)
            child.extra = {**lot.extra, "received": quantity}
            lot.move(place, ("origin", "split"), quantity)
            child.move(("origin", "split"), place, quantity)
            self.model.lots[id] = child
            self.lots.append(child)
            self.model.enter(Entry(desk.society, "split"))

        def check(id: Any) -> Iterator[str]:
            yield from lot_agrees(lot)
            yield from lot_agrees(self.model.lots[id])

        return Planned(
            "goods.split",
            (lot.id, quantity),
            lambda: repacking.split_lot(
                desk.office.keeper, lot_id=lot.id, quantity=quantity, bin="B-02", at=at
            ),
            frozenset({"MoreThanIsThere"} if quantity > there else ()),
            done=done,
            check=check,
            entries=1,
        )

    # -- set aside -----------------------------------------------------------------------------------

    def against_issuing(self, lot: Lot, quantity: int) -> set[str]:
        """Why so much of a lot may not be set aside today."""
        found = set()
        if lot.extra["ends"] is not None and self.today() > lot.extra["ends"]:
            found.add("LotHasExpired")
        if lot.extra["state"] != "free":
            found.add("LotNotReleased")
        if quantity > lot.of_kind("on_hand"):
            found.add("MoreThanIsThere")
        return found

    def _reserve(self, kind: str, lot: Lot, quantity: int) -> Planned:
        desk, at, ref = lot.extra["desk"], self.sim.at, f"sim.request:{self.sim.next()}"

        def done(_: Any) -> None:
            self.held.append((desk, ref, lot, quantity))
            move = (lot, ("on_hand", self.shelf(desk)), ("reserved", ref), quantity)
            lot.move(*move[1:])
            self.model.enter(Entry(desk.society, "reserved", legs=[move]))

        return Planned(
            kind,
            (lot.id, quantity),
            lambda: issuing.reserve(
                SYSTEM,
                organisation_id=desk.society,
                item_id=lot.item,
                quantity=quantity,
                for_ref=ref,
                lot_ids=[lot.id],
                receiver_id=desk.hospital,
                at=at,
            ),
            frozenset(self.against_issuing(lot, quantity)),
            done=done,
            check=lambda _: lot_agrees(lot),
            entries=1,
        )

    def reserved(self) -> Planned | None:
        """Goods are set aside for a reason; expired ones are not."""
        lot = self.a_lot("free", with_goods="on_hand")
        if lot is None:
            return None
        quantity = self.sim.chance.randrange(1, lot.of_kind("on_hand") + 1)
        return self._reserve("goods.reserved", lot, quantity)

    def reserved_too_many(self) -> Planned | None:
        """More than lies there, or of a lot that may not leave."""
        lot = self.a_lot("free", "waits", "rejected")
        if lot is None:
            return None
        quantity = lot.of_kind("on_hand") + self.sim.chance.randrange(1, 50)
        return self._reserve("goods.reserved-too-many", lot, quantity)

    def released(self) -> Planned | None:
        """What was set aside goes back to the shelf."""
        found = self.sim.pick(self.held)
        return self.release(found[0], found[1]) if found else None

    def release(self, desk: Desk, ref: str) -> Planned:
        """Give back everything that is set aside for one reason."""
        at = self.sim.at
        own = [(lot, quantity) for _, held, lot, quantity in self.held if held == ref]

        def done(_: Any) -> None:
            self.held = [each for each in self.held if each[1] != ref]
            entry = Entry(desk.society, "released")
            for lot, quantity in own:
                move = (lot, ("reserved", ref), ("on_hand", self.shelf(desk)), quantity)
                lot.move(*move[1:])
                entry.legs.append(move)
            self.model.enter(entry)

        return Planned(
            "goods.released",
            ([lot.id for lot, _ in own], [quantity for _, quantity in own]),
            lambda: issuing.release_reservation(
                SYSTEM, organisation_id=desk.society, for_ref=ref, at=at
            ),
            done=done,
            check=lambda _: lot_agrees(own[0][0]),
            entries=1,
        )


def _alive(lot: Lot) -> bool:
    return any(place[0] in ("quarantine", "on_hand") for place in lot.places)
