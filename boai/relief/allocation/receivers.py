"""News from below."""

from boai.foundations.approvals.events import CaseDecided, CaseVoided
from boai.ground.core.events import listens_to
from boai.relief.allocation.services import deciding
from boai.relief.allocation.values import CASE_KIND
from boai.relief.dispatch.events import GoodsDelivered


@listens_to(CaseDecided)
def on_decided(fact: CaseDecided) -> None:
    """Carry out what the committee decided on a request."""
    if fact.kind == CASE_KIND:
        deciding.take_decision(
            case_id=fact.case_id, outcome=fact.outcome, digest=fact.digest, at=fact.at
        )


@listens_to(CaseVoided)
def on_voided(fact: CaseVoided) -> None:
    """Let the request wait for a proposal again."""
    if fact.kind == CASE_KIND:
        deciding.take_case_back(case_id=fact.case_id, at=fact.at)


@listens_to(GoodsDelivered)
def on_delivered(fact: GoodsDelivered) -> None:
    """Count what was accepted towards the needs."""
    deciding.goods_arrived(for_ref=fact.for_ref, lines=fact.lines, at=fact.at)
