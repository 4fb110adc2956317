"""Settings that organisations hand down."""

from datetime import datetime
from typing import Any

from django.db import transaction

from boai.foundations.organisations.models import Organisation, Setting
from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotFound


def set_value(actor: Actor, *, organisation_id: int, key: str, value: Any, at: datetime) -> None:
    """Set a value for an organisation and all below it that set none themselves.

    *Refuses*: ``NotFound``.
    """
    with transaction.atomic():
        if not Organisation.objects.filter(pk=organisation_id).exists():
            raise NotFound()
        Setting.objects.update_or_create(
            organisation_id=organisation_id, key=key, defaults={"value": value}
        )
        record(
            actor,
            "set-value",
            subject=f"organisations.organisation:{organisation_id}",
            at=at,
            organisation_id=organisation_id,
            detail={"key": key, "value": value},
        )
