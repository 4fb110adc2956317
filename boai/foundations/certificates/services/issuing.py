"""Issuing papers, one or many, replacing and cancelling them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from boai.foundations.certificates import permissions
from boai.foundations.certificates.errors import (
    HolderHasNoName,
    HolderNameIsTooLong,
    PaperIsNotValid,
    PaperKindIsUnknown,
    ReasonIsMissing,
    SubjectHasPaper,
)
from boai.foundations.certificates.events import (
    PaperCancelled,
    PaperFact,
    PaperIssued,
    PapersIssued,
)
from boai.foundations.certificates.models import Paper
from boai.foundations.certificates.queries import as_row
from boai.foundations.certificates.rules import (
    LONGEST_HOLDER,
    new_check_code,
    paper_digest,
    tidy_holder,
)
from boai.foundations.certificates.values import (
    CANCELLED,
    ISSUED,
    KINDS,
    REPLACED,
    STATES,
    PaperOrder,
    PaperRow,
)
from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.ground.core.clock import day_of
from boai.ground.core.errors import NotFound
from boai.ground.core.events import announce
from boai.ground.core.numbering import tidy
from boai.ground.kit.db.series import take_public_numbers

BATCH = 500


def issue(
    actor: Actor,
    *,
    kind: str,
    organisation_id: int,
    subject: str,
    holder_name: str,
    facts: Mapping[str, Any],
    at: datetime,
) -> PaperRow:
    """Issue one paper.

    *Refuses*: ``NotPermitted``, ``PaperKindIsUnknown``, ``HolderHasNoName``,
    ``HolderNameIsTooLong``, ``SubjectHasPaper``. *Announces*: ``PaperIssued``.
    """
    with transaction.atomic():
        permissions.require_issue(actor, organisation_id)
        order = PaperOrder(subject, holder_name, facts)
        paper = _write(kind, organisation_id, [order], at)[0]
        record(
            actor,
            "issue paper",
            subject=f"certificates.paper:{paper.number}",
            at=at,
            organisation_id=organisation_id,
            detail={"kind": kind, "for": subject, "digest": paper.digest},
        )
        announce(PaperIssued(_fact(paper), at))
        return as_row(paper)


def issue_many(
    actor: Actor, *, kind: str, organisation_id: int, orders: Sequence[PaperOrder], at: datetime
) -> list[PaperRow]:
    """Issue many papers of a kind in one act, with one statement a step; in the orders' order.

    *Refuses*: as ``issue``; one refused order refuses all. *Announces*: ``PapersIssued`` once.
    """
    if not orders:
        return []
    with transaction.atomic():
        permissions.require_issue(actor, organisation_id)
        papers = _write(kind, organisation_id, orders, at)
        record(
            actor,
            "issue papers",
            subject=f"certificates.paper:{papers[0].number}",
            at=at,
            organisation_id=organisation_id,
            detail={"kind": kind, "count": len(papers), "last": papers[-1].number},
        )
        announce(PapersIssued(tuple(_fact(paper) for paper in papers), at))
        return [as_row(paper) for paper in papers]


def replace(
    actor: Actor,
    *,
    number: str,
    reason: str,
    at: datetime,
    holder_name: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> PaperRow:
    """Issue a corrected paper in place of a valid one; the old one stays on record as replaced.

    *Refuses*: ``NotFound``, ``NotPermitted``, ``ReasonIsMissing``, ``PaperIsNotValid``, and as
    ``issue``. *Announces*: ``PaperIssued`` with the old number.
    """
    with transaction.atomic():
        old = _locked(number)
        permissions.require_issue(actor, old.organisation_id)
        _require_valid(old, reason)
        _close(old, REPLACED, at)
        order = PaperOrder(
            old.subject,
            old.holder if holder_name is None else holder_name,
            old.facts if facts is None else facts,
        )
        paper = _write(old.kind, old.organisation_id, [order], at, replaces=old)[0]
        record(
            actor,
            "replace paper",
            subject=f"certificates.paper:{old.number}",
            at=at,
            organisation_id=old.organisation_id,
            detail={"by": paper.number, "reason": reason[:200]},
        )
        announce(PaperIssued(_fact(paper), at))
        return as_row(paper)


def cancel(actor: Actor, *, number: str, reason: str, at: datetime) -> None:
    """Make a paper invalid, for good.

    *Refuses*: ``NotFound``, ``NotPermitted``, ``ReasonIsMissing``, ``PaperIsNotValid``.
    *Announces*: ``PaperCancelled``.
    """
    with transaction.atomic():
        paper = _locked(number)
        permissions.require_cancel(actor, paper.organisation_id)
        _require_valid(paper, reason)
        _close(paper, CANCELLED, at)
        record(
            actor,
            "cancel paper",
            subject=f"certificates.paper:{paper.number}",
            at=at,
            organisation_id=paper.organisation_id,
            detail={"reason": reason[:200]},
        )
        announce(PaperCancelled(paper.number, paper.kind, paper.organisation_id, paper.subject, at))


def _fact(paper: Paper) -> PaperFact:
    replaces = paper.replaces.number if paper.replaces else ""
    return PaperFact(
        paper.number, paper.kind, paper.organisation_id, paper.subject, paper.digest, replaces
    )


def _locked(number: str) -> Paper:
    paper = Paper.objects.select_for_update().filter(number=tidy(number)).first()
    if paper is None:
        raise NotFound(field="number")
    return paper


def _require_valid(paper: Paper, reason: str) -> None:
    if not reason.strip():
        raise ReasonIsMissing(field="reason")
    if paper.state != ISSUED:
        raise PaperIsNotValid(number=paper.number, state=STATES[paper.state])


def _close(paper: Paper, state: str, at: datetime) -> None:
    Paper.objects.filter(pk=paper.pk).update(state=state, closed_at=at)


def _write(
    kind: str,
    organisation_id: int,
    orders: Sequence[PaperOrder],
    at: datetime,
    *,
    replaces: Paper | None = None,
) -> list[Paper]:
    if kind not in KINDS:
        raise PaperKindIsUnknown(field="kind", kind=kind[:40])
    _require_no_live_papers(kind, [order.subject for order in orders])
    numbers = take_public_numbers(KINDS[kind].prefix, day_of(at), len(orders))
    papers = [
        _paper(number, kind, organisation_id, order, at, replaces)
        for number, order in zip(numbers, orders, strict=True)
    ]
    return Paper.objects.bulk_create(papers, batch_size=BATCH)


def _require_no_live_papers(kind: str, subjects: Sequence[str]) -> None:
    seen: set[str] = set()
    for subject in subjects:
        if subject in seen:
            raise SubjectHasPaper(number="-")
        seen.add(subject)
    for start in range(0, len(subjects), BATCH):
        known = Paper.objects.filter(
            kind=kind, subject__in=subjects[start : start + BATCH], state=ISSUED
        ).first()
        if known is not None:
            raise SubjectHasPaper(number=known.number)


def _paper(
    number: str,
    kind: str,
    organisation_id: int,
    order: PaperOrder,
    at: datetime,
    replaces: Paper | None,
) -> Paper:
    holder = tidy_holder(order.holder_name)
    if not holder:
        raise HolderHasNoName(field="holder_name")
    if len(holder) > LONGEST_HOLDER:
        raise HolderNameIsTooLong(field="holder_name", limit=LONGEST_HOLDER)
    code, version = new_check_code(), KINDS[kind].version
    facts = dict(order.facts)
    return Paper(
        number=number,
        kind=kind,
        organisation_id=organisation_id,
        subject=order.subject,
        holder=holder,
        facts=facts,
        check_code=code,
        template_version=version,
        replaces=replaces,
        issued_at=at,
        digest=paper_digest(
            number=number,
            kind=kind,
            organisation_id=organisation_id,
            subject=order.subject,
            holder=holder,
            facts=facts,
            check_code=code,
            template_version=version,
            replaces=replaces.number if replaces else "",
            issued_at=at,
        ),
    )
