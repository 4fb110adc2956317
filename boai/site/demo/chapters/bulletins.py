"""Every morning yesterday's bulletin is prepared by one person and published by another (H05)."""

from datetime import datetime, timedelta

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
    if yesterday <= stage.diary.first_day:
        return
    draft = bulletins.prepare(
        stage.people["public1"],
        organisation_id=stage.society,
        appeal=SLUG,
        day=yesterday,
        at=at,
    )
    bulletins.publish(stage.people["public2"], bulletin_id=draft.id, at=at + minutes(15))
