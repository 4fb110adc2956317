"""Writing the trail."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from boai.foundations.trail.models import Act
from boai.foundations.trail.values import ActOrder
from boai.ground.core.actors import Actor
from boai.ground.core.canonical import digest
from boai.ground.kit.db.bulk import append_rows


def record(
    actor: Actor,
    verb: str,
    *,
    subject: str,
    at: datetime,
    organisation_id: int | None = None,
    detail: dict[str, Any] | None = None,
) -> int:
    """Record one act in the caller's transaction; answers its number.

    ``detail`` holds ids and public values only, never personal data, and no floats.
    """
    return _write(actor, [ActOrder(verb, subject, organisation_id, detail)], at)[0]


def record_many(actor: Actor, orders: Sequence[ActOrder], *, at: datetime) -> None:
    """Record many acts as one set."""
    _write(actor, orders, at)


def _write(actor: Actor, orders: Sequence[ActOrder], at: datetime) -> list[int]:
    acts = [_act(actor, order, at) for order in orders]
    with transaction.atomic(savepoint=False):
        return append_rows(
            Act,
            len(acts),
            {
                "at": at,
                "actor_label": actor.label,
                "person_id": actor.person_id,
                "organisation_id": [act.organisation_id for act in acts],
                "verb": [act.verb for act in acts],
                "subject": [act.subject for act in acts],
                "detail": [json.dumps(act.detail) for act in acts],
                "digest": [act.digest for act in acts],
            },
        )


def digest_of(act: Act) -> str:
    """The digest over every column of an act but itself; law trail-01 computes it again."""
    return digest(
        {
            "at": act.at,
            "actor": act.actor_label,
            "person": act.person_id,
            "organisation": act.organisation_id,
            "verb": act.verb,
            "subject": act.subject,
            "detail": act.detail,
        }
    )


def _act(actor: Actor, order: ActOrder, at: datetime) -> Act:
    act = Act(
        at=at,
        actor_label=actor.label,
        person_id=actor.person_id,
        organisation_id=order.organisation_id
        if order.organisation_id is not None
        else actor.organisation_id,
        verb=order.verb,
        subject=order.subject[:120],
        detail=order.detail or {},
    )
    act.digest = digest_of(act)
    return act
