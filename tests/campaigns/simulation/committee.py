"""Operations of the task force and the committee: list, request, proposal, votes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from boai.foundations.approvals import queries as approvals
from boai.foundations.approvals.services import deciding as votes
from boai.ground.core.clock import day_of
from boai.relief.allocation import queries as allocation
from boai.relief.allocation import rules
from boai.relief.allocation.services import listing, proposing, requesting
from boai.relief.allocation.values import AskLine, Wish
from tests.campaigns.simulation.bookkeeping import lot_agrees
from tests.campaigns.simulation.engine import Planned, Simulation
from tests.campaigns.simulation.model import Entry, shares
from tests.campaigns.simulation.roads import Roads, Way
from tests.campaigns.simulation.world import Desk, Tree


@dataclass(slots=True, eq=False)
class Wanted:
    """One request of a hospital and how far it is."""

    id: int
    desk: Desk
    list_id: int
    state: str = "submitted"
    lines: dict[int, int] = field(default_factory=dict)
    case: int = 0
    digest: str = ""
    old: tuple[int, str] | None = None
    agreed: list[int] = field(default_factory=list)
    against: list[int] = field(default_factory=list)


class Committee:
    """Plans lists, requests and decisions at the desks."""

    def __init__(self, sim: Simulation, tree: Tree, roads: Roads) -> None:
        self.sim, self.model, self.tree = sim, sim.model, tree
        self.roads, self.stores = roads, roads.stores
        self.frozen: dict[tuple[int, date], int] = {}
        self.newest: dict[int, int] = {}
        self.wanted: list[Wanted] = []

    def kinds(self) -> dict[str, tuple[int, Callable[[], Planned | None]]]:
        """Weight and planner by kind."""
        return {
            "committee.list-frozen": (6, self.freeze),
            "committee.requested": (12, self.requested),
            "committee.proposed": (12, self.proposed),
            "committee.proposed-anew": (4, self.proposed_anew),
            "committee.voted": (34, self.voted),
            "committee.voted-wrongly": (14, self.voted_wrongly),
            "committee.shares": (14, self.shares),
        }

    def of_state(self, *states: str) -> list[Wanted]:
        """Requests that stand so."""
        self.wanted = [w for w in self.wanted if w.state != "over"][-40:]
        return [one for one in self.wanted if one.state in states]

    def freeze(self) -> Planned | None:
        """List 1 of a day, once a day; not before there is something to share out."""
        desk, at = self.sim.pick(self.tree.desks), self.sim.at
        day = day_of(at)
        again = (desk.society, day) in self.frozen
        own = [lot for lot in self.stores.lots if lot.society == desk.society]
        if not again and sum(self._may_go(lot.id) for lot in own) < 3:
            return None

        def done(id: Any) -> None:
            self.frozen[desk.society, day] = self.newest[desk.society] = id

        return Planned(
            "committee.list-frozen",
            (desk.society, str(day)),
            lambda: listing.freeze_list(
                desk.office.task_officer, organisation_id=desk.society, for_day=day, at=at
            ),
            frozenset({"ListIsFrozen"} if again else ()),
            done=done,
            leaves=("list-frozen",),
        )

    def requested(self) -> Planned | None:
        """The hospital asks for goods of the list."""
        desk = self.sim.pick(self.tree.desks)
        if desk.society not in self.newest or len(self.of_state("submitted", "proposed")) > 12:
            return None
        listed = allocation.available_list(self.newest[desk.society])
        fit = [
            line
            for line in listed.lines
            if line.left > 0 and line.lot_id and self._may_go(line.lot_id)
        ]
        line = self.sim.pick(fit)
        if line is None:
            return None
        lot = self.model.lots[line.lot_id]
        most = min(line.left, lot.of_kind("on_hand"))
        quantity = self.sim.chance.randrange(1, max(2, most // 2 + 1))
        too_many = self.sim.chance.random() < 0.15
        asked = line.left + 1 if too_many else quantity
        at = self.sim.at

        def done(id: Any) -> None:
            self.wanted.append(Wanted(id, desk, listed.id))

        return Planned(
            "committee.requested",
            (desk.society, asked),
            lambda: requesting.submit_request(
                desk.asker,
                list_id=listed.id,
                receiver_id=desk.hospital,
                lines=[AskLine(line.id, asked)],
                reason="发热门诊急需",
                at=at,
            ),
            frozenset({"MoreThanTheList"} if too_many else ()),
            done=done,
        )

    def _may_go(self, lot_id: int) -> bool:
        lot = self.model.lots.get(lot_id)
        return (
            lot is not None
            and lot.of_kind("on_hand") > 0
            and not self.stores.against_issuing(lot, 1)
        )

    def proposed(self) -> Planned | None:
        """The task force proposes what the rule suggests."""
        one: Wanted | None = self.sim.pick(self.of_state("submitted"))
        return self.propose(one) if one else None

    def proposed_anew(self) -> Planned | None:
        """Another proposal in place of the first: votes for that one count no more."""
        one: Wanted | None = self.sim.pick(self.of_state("proposed"))
        return self.propose(one) if one else None

    def propose(self, one: Wanted) -> Planned | None:
        """Put one request before the committee."""
        desk, at = one.desk, self.sim.at
        lines = proposing.suggest(one.id, at)
        for line in lines:
            lot = self.model.lots[line.lot_id]
            if self.stores.against_issuing(lot, line.quantity):
                self.sim.broken(f"suggested {line.quantity} of lot {lot.id}: {lot.places}")
        if not lines:
            one.state = "over"
            return None

        def done(case: Any) -> None:
            one.old = (one.case, one.digest) if one.state == "proposed" else None
            one.state, one.case = "proposed", case
            one.digest = approvals.case(case).digest
            one.agreed, one.against = [], []
            one.lines = {line.lot_id: line.quantity for line in lines}

        return Planned(
            "committee.proposed" if one.state == "submitted" else "committee.proposed-anew",
            (one.id, [line.quantity for line in lines]),
            lambda: proposing.propose(
                desk.office.task_officer,
                request_id=one.id,
                lines=lines,
                note=f"{at:%H%M%S}",
                at=at,
            ),
            done=done,
        )

    def voted(self) -> Planned | None:
        """A member answers; the third that agrees decides, and the goods are set aside."""
        one: Wanted | None = self.sim.pick(self.of_state("proposed"))
        if one is None:
            return None
        members = one.desk.office.committee
        spoke = [*one.agreed, *one.against]
        member = self.sim.pick([n for n in range(len(members)) if n not in spoke])
        if member is None:
            one.state = "over"
            return None
        return self.vote(one, member, self.sim.chance.random() < 0.85)

    def vote(self, one: Wanted, member: int, approve: bool) -> Planned:
        """One vote. Three must have spoken; three of four must agree."""
        at, desk = self.sim.at, one.desk
        agreed, against = len(one.agreed) + approve, len(one.against) + (not approve)
        decides = agreed + against >= 3 and (agreed >= 3 or against >= 2)
        approved = decides and agreed >= 3
        refusals: set[str] = set()
        if approved:
            for lot_id, quantity in one.lines.items():
                refusals |= self.stores.against_issuing(self.model.lots[lot_id], quantity)

        def done(row: Any) -> None:
            (one.agreed if approve else one.against).append(member)
            due = ("approved" if approved else "refused") if decides else "open"
            assert row.state == due, f"the case is {row.state}, {due} due"
            if decides:
                one.state = "over"
            if approved:
                self._sent(one)

        def check(_: Any) -> Iterator[str]:
            if approved:
                for lot_id in one.lines:
                    yield from lot_agrees(self.model.lots[lot_id])

        return Planned(
            "committee.voted",
            (one.id, member, approve, decides),
            lambda: votes.vote(
                desk.office.committee[member],
                case_id=one.case,
                digest=one.digest,
                approve=approve,
                reason="" if approve else "另有安排",
                at=at,
            ),
            frozenset(refusals),
            done=done,
            check=check,
            entries=int(approved),
            leaves=("case-decided",) if decides else (),
        )

    def _sent(self, one: Wanted) -> None:
        row = allocation.request(one.id)
        desk = one.desk
        entry = Entry(desk.society, "reserved")
        for lot_id, quantity in one.lines.items():
            lot = self.model.lots[lot_id]
            move = (lot, ("on_hand", self.stores.shelf(desk)), ("reserved", row.ref), quantity)
            lot.move(*move[1:])
            entry.legs.append(move)
        self.model.enter(entry)
        self.roads.ways.append(Way(row.waybill_id or 0, desk, row.ref, dict(one.lines)))

    def voted_wrongly(self) -> Planned | None:
        """On other content than stands there, twice by one person, or by nobody of the committee."""
        one: Wanted | None = self.sim.pick(self.of_state("proposed"))
        if one is None:
            return None
        office, at = one.desk.office, self.sim.at
        fresh = [n for n in range(len(office.committee)) if n not in (*one.agreed, *one.against)]
        cases: dict[str, tuple[Any, int, str, str]] = {
            "stranger": (office.programme, one.case, one.digest, "NotOnTheCommittee"),
        }
        if fresh:
            member = office.committee[fresh[0]]
            cases["digest"] = (member, one.case, "0" * 64, "ContentHasChanged")
            if one.old is not None:
                cases["old case"] = (member, *one.old, "ContentHasChanged")
        if 0 in one.agreed or 0 in one.against:
            cases["twice"] = (office.committee[0], one.case, one.digest, "YouHaveVoted")
            cases["twin"] = (one.desk.member_twin, one.case, one.digest, "YouHaveVoted")
        name = self.sim.pick(sorted(cases))
        actor, case, digest, refusal = cases[name]
        also = {"stranger": "NotPermitted", "old case": "YouHaveVoted"}
        refusals = {refusal, also.get(name, refusal)}
        return Planned(
            "committee.voted-wrongly",
            (one.id, name),
            lambda: votes.vote(actor, case_id=case, digest=digest, approve=True, at=at),
            frozenset(refusals),
        )

    def shares(self) -> Planned:
        """Too little for all: each gets the share that largest remainder gives, nothing is lost."""
        chance = self.sim.chance
        wishes = [chance.randrange(1, 500) for _ in range(chance.randrange(2, 9))]
        free = chance.randrange(0, sum(wishes))

        def check(found: Any) -> Iterator[str]:
            due = dict(enumerate(shares(free, wishes)))
            if found != due or sum(found.values()) != free:
                yield f"{free} shared as {found}, {due} due"

        return Planned(
            "committee.shares",
            (free, wishes),
            lambda: rules.shares(free, [Wish(n, quantity) for n, quantity in enumerate(wishes)]),
            check=check,
        )
