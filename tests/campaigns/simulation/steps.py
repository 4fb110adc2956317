"""The steps that run by themselves, the days that end, and the way back to calm."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from boai.foundations.ledger.services import numbering
from boai.foundations.translog.services.sequencing import sequence
from boai.ground.core.clock import day_of
from boai.relief.dispatch.services import ordering
from boai.window.disclosure.services import bulletins
from tests.campaigns.simulation.engine import Planned, Simulation, ask
from tests.campaigns.simulation.roads import Roads, Way
from tests.campaigns.simulation.world import Desk, Tree


class Steps:
    """Plans sequencing and bulletins; finishes everything at the end."""

    def __init__(self, sim: Simulation, tree: Tree, roads: Roads) -> None:
        self.sim, self.model, self.tree = sim, sim.model, tree
        self.roads, self.stores = roads, roads.stores
        self.told: dict[int, date] = {}
        self.draft: tuple[Desk, date, int] | None = None

    def kinds(self) -> dict[str, tuple[int, Callable[[], Planned | None]]]:
        """Weight and planner by kind."""
        return {
            "steps.sequenced": (10, self.sequenced),
            "steps.bulletin": (3, self.bulletin),
        }

    def sequenced(self) -> Planned:
        """Every waiting leaf is taken up; the head that is signed covers them all."""
        at = self.sim.at

        def check(head: Any) -> Iterator[str]:
            [(count, waiting)] = ask(
                "SELECT COUNT(*), SUM(CASE WHEN tree_index IS NULL THEN 1 ELSE 0 END) "
                "FROM translog_leaf"
            )
            if waiting or head.size != count:
                yield f"a head of {head.size}, {count} leaves, {waiting} waiting"

        return Planned("steps.sequenced", (), lambda: sequence(at), check=check)

    def bulletin(self) -> Planned | None:
        """One person compiles the day from the log, another publishes it."""
        if self.draft is not None:
            return self._publish(*self.draft)
        desk, at = self.sim.pick(self.tree.desks), self.sim.at
        today, last = day_of(at), self.told.get(desk.society)
        day = today if last is None else date.fromordinal(last.toordinal() + 1)
        if day > today:
            return None

        def done(row: Any) -> None:
            self.draft = (desk, day, row.id)

        return Planned(
            "steps.bulletin",
            (desk.society, "compiled", str(day)),
            lambda: bulletins.prepare(
                desk.office.publisher, organisation_id=desk.society, appeal="", day=day, at=at
            ),
            done=done,
            crashes=False,
        )

    def _publish(self, desk: Desk, day: date, id: int) -> Planned:
        at, alone = self.sim.at, self.sim.chance.random() < 0.2
        actor = desk.office.publisher if alone else desk.office.second_publisher

        def done(_: Any) -> None:
            self.told[desk.society], self.draft = day, None

        return Planned(
            "steps.bulletin",
            (desk.society, "published", str(day), alone),
            lambda: bulletins.publish(actor, bulletin_id=id, at=at),
            frozenset({"NeedsAnotherPerson"} if alone else ()),
            done=done,
            leaves=("bulletin-published",),
        )

    # -- calm ----------------------------------------------------------------------------------------

    def converge(self) -> Iterator[Planned]:
        """After the faults: everything on the way arrives, every reservation ends, all is numbered."""
        roads = self.roads
        for way in [way for way in roads.ways if way.state == "ordered"]:
            yield roads.load(way)
            if way.state == "ordered":
                yield from self._give_up(way)
        for way in [way for way in roads.ways if way.state == "loading"]:
            yield roads.leave(way)
            if way.state == "loading":
                yield from self._give_up(way)
        for way in [way for way in roads.ways if way.state == "on the way"]:
            yield roads.sign(way, honest=True)
        for way in [way for way in roads.ways if way.state == "apart"]:
            for row in list(way.open):
                yield roads.propose_end(way, row)
            for row in list(way.open):
                yield roads.settle(way, row)
        for desk, ref in dict.fromkeys((desk_of, ref) for desk_of, ref, *_ in self.stores.held):
            yield self.stores.release(desk, ref)
        yield Planned("books.number", ("calm",), numbering.number_all)
        yield self.sequenced()

    def _give_up(self, way: Way) -> Iterator[Planned]:
        """A waybill whose goods have expired meanwhile is taken back; the goods are free again."""
        office, at = way.desk.office, self.sim.at

        def done(_: Any) -> None:
            way.state = "over"
            for lot_id, quantity in way.lines.items():
                self.stores.held.append((way.desk, way.ref, self.model.lots[lot_id], quantity))

        yield Planned(
            "goods.cancelled",
            (way.id,),
            lambda: ordering.cancel(office.keeper, waybill_id=way.id, at=at),
            done=done,
        )
