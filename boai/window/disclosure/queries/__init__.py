"""Reads of the room: bulletins, days that miss one, leaves beside what they prove."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from boai.foundations.organisations import queries as organisations
from boai.foundations.translog import queries as translog
from boai.ground.core.clock import day_of
from boai.ground.core.numbering import tidy
from boai.relief.donations import queries as donations
from boai.window.disclosure.models import Bulletin
from boai.window.disclosure.rules import days_due
from boai.window.disclosure.rules.derivation import KINDS, Question
from boai.window.disclosure.values import BulletinRow, MissingDay


def bulletin(number: str) -> BulletinRow | None:
    """A published bulletin by its number."""
    found = published().filter(number=tidy(number)).first()
    return row_of(found) if found else None


def bulletin_by_id(bulletin_id: int) -> BulletinRow | None:
    """Any bulletin, drafts too, for the desk."""
    found = _all().filter(pk=bulletin_id).first()
    return row_of(found) if found else None


def published(organisation_id: int | None = None, appeal: str | None = None) -> QuerySet[Bulletin]:
    """Published bulletins, newest day first, as a lazy set to search and to page."""
    rows = _all().filter(state="published").order_by("-day", "-version", "-pk")
    if organisation_id is not None:
        rows = rows.filter(organisation_id=organisation_id)
    if appeal is not None:
        rows = rows.filter(appeal=appeal)
    return rows


def drafts(organisation_id: int) -> list[BulletinRow]:
    """What waits for the second person, oldest day first."""
    rows = _all().filter(state="draft", organisation_id=organisation_id).order_by("day", "pk")
    return [row_of(found) for found in rows]


def latest(organisation_id: int, appeal: str, before: date | None = None) -> Bulletin | None:
    """The last published bulletin of a series: the newest version of its newest day."""
    rows = published(organisation_id, appeal)
    if before is not None:
        rows = rows.filter(day__lt=before)
    return rows.first()


def first_day(organisation_id: int, appeal: str) -> date | None:
    """The day after the announcement (H05); the whole society's series may begin any day."""
    if not appeal:
        return None
    row = donations.appeal(appeal)
    if row is None or row.opened_at is None or row.organisation_id != organisation_id:
        return None
    return day_of(row.opened_at) + timedelta(days=1)


def missing_days(organisation_id: int, until: date) -> list[MissingDay]:
    """Every day up to ``until`` that needs a bulletin and has none, oldest first (H05)."""
    found = []
    for appeal in donations.appeals_of(organisation_id):
        if appeal.opened_at is None:
            continue
        done = published(organisation_id, appeal.slug).values_list("day", flat=True)
        have = set(done)
        waiting = {
            b.day: b for b in Bulletin.objects.filter(state="draft", appeal=appeal.slug, version=1)
        }
        for day in days_due(day_of(appeal.opened_at), until):
            if day in have:
                continue
            draft = waiting.get(day)
            found.append(
                MissingDay(
                    organisation_id,
                    appeal.slug,
                    appeal.title,
                    day,
                    draft.pk if draft else None,
                    draft.prepared_by if draft else None,
                )
            )
    return sorted(found, key=lambda m: (m.day, m.appeal))


def question_of(row: Bulletin) -> Question:
    """What has to be asked of the log to derive this bulletin again."""
    before = row.previous
    return Question(
        organisation=row.organisation.code,
        appeal=row.appeal,
        day=row.day.isoformat(),
        log_size=row.log_size,
        previous_number=(before.number or "") if before else "",
        previous_day=before.day.isoformat() if before else "",
        previous_size=before.log_size if before else 0,
    )


def log_leaves(upto: int | None = None) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """The leaves that a bulletin is derived from, in the order of the log; without a size all."""
    return translog.facts(sorted(KINDS), upto)


def organisation_code(organisation_id: int) -> str:
    """The code by which leaves name a society."""
    row = organisations.row(organisation_id)
    return row.code if row else ""


def _all() -> QuerySet[Bulletin]:
    return Bulletin.objects.select_related("organisation", "corrects").prefetch_related(
        "corrected_by"
    )


def row_of(found: Bulletin) -> BulletinRow:
    """The frozen form."""
    later = [b.number for b in found.corrected_by.all() if b.state == "published" and b.number]
    return BulletinRow(
        id=found.pk,
        number=found.number or "",
        serial=found.serial,
        organisation_id=found.organisation_id,
        organisation_name=found.organisation.name,
        appeal=found.appeal,
        day=found.day,
        version=found.version,
        corrects=(found.corrects.number or "") if found.corrects else "",
        corrected_by=later[-1] if later else "",
        reason=found.reason,
        log_size=found.log_size,
        rule_version=found.rule_version,
        content=json.loads(found.content),
        digest=found.digest,
        state=found.state,
        prepared_by=found.prepared_by,
        prepared_at=found.prepared_at,
        published_at=found.published_at,
    )
