"""Every morning yesterday's bulletin is prepared by one person and published by another (H05)."""

from datetime import datetime, timedelta

from boai.foundations.translog.services.sequencing import sequence_if_possible
from boai.ground.core.clock import day_of
from boai.site.demo.chapters.appeal import SLUG
from boai.site.demo.stage import Stage, minutes
from boai.window.disclosure.services import bulletins


def write(stage: Stage) -> None:
    """From the day after the appeal opened; the visitor finds this morning's published."""

    def morning(at: datetime) -> None:
        _publish(stage, at)

    stage.diary.dawns.append(morning)


def _publish(stage: Stage, at: datetime) -> None:
    yesterday = day_of(at) - timedelta(days=1)
    for series in (SLUG, ""):
        if series and yesterday <= stage.diary.first_day:
            continue
        draft = bulletins.prepare(
            stage.people["public1"],
            organisation_id=stage.society,
            appeal=series,
            day=yesterday,
            at=at,
        )
        bulletins.publish(stage.people["public2"], bulletin_id=draft.id, at=at + minutes(15))
        sequence_if_possible(at + minutes(15))
