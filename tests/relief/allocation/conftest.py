"""A list with gloves and caps, and short words for the steps."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from boai.foundations.approvals import queries as approvals
from boai.foundations.approvals.services import deciding
from boai.ground.core.actors import SYSTEM, Actor
from boai.relief.allocation import queries
from boai.relief.allocation.services import listing, proposing, requesting
from boai.relief.allocation.values import AskLine, ProposeLine
from boai.relief.warehouse.values import CountedLine
from tests.factories.goods import Stock, receive


@dataclass(frozen=True, slots=True)
class Case:
    """A frozen list of 1,000 gloves and 300 caps, and the people."""

    stock: Stock
    list_id: int
    gloves_lot: int
    caps_lot: int
    gloves_line: int
    caps_line: int

    def submit(
        self, at: datetime, gloves: int = 100, *, by: Actor | None = None, to: int | None = None
    ) -> int:
        """The hospital asks."""
        places = self.stock.world.places
        return requesting.submit_request(
            by or self.stock.world.cast.hospital_user,
            list_id=self.list_id,
            receiver_id=to or places.hospital,
            lines=[AskLine(self.gloves_line, gloves)],
            reason="发热门诊急需",
            at=at,
        )

    def propose(
        self, request_id: int, at: datetime, gloves: int = 100, *, by: Actor | None = None
    ) -> int:
        """The task force proposes; answers the case."""
        return proposing.propose(
            by or self.stock.world.cast.task_officer,
            request_id=request_id,
            lines=[ProposeLine(self.gloves_line, self.gloves_lot, gloves)],
            at=at,
        )

    def decide(self, case_id: int, at: datetime, *, approve: bool = True) -> None:
        """As many members as it takes vote alike."""
        for member in self.stock.world.cast.committee:
            case = approvals.case(case_id)
            if case.state == "open":
                deciding.vote(
                    member,
                    case_id=case_id,
                    digest=case.digest,
                    approve=approve,
                    reason="" if approve else "另有安排",
                    at=at,
                )


@pytest.fixture
def case(stock: Stock, at: datetime) -> Case:
    """Goods that arrived in the morning; list 1 of tomorrow frozen at 16:00."""
    gloves, caps = receive(
        stock,
        CountedLine(stock.gloves, 1000, bin="A-01"),
        CountedLine(stock.caps, 300, bin="A-02"),
        at=at,
    )
    list_id = listing.freeze_list(
        SYSTEM, organisation_id=stock.city, at=at.replace(hour=16) + timedelta(0)
    )
    lines = {line.lot_id: line.id for line in queries.available_list(list_id).lines}
    return Case(stock, list_id, gloves, caps, lines[gloves], lines[caps])
