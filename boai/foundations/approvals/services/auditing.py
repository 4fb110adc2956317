"""The laws of approvals, checked by full reads."""

from collections.abc import Iterator

from boai.foundations.approvals import queries
from boai.foundations.approvals.models import Case, Vote
from boai.foundations.approvals.rules import is_late, outcome
from boai.foundations.approvals.values import CaseRow
from boai.foundations.identity.queries import persons_of_users
from boai.foundations.trail import queries as trail
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


@law("approvals-04", _("每一票都是其账号背后的本人所投，与操作记录一致"))
def votes_are_those_of_the_trail() -> Verdict:
    """I-21: the person of each vote is the person of its account, and who voted, when, how and on
    which content is what the trail says; nobody's vote is missing and none was added."""
    rows = Vote.objects.order_by("pk").values_list(
        "case_id", "user_id", "person_id", "approve", "digest", "cast_at"
    )
    told = {
        (act.subject, act.actor_label): (
            act.person_id,
            act.detail["approve"],
            act.detail["digest"],
            act.at,
        )
        for act in trail.acts_of("vote")
    }
    persons = persons_of_users(Vote.objects.order_by().values_list("user_id", flat=True).distinct())
    checked, found = 0, []
    for case_id, user_id, person_id, *said in rows.iterator(chunk_size=2000):
        checked += 1
        subject = f"approvals.case:{case_id}"
        if persons.get(user_id) != person_id:
            found.append((subject, "a vote in another person's name"))
        if told.pop((subject, f"person:{user_id}"), None) != (person_id, *said):
            found.append((subject, "a vote that the trail does not know so"))
    found += [(subject, "a vote that is gone") for subject, _who in told]
    return verdict(checked, found)
