"""Bulletins: one person prepares, another publishes; number, order and balance are fixed."""

import json
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import Max

from boai.foundations.organisations import queries as organisations
from boai.foundations.trail.services.recording import record
from boai.foundations.translog import queries as translog
from boai.foundations.translog.services.queueing import queue_leaf
from boai.foundations.translog.services.sequencing import sequence_if_possible
from boai.ground.core.actors import Actor
from boai.ground.core.clock import day_of, start_of
from boai.ground.core.errors import NotFound
from boai.ground.core.events import announce
from boai.ground.kit.db.sane_time import require_sane_clock
from boai.ground.kit.db.series import take_public_numbers
from boai.window.disclosure import permissions, queries
from boai.window.disclosure.errors import (
    ContentHasChanged,
    DayIsNotOver,
    DayIsPublished,
    DoesNotBalance,
    EarlierDayIsMissing,
    LogIsBehind,
    NeedsAnotherPerson,
    NotADraft,
    NothingToCorrect,
    WitnessesAreAwaited,
)
from boai.window.disclosure.events import BulletinPublished
from boai.window.disclosure.models import Bulletin
from boai.window.disclosure.rules import public_facts, reasons_against_publishing
from boai.window.disclosure.rules.derivation import RULE_VERSION, derive
from boai.window.disclosure.values import BulletinRow, bulletin_ref


def prepare(
    actor: Actor, *, organisation_id: int, appeal: str, day: date, at: datetime
) -> BulletinRow:
    """Compile the draft of one day's bulletin from what is published of the log.

    A draft of the day is replaced. ``appeal`` is a slug; empty for the whole society. *Refuses*: ``NotPermitted``, ``DayIsNotOver``
    (future, or before the day after the appeal), ``DayIsPublished``, ``EarlierDayIsMissing``,
    ``LogIsBehind``, ``WitnessesAreAwaited`` (I-37), ``ClockIsNotSane``, ``DoesNotBalance``.
    """
    permissions.require_prepare(actor, organisation_id)
    sequence_if_possible(at)
    with transaction.atomic():
        before = queries.latest(organisation_id, appeal)
        _refuse_wrong_day(organisation_id, appeal, day, before, day_of(at))
        return _compile(
            actor,
            Bulletin(
                organisation_id=organisation_id,
                appeal=appeal,
                day=day,
                previous=before,
                prepared_at=at,
            ),
        )


def correct(actor: Actor, *, number: str, reason: str, at: datetime) -> BulletinRow:
    """Compile a new version of a published day, from the log as it is now (I-30, I-32).

    *Refuses*: ``NotPermitted``, ``NothingToCorrect``, ``LogIsBehind``, ``WitnessesAreAwaited``,
    ``ClockIsNotSane``, ``DoesNotBalance``.
    """
    row = queries.bulletin(number)
    if row is None or row.corrected_by or not reason.strip():
        raise NothingToCorrect(field="reason" if row else "number")
    permissions.require_prepare(actor, row.organisation_id)
    sequence_if_possible(at)
    with transaction.atomic():
        old = Bulletin.objects.get(pk=row.id)
        return _compile(
            actor,
            Bulletin(
                organisation_id=old.organisation_id,
                appeal=old.appeal,
                day=old.day,
                version=old.version + 1,
                corrects=old,
                reason=reason.strip()[:300],
                previous=old.previous,
                prepared_at=at,
            ),
        )


def publish(actor: Actor, *, bulletin_id: int, at: datetime) -> BulletinRow:
    """Publish a draft: derive it again, check that it balances, number it, put it into the log.

    *Refuses*: ``NotPermitted``, ``NotADraft``, ``NeedsAnotherPerson``, ``ContentHasChanged``,
    ``DoesNotBalance``, ``EarlierDayIsMissing``. *Announces*: ``BulletinPublished``.
    """
    with transaction.atomic():
        draft = _locked_draft(bulletin_id)
        person_id = permissions.require_publish(actor, draft.organisation_id)
        if person_id == draft.prepared_by:
            raise NeedsAnotherPerson
        if draft.version == 1 and draft.previous != queries.latest(
            draft.organisation_id, draft.appeal
        ):
            raise ContentHasChanged
        if _derived(draft) != draft.content:
            raise ContentHasChanged
        _refuse_unbalanced(draft)
        series = Bulletin.objects.filter(organisation_id=draft.organisation_id, appeal=draft.appeal)
        draft.serial = (series.aggregate(last=Max("serial"))["last"] or 0) + 1
        draft.number = take_public_numbers("GB", draft.day)[0]
        draft.state, draft.published_by, draft.published_at = "published", person_id, at
        draft.save(update_fields=["serial", "number", "state", "published_by", "published_at"])
        _leave(draft, at)
        record(
            actor,
            "disclosure.publish",
            subject=bulletin_ref(draft.number),
            at=at,
            organisation_id=draft.organisation_id,
            detail={"digest": draft.digest, "log_size": draft.log_size},
        )
        announce(
            BulletinPublished(
                draft.number, draft.organisation_id, draft.appeal, draft.day, draft.version, at
            )
        )
        return queries.row_of(draft)


def withdraw(actor: Actor, *, bulletin_id: int, at: datetime) -> None:
    """Put a draft aside. *Refuses*: ``NotPermitted``, ``NotADraft``."""
    with transaction.atomic():
        draft = _locked_draft(bulletin_id)
        permissions.require_prepare(actor, draft.organisation_id)
        _put_aside(actor, draft, at)


def _compile(actor: Actor, draft: Bulletin) -> BulletinRow:
    same = {"appeal": draft.appeal, "day": draft.day, "version": draft.version}
    for old in Bulletin.objects.select_for_update().filter(
        organisation_id=draft.organisation_id, state="draft", **same
    ):
        _put_aside(actor, old, draft.prepared_at)
    draft.prepared_by = actor.person_id
    draft.log_size, draft.rule_version = _published_size(draft.day), RULE_VERSION
    draft.content = _derived(draft)
    draft.digest = sha256(draft.content.encode()).hexdigest()
    _refuse_unbalanced(draft)
    draft.save(force_insert=True)
    record(
        actor,
        "disclosure.prepare",
        subject=f"disclosure.draft:{draft.pk}",
        at=draft.prepared_at,
        organisation_id=draft.organisation_id,
        detail={"day": draft.day.isoformat(), "digest": draft.digest},
    )
    return queries.row_of(draft)


def _published_size(day: date) -> int:
    """The published size of the log, where it covers every act up to the end of the day.

    Acts of later days do not count for the bulletin, so it need not wait for their witnesses:
    on a busy day there is always one more.
    """
    missing = translog.leaves_unpublished(start_of(day + timedelta(days=1)))
    if not missing:
        return translog.published_size()
    head = translog.checkpoint()
    seen = translog.witnessed(head.size) if head else None
    if seen is None or translog.leaves_waiting():
        # Where it is the clock that keeps the log from signing, the refusal says so (I-45).
        require_sane_clock()
        raise LogIsBehind(count=missing)
    raise WitnessesAreAwaited(count=missing, have=seen.have, needed=seen.needed)


def _derived(draft: Bulletin) -> str:
    return derive(queries.log_leaves(draft.log_size), queries.question_of(draft)).decode()


def _refuse_unbalanced(draft: Bulletin) -> None:
    before = json.loads(draft.previous.content) if draft.previous else None
    wrong = reasons_against_publishing(json.loads(draft.content), before)
    if wrong:
        raise DoesNotBalance(lines="、".join(wrong[:10]))


def _refuse_wrong_day(
    organisation_id: int, appeal: str, day: date, before: Bulletin | None, today: date
) -> None:
    if organisations.row(organisation_id) is None:
        raise NotFound
    first = queries.first_day(organisation_id, appeal)
    if day > today or (appeal and (first is None or day < first)):
        raise DayIsNotOver(field="day", day=day.isoformat())
    if before is not None and day <= before.day:
        raise DayIsPublished(field="day", day=day.isoformat())
    due = first if before is None else before.day.fromordinal(before.day.toordinal() + 1)
    if due is not None and day > due:
        raise EarlierDayIsMissing(field="day", day=due.isoformat())


def _locked_draft(bulletin_id: int) -> Bulletin:
    draft = Bulletin.objects.select_for_update(of=("self",)).filter(pk=bulletin_id).first()
    if draft is None:
        raise NotFound
    if draft.state != "draft":
        raise NotADraft
    return draft


def _put_aside(actor: Actor, draft: Bulletin, at: datetime) -> None:
    draft.state = "withdrawn"
    draft.save(update_fields=["state"])
    record(
        actor,
        "disclosure.withdraw",
        subject=f"disclosure.draft:{draft.pk}",
        at=at,
        organisation_id=draft.organisation_id,
    )


def _leave(draft: Bulletin, at: datetime) -> None:
    question = queries.question_of(draft)
    facts = {
        "number": draft.number,
        "organisation": question.organisation,
        "appeal": draft.appeal,
        "day": draft.day,
        "serial": draft.serial,
        "version": draft.version,
        "corrects": (draft.corrects.number or "") if draft.corrects else "",
        "log_size": draft.log_size,
        "rule_version": draft.rule_version,
        "previous": {
            "number": question.previous_number,
            "day": question.previous_day,
            "log_size": question.previous_size,
        },
        "content_digest": draft.digest,
    }
    kind = "bulletin-published"
    queue_leaf(
        ref=bulletin_ref(str(draft.number)), kind=kind, facts=public_facts(kind, facts), at=at
    )
