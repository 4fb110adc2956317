"""Issuing papers, one or many, replacing and cancelling them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from boai.foundations.certificates import permissions
from boai.foundations.certificates.errors import PaperIsNotValid, ReasonIsMissing
from boai.foundations.certificates.events import PaperCancelled, PaperIssued, PapersIssued
from boai.foundations.certificates.models import Paper
from boai.foundations.certificates.services.writing import NewPaper, write
from boai.foundations.certificates.values import (
    CANCELLED,
    ISSUED,
    REPLACED,
    STATES,
    PaperOrder,
    PaperRow,
)
from boai.foundations.trail.services.recording import record, record_many
from boai.foundations.trail.values import ActOrder
from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotFound
from boai.ground.core.events import announce
from boai.ground.core.numbering import tidy


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

    *Refuses*: ``NotPermitted``, ``PaperKindIsUnknown``, ``ClockIsNotSane``, ``HolderHasNoName``,
    ``HolderNameIsTooLong``, ``SubjectHasPaper``. *Announces*: ``PaperIssued``.
    """
    with transaction.atomic():
        permissions.require_issue(actor, organisation_id)
        order = PaperOrder(subject, holder_name, facts)
        paper = write([kind], organisation_id, [order], at)[0]
        record(
            actor,
            "issue paper",
            subject=f"certificates.paper:{paper.number}",
            at=at,
            organisation_id=organisation_id,
            detail={"kind": kind, "for": subject, "digest": paper.digest},
        )
        announce(PaperIssued(paper.fact, at))
        return paper.row


def issue_many(
    actor: Actor, *, kind: str, organisation_id: int, orders: Sequence[PaperOrder], at: datetime
) -> list[PaperRow]:
    """Issue many papers of a kind in one act, with one statement a step; in the orders' order.

    *Refuses*: as ``issue``; one refused order refuses all. *Announces*: ``PapersIssued`` once.
    """
    return [
        paper.row
        for paper in _issue_sets(
            actor, kinds=[kind], organisation_id=organisation_id, orders=orders, at=at
        )
    ]


def issue_sets(
    actor: Actor,
    *,
    kinds: Sequence[str],
    organisation_id: int,
    orders: Sequence[PaperOrder],
    at: datetime,
) -> None:
    """Issue one paper of each kind for every order, all in one act.

    *Refuses*: as ``issue``; one refused order refuses all. *Announces*: ``PapersIssued`` once.
    """
    _issue_sets(actor, kinds=kinds, organisation_id=organisation_id, orders=orders, at=at)


def _issue_sets(
    actor: Actor,
    *,
    kinds: Sequence[str],
    organisation_id: int,
    orders: Sequence[PaperOrder],
    at: datetime,
) -> list[NewPaper]:
    if not orders:
        return []
    with transaction.atomic():
        permissions.require_issue(actor, organisation_id)
        papers = write(kinds, organisation_id, orders, at)
        acts = []
        for start in range(0, len(papers), len(orders)):
            first, last = papers[start], papers[start + len(orders) - 1]
            detail = {"kind": first.kind, "count": len(orders), "last": last.number}
            subject = f"certificates.paper:{first.number}"
            acts.append(ActOrder("issue papers", subject, organisation_id, detail))
        record_many(actor, acts, at=at)
        announce(PapersIssued(tuple([paper.fact for paper in papers]), at))
        return papers


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
        paper = write([old.kind], old.organisation_id, [order], at, replaces=old)[0]
        record(
            actor,
            "replace paper",
            subject=f"certificates.paper:{old.number}",
            at=at,
            organisation_id=old.organisation_id,
            detail={"by": paper.number, "reason": reason[:200]},
        )
        announce(PaperIssued(paper.fact, at))
        return paper.row


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
