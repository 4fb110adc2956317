"""Reads about cases."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from boai.foundations.approvals.models import ApprovalPolicy, Case, Member
from boai.foundations.approvals.rules import tally
from boai.foundations.approvals.values import CaseRow, PolicyValues, VoteRow
from boai.foundations.identity import queries as identity
from boai.foundations.organisations import queries as organisations
from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotFound


def policy_for(kind: str, organisation_id: int, *, at: datetime) -> PolicyValues:
    """The policy in force for a kind: the organisation's own, else the general, else the default."""
    found = (
        ApprovalPolicy.objects.filter(kind=kind, since__lte=at)
        .filter(Q(organisation_id=organisation_id) | Q(organisation__isnull=True))
        .order_by("-since", "-id")
    )
    rows = list(found)
    own = [p for p in rows if p.organisation_id is not None]
    return _policy((own or rows)[0]) if rows else PolicyValues()


def _policy(row: ApprovalPolicy | Case) -> PolicyValues:
    return PolicyValues(
        quorum=row.quorum,
        share_numerator=row.share_numerator,
        share_denominator=row.share_denominator,
        warn_first=row.warn_first,
        warn_second=row.warn_second,
        flag_after=row.flag_after,
    )


def row_of(case: Case) -> CaseRow:
    """The frozen row of a case as the tables say now."""
    return rows_of(Case.objects.filter(pk=case.pk))[0]


def rows_of(cases: QuerySet[Case]) -> list[CaseRow]:
    """Frozen rows of several cases, in four queries."""
    rows = cases.prefetch_related("members", "votes", "recusals")
    return [_row(case) for case in rows]


def _row(case: Case) -> CaseRow:
    members = sorted(case.members.all(), key=lambda m: m.pk)
    votes = sorted(case.votes.all(), key=lambda v: v.pk)
    recused = tuple(r.person_id for r in sorted(case.recusals.all(), key=lambda r: r.pk))
    excluded = tuple(m.person_id for m in members if m.excluded)
    policy = _policy(case)
    return CaseRow(
        id=case.pk,
        kind=case.kind,
        subject=case.subject,
        organisation_id=case.organisation_id,
        title=case.title,
        content=case.content,
        digest=case.digest,
        state=str(case.state),
        policy=policy,
        opened_at=case.opened_at,
        opened_by_person_id=case.opened_by_person_id,
        due_at=case.opened_at + timedelta(minutes=policy.flag_after),
        decided_at=case.decided_at,
        minutes=case.minutes,
        late=case.late,
        void_reason=case.void_reason,
        committee=tuple(m.person_id for m in members),
        excluded=excluded,
        recused=recused,
        votes=tuple(VoteRow(v.person_id, v.approve, v.reason, v.cast_at) for v in votes),
        tally=tally(
            members=len(members),
            excluded=len(excluded),
            recused=len(recused),
            approve=sum(v.approve for v in votes),
            refuse=sum(not v.approve for v in votes),
            policy=policy,
        ),
    )


def case(case_id: int) -> CaseRow:
    """One case. *Raises* ``NotFound``."""
    found = rows_of(Case.objects.filter(pk=case_id))
    if not found:
        raise NotFound
    return found[0]


def cases_of(subject: str) -> list[CaseRow]:
    """Every case about one subject, oldest first."""
    return rows_of(Case.objects.filter(subject=subject).order_by("id"))


def latest_case(subject: str, kind: str = "") -> CaseRow | None:
    """The newest case about one subject."""
    rows = Case.objects.filter(subject=subject)
    if kind:
        rows = rows.filter(kind=kind)
    found = rows_of(rows.order_by("-id")[:1])
    return found[0] if found else None


def cases_waiting_for(actor: Actor) -> list[CaseRow]:
    """Open cases on which this person may still vote, oldest first."""
    if actor.person_id is None or "APP" not in actor.roles:
        return []
    person = actor.person_id
    rows = (
        Case.objects.filter(
            state=Case.State.OPEN, members__person_id=person, members__excluded=False
        )
        .exclude(votes__person_id=person)
        .exclude(recusals__person_id=person)
        .order_by("opened_at", "id")[:50]
    )
    return rows_of(rows)


def visible_to(actor: Actor) -> QuerySet[Case]:
    """Cases of the organisations the matrix lets the actor see, and those of the actor's committees."""
    if actor.kind == "system":
        return Case.objects.all()
    reach = {grant.reach for grant in identity.grants(actor, "approvals.see")}
    here: list[int] = []
    if actor.organisation_id is not None and reach & {"U", "T"}:
        here = [actor.organisation_id]
        if "T" in reach:
            here = organisations.subtree_ids(actor.organisation_id)
    mine = Member.objects.filter(person_id=actor.person_id or 0, case=OuterRef("pk"))
    return Case.objects.filter(Q(organisation_id__in=here) | Q(Exists(mine)))


def decided_case_ids() -> list[int]:
    """The ids of all cases that a committee decided."""
    decided = Case.objects.filter(state__in=["approved", "refused"])
    return list(decided.values_list("pk", flat=True))
