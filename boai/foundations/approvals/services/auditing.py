"""The laws of approvals, checked by full reads."""

from collections.abc import Iterator

from boai.foundations.approvals import queries
from boai.foundations.approvals.models import Case, Vote
from boai.foundations.approvals.rules import is_late, outcome
from boai.foundations.approvals.values import CaseRow
from boai.ground.core.canonical import digest
from boai.ground.core.laws import Verdict, law, verdict
from boai.ground.core.text import gettext_noop as _


def _rows(*states: str) -> Iterator[CaseRow]:
    cases = Case.objects.filter(state__in=states) if states else Case.objects.all()
    for start in range(0, cases.count(), 500):
        yield from queries.rows_of(cases.order_by("id")[start : start + 500])


@law("approvals-01", _("每项决策的内容与其摘要一致，每一票都投给该摘要"))
def content_is_what_was_shown() -> Verdict:
    """I-23."""
    checked, found = 0, []
    for row in _rows():
        checked += 1
        if digest(row.content) != row.digest:
            found.append((f"approvals.case:{row.id}", "content differs from its digest"))
    for case_id, vote_digest, case_digest in Vote.objects.values_list(
        "case_id", "digest", "case__digest"
    ):
        checked += 1
        if vote_digest != case_digest:
            found.append((f"approvals.case:{case_id}", "a vote on other content"))
    return verdict(checked, found)


@law("approvals-02", _("每项决定都达到法定人数和通过比例，超时均有标记"))
def decisions_follow_from_votes() -> Verdict:
    """I-24: quorum, share and lateness recomputed from the votes."""
    checked, found = 0, []
    for row in _rows("approved", "refused"):
        checked += 1
        subject = f"approvals.case:{row.id}"
        if outcome(row.tally) != row.state:
            found.append((subject, f"votes say {outcome(row.tally)}, record says {row.state}"))
        assert row.decided_at is not None
        if is_late(row.opened_at, row.decided_at, row.policy) != row.late:
            found.append((subject, "lateness is not what the clock says"))
    return verdict(checked, found)


@law("approvals-03", _("表态人都在名单内，未被排除，未回避，一人一票"))
def votes_by_those_who_may() -> Verdict:
    """I-21, I-22."""
    checked, found = 0, []
    for row in _rows():
        voters = [v.person_id for v in row.votes]
        checked += len(voters)
        may = set(row.committee) - set(row.excluded) - set(row.recused)
        if len(set(voters)) != len(voters) or not set(voters) <= may:
            found.append((f"approvals.case:{row.id}", "a vote that does not count"))
    return verdict(checked, found)
