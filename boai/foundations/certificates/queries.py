"""Reads about papers."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet

from boai.foundations.certificates.models import Paper
from boai.foundations.certificates.rules import codes_agree, public_facts
from boai.foundations.certificates.values import (
    FACT_LABELS,
    ISSUED,
    KINDS,
    STATES,
    CheckedPaper,
    PaperRow,
)
from boai.foundations.organisations import queries as organisations
from boai.ground.core.actors import Actor
from boai.ground.core.clock import day_of
from boai.ground.core.errors import NotFound
from boai.ground.core.numbering import tidy
from boai.ground.kit.masks import masked_name


def as_row(paper: Paper, replaced_by: str = "") -> PaperRow:
    """The frozen row of a record."""
    return PaperRow(
        paper.number,
        paper.check_code,
        paper.kind,
        paper.organisation_id,
        paper.subject,
        paper.state,
        paper.issued_at,
        replaced_by,
        paper.digest,
    )


def paper(number: str) -> PaperRow | None:
    """One paper by its number."""
    found = Paper.objects.select_related("replaced_by").filter(number=tidy(number)).first()
    return as_row(found, _replacement(found)) if found else None


def papers_of(subject: str) -> list[PaperRow]:
    """All papers about a subject, newest first, those no longer valid too."""
    rows = Paper.objects.select_related("replaced_by").filter(subject=subject)
    return [as_row(found, _replacement(found)) for found in rows.order_by("-issued_at", "-pk")]


def papers_of_many(subjects: list[str]) -> dict[str, list[PaperRow]]:
    """As ``papers_of`` for many subjects, in one query."""
    answer: dict[str, list[PaperRow]] = {subject: [] for subject in subjects}
    rows = Paper.objects.select_related("replaced_by").filter(subject__in=subjects)
    for found in rows.order_by("-issued_at", "-pk"):
        answer[found.subject].append(as_row(found, _replacement(found)))
    return answer


def subjects_without(subjects: QuerySet[Any, str], kinds: Sequence[str]) -> list[str]:
    """Those of the asked subjects, a question of one text column not yet put to the database, whose
    live papers are not exactly one of each of the two kinds; for laws. One statement, whatever the
    number of subjects."""
    first, last = sorted(kinds)
    live = Paper.objects.filter(state=ISSUED).order_by().values("subject")
    counted = live.annotate(many=Count("pk"), first=Min("kind"), last=Max("kind"))
    complete = counted.filter(many=2, first=first, last=last).values_list("subject", flat=True)
    return list(subjects.order_by().difference(complete).order_by())


def checked(number: str, code: str) -> CheckedPaper | None:
    """What the public may see of a paper whose number and code fit; else ``None``.

    A wrong number costs the same comparison as a wrong code: the two cannot be told apart.
    """
    found = Paper.objects.select_related("replaced_by").filter(number=tidy(number)).first()
    agree = codes_agree(code, found.check_code if found else "--------")
    if found is None or not agree:
        return None
    return _shown(found)


def _shown(found: Paper) -> CheckedPaper:
    organisation = organisations.row(found.organisation_id)
    return CheckedPaper(
        number=found.number,
        check_code=found.check_code,
        kind=found.kind,
        kind_label=KINDS[found.kind].label,
        state=found.state,
        state_label=STATES[found.state],
        organisation=organisation.name if organisation else "",
        holder=masked_name(str(found.holder)),
        issued_at=found.issued_at,
        closed_at=found.closed_at,
        facts=_shown_facts(found.facts),
        replaced_by=_replacement(found),
        proved=_proved(found),
    )


def _proved(found: Paper) -> dict[str, Any]:
    return _proved_row(found.number, found.kind, found.issued_at, found.facts, found.digest)


def proved(numbers: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What the leaves of some papers must say, by number; for the law that compares."""
    found = Paper.objects.filter(number__in=list(numbers))
    rows = found.values_list("number", "kind", "issued_at", "facts", "digest")
    return {row[0]: _proved_row(*row) for row in rows}


def _proved_row(
    number: str, kind: str, issued_at: datetime, facts: dict[str, Any], digest: str
) -> dict[str, Any]:
    return {
        "number": number,
        "kind": kind,
        "day": _day(issued_at),
        **public_facts(facts),
        "digest": digest,
    }


@lru_cache(maxsize=64)
def _day(at: datetime) -> str:
    return day_of(at).isoformat()


def papers_seen_by(actor: Actor) -> QuerySet[Paper]:
    """The papers of the actor's own organisation; none for an actor without one."""
    return Paper.objects.filter(organisation_id=actor.organisation_id or 0)


def matching(rows: QuerySet[Paper], text: str) -> QuerySet[Paper]:
    """Those whose number, or whose subject's number, contains the text."""
    wanted = tidy(text)
    return rows.filter(Q(number__contains=wanted) | Q(subject__contains=wanted))


def seen_paper(actor: Actor, number: str) -> CheckedPaper:
    """One paper for staff of its organisation. *Refuses*: ``NotFound``."""
    found = papers_seen_by(actor).select_related("replaced_by").filter(number=tidy(number)).first()
    if found is None:
        raise NotFound
    return _shown(found)


def _replacement(found: Paper) -> str:
    try:
        return found.replaced_by.number
    except Paper.DoesNotExist:
        return ""


def _shown_facts(facts: dict[str, Any]) -> tuple[tuple[str, str, Any], ...]:
    return tuple(
        (name, label, _in_one_line(facts[name]))
        for name, label in FACT_LABELS.items()
        if facts.get(name)
    )


def _in_one_line(value: Any) -> Any:
    return "、".join(map(str, value)) if isinstance(value, list) else value


def issued_numbers() -> list[str]:
    """The numbers of all papers ever issued."""
    return list(Paper.objects.values_list("number", flat=True))
