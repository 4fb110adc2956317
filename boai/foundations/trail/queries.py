"""Reads of the room."""

from collections.abc import Iterator

from boai.foundations.trail.models import Act, Evidence
from boai.foundations.trail.values import ActRow, EvidenceRow


def acts_on(subject: str) -> list[ActRow]:
    """Everything done to one subject, oldest first."""
    return [_act(act) for act in Act.objects.filter(subject=subject)]


def acts_of(verb: str) -> Iterator[ActRow]:
    """Every act of one verb, oldest first, read a part at a time: for laws."""
    for act in Act.objects.filter(verb=verb).order_by("id").iterator(2000):
        yield _act(act)


def latest_acts(organisation_ids: list[int] | None = None, limit: int = 50) -> list[ActRow]:
    """The newest acts, of some organisations where they are given."""
    found = Act.objects.order_by("-id")
    if organisation_ids is not None:
        found = found.filter(organisation_id__in=organisation_ids)
    return [_act(act) for act in found[:limit]]


def evidence_of(subject: str) -> list[EvidenceRow]:
    """What is attached to one subject, oldest first."""
    return [_evidence(row) for row in Evidence.objects.filter(subject=subject)]


def evidence(key: str) -> EvidenceRow | None:
    """One piece of evidence by its key."""
    row = Evidence.objects.filter(key=key).first()
    return _evidence(row) if row else None


def _act(act: Act) -> ActRow:
    return ActRow(
        act.pk,
        act.at,
        act.actor_label,
        act.person_id,
        act.organisation_id,
        act.verb,
        act.subject,
        act.detail,
    )


def _evidence(row: Evidence) -> EvidenceRow:
    return EvidenceRow(
        row.key,
        row.subject,
        row.organisation_id,
        row.media_type,
        row.filename,
        row.size,
        row.sha256,
        row.at,
    )
