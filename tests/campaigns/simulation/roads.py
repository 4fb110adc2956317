"""Operations of the road: waybills, two keepers, the receiver's count, differences and their ends."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from boai.ground.core.actors import SYSTEM
from boai.relief.dispatch import queries as dispatch
from boai.relief.dispatch.services import delivering, discrepancies, loading, ordering
from boai.relief.dispatch.values import OrderLine
from tests.campaigns.simulation.bookkeeping import lot_agrees
from tests.campaigns.simulation.engine import Planned
from tests.campaigns.simulation.model import Entry, Place
from tests.campaigns.simulation.stores import Stores
from tests.campaigns.simulation.world import Desk


@dataclass(slots=True, eq=False)
class Way:
    """A waybill."""

    id: int
    desk: Desk
    ref: str
    lines: dict[int, int]
    state: str = "ordered"
    number: str = ""
    digest: str = ""
    open: list[Any] = field(default_factory=list)
    there: dict[int, int] = field(default_factory=dict)
    """By lot, what the receiver has of it and has not sent back."""
    line_of: dict[int, int] = field(default_factory=dict)


class Roads:
    """Plans what happens to goods that have been set aside."""

    def __init__(self, stores: Stores) -> None:
        self.stores, self.sim, self.model = stores, stores.sim, stores.model
        self.ways: list[Way] = []
        self.arrived: deque[Way] = deque(maxlen=60)

    def kinds(self) -> dict[str, tuple[int, Callable[[], Planned | None]]]:
        """Weight and planner by kind."""
        return {
            "goods.ordered": (14, self.ordered),
            "goods.loaded": (16, self.loaded),
            "goods.left": (16, self.left),
            "goods.left-wrongly": (10, self.left_wrongly),
            "goods.signed-for": (16, self.signed_for),
            "goods.difference-proposed": (10, self.difference_proposed),
            "goods.difference-settled": (10, self.difference_settled),
        }

    def ordered(self) -> Planned | None:
        """A waybill for what is set aside."""
        found = self.sim.pick(self.stores.held)
        if found is None:
            return None
        desk, ref, lot, quantity = found
        at = self.sim.at

        def done(id: Any) -> None:
            self.stores.held.remove(found)
            self.ways.append(Way(id, desk, ref, {lot.id: quantity}))

        return Planned(
            "goods.ordered",
            (lot.id, quantity),
            lambda: ordering.order_delivery(
                SYSTEM,
                organisation_id=desk.society,
                receiver_id=desk.hospital,
                for_ref=ref,
                lines=[OrderLine(lot.id, quantity)],
                at=at,
            ),
            done=done,
        )

    def way(self, *states: str) -> Way | None:
        """A waybill that stands so."""
        self.ways = [way for way in self.ways if way.state != "over"]
        found: Way | None = self.sim.pick([way for way in self.ways if way.state in states])
        return found

    def _against_leaving(self, way: Way) -> frozenset[str]:
        found: set[str] = set()
        for lot_id in way.lines:
            found |= self.stores.against_issuing(self.model.lots[lot_id], 0)
        return frozenset(found)

    def loaded(self) -> Planned | None:
        """The first keeper has loaded."""
        way = self.way("ordered")
        return self.load(way) if way else None

    def load(self, way: Way) -> Planned:
        """Load one waybill."""
        at = self.sim.at

        def done(digest: Any) -> None:
            way.state, way.digest = "loading", digest
            row = dispatch.waybill(way.id)
            assert row is not None
            way.number = row.number

        return Planned(
            "goods.loaded",
            (way.id,),
            lambda: loading.load(
                way.desk.office.keeper, waybill_id=way.id, vehicle="江A", driver="沈", at=at
            ),
            self._against_leaving(way),
            done=done,
        )

    def left(self) -> Planned | None:
        """The second keeper signs: the goods are on the way."""
        way = self.way("loading")
        return self.leave(way) if way else None

    def leave(self, way: Way) -> Planned:
        """Send one waybill off."""
        desk, at = way.desk, self.sim.at

        def done(_: Any) -> None:
            way.state = "on the way"
            entry = Entry(desk.society, "issued")
            for lot_id, quantity in way.lines.items():
                lot = self.model.lots[lot_id]
                move = (lot, ("reserved", way.ref), ("in_transit", way.number), quantity)
                lot.move(*move[1:])
                entry.legs.append(move)
            self.model.enter(entry)

        return Planned(
            "goods.left",
            (way.id,),
            lambda: loading.countersign(
                desk.office.second_keeper, waybill_id=way.id, digest=way.digest, at=at
            ),
            self._against_leaving(way),
            done=done,
            check=lambda _: self._lots_agree(way),
            entries=1,
            leaves=("goods-issued",),
        )

    def _lots_agree(self, way: Way) -> Iterator[str]:
        for lot_id in way.lines:
            yield from lot_agrees(self.model.lots[lot_id])

    def left_wrongly(self) -> Planned | None:
        """One keeper twice, or another load than was seen."""
        way = self.way("loading")
        if way is None:
            return None
        desk, at = way.desk, self.sim.at
        actor, digest, refusal = self.sim.pick(
            [
                (desk.office.keeper, way.digest, "SamePersonTwice"),
                (desk.twin, way.digest, "SamePersonTwice"),
                (desk.office.second_keeper, "0" * 64, "LoadingHasChanged"),
            ]
        )
        return Planned(
            "goods.left-wrongly",
            (way.id, refusal),
            lambda: loading.countersign(actor, waybill_id=way.id, digest=digest, at=at),
            frozenset({refusal}),
        )

    def signed_for(self) -> Planned | None:
        """The receiver counts: all, fewer, more, or some broken."""
        way = self.way("on the way")
        return self.sign(way, honest=False) if way else None

    def sign(self, way: Way, honest: bool) -> Planned:
        """Sign for one waybill; what is missing or broken stays on the way."""
        row = dispatch.waybill(way.id)
        assert row is not None
        counted, damaged, accepted, apart = {}, {}, {}, False
        for line in row.lines:
            change = 0 if honest else self.sim.chance.choice((0, 0, -1, -3, 2))
            there = max(0, line.quantity + change)
            broken = 0 if honest else min(there, self.sim.chance.choice((0, 0, 0, 2)))
            counted[line.id], damaged[line.id] = there, broken
            accepted[line.lot_id] = min(there - broken, line.quantity)
            apart |= there != line.quantity or broken > 0
        desk, at = way.desk, self.sim.at
        some = any(accepted.values())

        def done(_: Any) -> None:
            way.state = "apart" if apart else "over"
            entry = Entry(desk.society, "delivered")
            for lot_id, quantity in accepted.items():
                if quantity:
                    lot = self.model.lots[lot_id]
                    there = ("delivered", desk.hospital_code)
                    move = (lot, ("in_transit", way.number), there, quantity)
                    lot.move(*move[1:])
                    entry.legs.append(move)
            if some:
                self.model.enter(entry)
            way.there, way.line_of = dict(accepted), {line.lot_id: line.id for line in row.lines}
            self.arrived.append(way)
            if apart:
                way.open = list(dispatch.discrepancies(waybill_id=way.id, unsettled=True))

        return Planned(
            "goods.signed-for",
            (way.id, list(counted.values()), list(damaged.values())),
            lambda: delivering.sign(
                desk.receiver, waybill_id=way.id, counted=counted, damaged=damaged, at=at
            ),
            done=done,
            check=lambda _: self._lots_agree(way),
            entries=int(some),
            leaves=("goods-delivered",),
        )

    def difference_proposed(self) -> Planned | None:
        """The first person says how a difference ended."""
        fit = [(w, row) for w in self.ways for row in w.open if row.state != "proposed"]
        found = self.sim.pick(fit)
        return self.propose_end(*found) if found else None

    def propose_end(self, way: Way, row: Any) -> Planned:
        """Propose an end for one difference."""
        at = self.sim.at
        outcome = self.sim.chance.choice(("delivered", "returned", "lost"))
        if row.kind == "over":
            outcome = "explained"

        def done(_: Any) -> None:
            rows = dispatch.discrepancies(waybill_id=way.id, unsettled=True)
            way.open = list(rows)

        return Planned(
            "goods.difference-proposed",
            (way.id, row.quantity, outcome),
            lambda: discrepancies.propose(
                way.desk.office.keeper, discrepancy_id=row.id, outcome=outcome, reason="查明", at=at
            ),
            done=done,
        )

    def difference_settled(self) -> Planned | None:
        """The second person agrees: the goods leave the road for good."""
        fit = [(w, row) for w in self.ways for row in w.open if row.state == "proposed"]
        found = self.sim.pick(fit)
        return self.settle(*found) if found else None

    def settle(self, way: Way, row: Any) -> Planned:
        """Settle one difference."""
        desk, at, lot = way.desk, self.sim.at, self.model.lots[row.lot_id]
        target: Place | None = {
            "delivered": ("delivered", desk.hospital_code),
            "returned": ("on_hand", self.stores.shelf(desk)),
            "lost": ("written_off", way.number),
            "explained": None,
        }[row.outcome]

        def done(_: Any) -> None:
            way.open = [each for each in way.open if each.id != row.id]
            if not way.open:
                way.state = "over"
            if target is not None:
                move = (lot, ("in_transit", way.number), target, row.quantity)
                lot.move(*move[1:])
                self.model.enter(Entry(desk.society, "settled", legs=[move]))
            if row.outcome == "delivered":
                way.there[row.lot_id] += row.quantity

        return Planned(
            "goods.difference-settled",
            (way.id, row.quantity, row.outcome),
            lambda: discrepancies.settle(
                desk.office.second_keeper, discrepancy_id=row.id, outcome=row.outcome, at=at
            ),
            done=done,
            check=lambda _: lot_agrees(lot),
            entries=int(target is not None),
            leaves=("stock-adjusted",) if row.outcome == "returned" else (),
        )
