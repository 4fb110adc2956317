"""News that concern the whole installation: who took a list away as a file is kept in the trail."""

from boai.foundations.trail.services import recording
from boai.ground.core.events import listens_to
from boai.ground.kit.web.lists import ListExported


@listens_to(ListExported)
def keep_export(fact: ListExported) -> None:
    """One line in the trail for each exported list of the desk; public lists are for everybody."""
    if fact.actor.user_id is None:
        return
    recording.record(
        fact.actor,
        "site.export-list",
        subject=f"site.list:{fact.path.strip('/').replace('/', '.')[:80] or 'start'}",
        at=fact.at,
        organisation_id=fact.actor.organisation_id,
        detail={"kind": fact.kind, "rows": fact.rows},
    )
