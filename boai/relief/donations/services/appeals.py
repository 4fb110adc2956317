"""Appeals: drafted, approved by the command, opened, suspended, closed."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from boai.foundations.ledger.services import funds
from boai.foundations.trail.services import evidence, recording
from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotFound
from boai.ground.core.events import announce
from boai.relief.donations import errors, events, permissions, rules
from boai.relief.donations.models import Appeal, RuleVersion
from boai.relief.donations.values import APPEAL_STATES, appeal_ref

SUGGESTED = (2000, 5000, 10000, 20000, 50000, 100000)


def adopt_rule_version(
    actor: Actor, *, organisation_id: int, version: str, title: str, text: str, at: datetime
) -> int:
    """Keep a version of the text that appeals promise to their givers. The same version with the
    same text is the same row. *Refuses*: ``NotPermitted``, ``TextIsMissing``, ``TextIsTooLong``."""
    permissions.require_draft_appeal(actor, organisation_id)
    version = rules.cleaned(version, label="版本号", limit=40, field="version", required=True)
    title = rules.cleaned(title, label="名称", limit=120, field="title", required=True)
    text = text.strip()[:20000]
    if not text:
        raise errors.TextIsMissing(field="text", label="规则正文")
    with transaction.atomic():
        known = RuleVersion.objects.filter(version=version).first()
        if known is not None:
            return known.pk
        rule = RuleVersion.objects.create(version=version, title=title, text=text, adopted_at=at)
        recording.record(
            actor,
            "adopt-rule-version",
            subject=f"donations.rule-version:{rule.pk}",
            at=at,
            organisation_id=organisation_id,
            detail={"version": version},
        )
    return rule.pk


def draft_appeal(
    actor: Actor,
    *,
    organisation_id: int,
    slug: str,
    title: str,
    purpose: str,
    rule_version_id: int,
    at: datetime,
    summary: str = "",
    emergency: bool = False,
    target_fen: int | None = None,
    suggested_fen: Sequence[int] = SUGGESTED,
) -> int:
    """Write down an appeal; nothing is public yet.

    *Refuses*: ``NotPermitted``, ``AppealSlugIsMalformed``, ``AppealSlugIsTaken``,
    ``AppealTitleIsTaken``, ``TextIsMissing``, ``TextIsTooLong``, ``NotFound`` (rule version).
    """
    permissions.require_draft_appeal(actor, organisation_id)
    slug = rules.neat_slug(slug)
    with transaction.atomic():
        if Appeal.objects.filter(slug=slug).exists():
            raise errors.AppealSlugIsTaken(field="slug", slug=slug)
        title = rules.cleaned(title, label="名称", limit=80, field="title", required=True)
        if Appeal.objects.filter(organisation_id=organisation_id, title=title).exists():
            raise errors.AppealTitleIsTaken(field="title", title=title)
        if not RuleVersion.objects.filter(pk=rule_version_id).exists():
            raise NotFound(field="rule_version_id")
        summary = rules.cleaned(summary, label="一句话简介", limit=200, field="summary")
        purpose = rules.cleaned(
            purpose, label="募捐用途", limit=4000, field="purpose", required=True
        )
        try:
            with transaction.atomic():
                appeal = Appeal.objects.create(
                    slug=slug,
                    organisation_id=organisation_id,
                    title=title,
                    summary=summary,
                    purpose=purpose,
                    emergency=emergency,
                    rule_id=rule_version_id,
                    target_fen=target_fen,
                    suggested_fen=[fen for fen in suggested_fen if fen > 0][:8],
                    drafted_by=actor.person_id,
                    drafted_at=at,
                )
        except IntegrityError as error:
            # Somebody else drafted it at the same moment.
            if Appeal.objects.filter(slug=slug).exists():
                raise errors.AppealSlugIsTaken(field="slug", slug=slug) from error
            raise errors.AppealTitleIsTaken(field="title", title=title) from error
        _record(actor, "draft-appeal", appeal, at)
    return appeal.pk


def approve_appeal(
    actor: Actor,
    *,
    appeal_id: int,
    basis: str,
    at: datetime,
    document: tuple[str, bytes] | None = None,
) -> None:
    """Put the command's approval on record: which decision, by whom (S1-16).

    ``document`` is file name and content of the approval, kept as evidence.
    *Refuses*: ``NotPermitted``, ``DrafterMayNotApprove``, ``AppealStateDoesNotAllow``,
    ``TextIsMissing``.
    """
    with transaction.atomic():
        appeal = _locked(appeal_id)
        permissions.require_approve_appeal(actor, appeal.organisation_id)
        _refuse_move(appeal, "approved")
        if actor.person_id is None or actor.person_id == appeal.drafted_by:
            raise errors.DrafterMayNotApprove
        appeal.approval_basis = rules.cleaned(
            basis, label="批准依据", limit=200, field="basis", required=True
        )
        appeal.state, appeal.approved_by, appeal.approved_at = "approved", actor.person_id, at
        appeal.save()
        if document is not None:
            name, content = document
            evidence.attach(
                actor, subject=appeal_ref(appeal.slug), content=content, filename=name, at=at
            )
        _record(actor, "approve-appeal", appeal, at)


def open_appeal(actor: Actor, *, appeal_id: int, at: datetime) -> int:
    """Publish an approved appeal; its restricted fund is opened. Answers the fund.

    *Refuses*: ``NotPermitted``, ``AppealIsNotApproved``, ``AppealStateDoesNotAllow``.
    *Announces* ``AppealOpened``.
    """
    with transaction.atomic():
        appeal = _locked(appeal_id)
        permissions.require_draft_appeal(actor, appeal.organisation_id)
        if appeal.state == "draft":
            raise errors.AppealIsNotApproved
        _refuse_move(appeal, "open")
        fund_id = funds.open_fund(
            actor,
            organisation_id=appeal.organisation_id,
            name=appeal.title,
            restriction="appeal",
            purpose=appeal.purpose[:300],
            appeal=appeal_ref(appeal.slug),
            at=at,
        )
        appeal.state, appeal.opened_at, appeal.fund_id = "open", at, fund_id
        appeal.save()
        _record(actor, "open-appeal", appeal, at)
        announce(
            events.AppealOpened(
                appeal_id=appeal.pk,
                slug=appeal.slug,
                title=appeal.title,
                organisation_id=appeal.organisation_id,
                fund_id=fund_id,
                rule_version=appeal.rule.version,
                at=at,
            )
        )
    return fund_id


def suspend_appeal(actor: Actor, *, appeal_id: int, reason: str, at: datetime) -> None:
    """Stop taking gifts (H29). *Refuses*: ``NotPermitted``, ``AppealStateDoesNotAllow``,
    ``TextIsMissing``. *Announces* ``AppealSuspended``."""
    with transaction.atomic():
        appeal = _locked(appeal_id)
        permissions.require_draft_appeal(actor, appeal.organisation_id)
        _refuse_move(appeal, "suspended")
        appeal.suspension_reason = rules.cleaned(
            reason, label="暂停原因", limit=200, field="reason", required=True
        )
        appeal.state, appeal.suspended_at = "suspended", at
        appeal.save()
        _record(actor, "suspend-appeal", appeal, at)
        announce(
            events.AppealSuspended(
                appeal_id=appeal.pk, slug=appeal.slug, organisation_id=appeal.organisation_id, at=at
            )
        )


def close_appeal(actor: Actor, *, appeal_id: int, at: datetime) -> None:
    """End an appeal for good. *Refuses*: ``NotPermitted``, ``AppealStateDoesNotAllow``.
    *Announces* ``AppealSuspended`` where it was still open."""
    with transaction.atomic():
        appeal = _locked(appeal_id)
        permissions.require_draft_appeal(actor, appeal.organisation_id)
        _refuse_move(appeal, "closed")
        was_open = appeal.state == "open"
        appeal.state, appeal.closed_at = "closed", at
        appeal.suspended_at = appeal.suspended_at or at
        appeal.save()
        _record(actor, "close-appeal", appeal, at)
        if was_open:
            announce(
                events.AppealSuspended(
                    appeal_id=appeal.pk,
                    slug=appeal.slug,
                    organisation_id=appeal.organisation_id,
                    at=at,
                )
            )


def _locked(appeal_id: int) -> Appeal:
    appeal = Appeal.objects.select_for_update().filter(pk=appeal_id).first()
    if appeal is None:
        raise NotFound
    return appeal


def _refuse_move(appeal: Appeal, after: str) -> None:
    if not rules.may_move(appeal.state, after):
        raise errors.AppealStateDoesNotAllow(state=APPEAL_STATES[appeal.state])


def _record(actor: Actor, verb: str, appeal: Appeal, at: datetime) -> None:
    recording.record(
        actor,
        verb,
        subject=appeal_ref(appeal.slug),
        at=at,
        organisation_id=appeal.organisation_id,
        detail={"state": appeal.state},
    )
