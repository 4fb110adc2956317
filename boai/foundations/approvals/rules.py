"""What holds about decisions, pure."""

from datetime import datetime, timedelta

from boai.foundations.approvals.values import PolicyValues, Tally


def policy_is_possible(policy: PolicyValues) -> bool:
    """Whether numbers make sense: somebody votes, the share is at most all, the clock runs on."""
    return (
        1 <= policy.quorum <= 500
        and 1 <= policy.share_numerator <= policy.share_denominator <= 1000
        and 0 <= policy.warn_first <= policy.warn_second <= policy.flag_after <= 32000
    )


def needed(may_vote: int, policy: PolicyValues) -> int:
    """How many must agree: the share of all who may vote, rounded up, and at least one.

    Counted over all who may vote and not only over those who did, so that silence never helps.
    """
    return max(1, -(-may_vote * policy.share_numerator // policy.share_denominator))


def tally(
    *, members: int, excluded: int, recused: int, approve: int, refuse: int, policy: PolicyValues
) -> Tally:
    """Count. Recusals reduce who may vote; the quorum stays."""
    may_vote = members - excluded - recused
    return Tally(
        may_vote=may_vote,
        cast=approve + refuse,
        approve=approve,
        refuse=refuse,
        recused=recused,
        needed=needed(may_vote, policy),
        quorum=policy.quorum,
    )


def outcome(count: Tally) -> str | None:
    """``approved``, ``refused`` or nothing yet. Below the quorum nothing is decided."""
    if count.cast < count.quorum:
        return None
    if count.approve >= count.needed:
        return "approved"
    still_to_come = count.may_vote - count.cast
    if count.approve + still_to_come < count.needed:
        return "refused"
    return None


def minutes_between(opened_at: datetime, at: datetime) -> int:
    """Whole minutes from opening to decision."""
    return max(0, int((at - opened_at).total_seconds() // 60))


def is_late(opened_at: datetime, at: datetime, policy: PolicyValues) -> bool:
    """Past the limit, to the second."""
    return at - opened_at > timedelta(minutes=policy.flag_after)


def stage(opened_at: datetime, at: datetime, policy: PolicyValues) -> int:
    """0 quiet, 1 first warning, 2 second warning, 3 past the limit."""
    passed = at - opened_at
    if passed > timedelta(minutes=policy.flag_after):
        return 3
    if passed >= timedelta(minutes=policy.warn_second):
        return 2
    return 1 if passed >= timedelta(minutes=policy.warn_first) else 0
