"""What the columns of a list mean, said once by somebody and remembered for the next one."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from boai.foundations.trail.services import recording
from boai.ground.core.actors import Actor
from boai.ground.core.text import gettext_noop as _
from boai.relief.donations import permissions, rules
from boai.relief.donations.errors import ColumnIsTakenTwice, ColumnsDoNotMakeAList
from boai.relief.donations.models import ColumnProfile

MEANINGS = (
    "day", "moment", "time", "donor", "amount", "income", "expense", "direction", "balance",
    "currency", "number", "memo", "purpose", "kind", "state",
)  # fmt: skip
"""What a column may be said to mean, as the reader of lists knows it."""
_MONEY = {"amount", "income"}
_IDENTITY = {"donor", "number", "moment", "day", "memo"}


def teach(
    actor: Actor,
    *,
    organisation_id: int,
    fingerprint: str,
    name: str,
    meanings: Sequence[str],
    factor: int,
    channel: str,
    currency: str,
    at: datetime,
) -> int:
    """Remember what the columns of lists with this heading mean; answers the version.

    ``meanings`` has one for each column from the left, empty for a column that is not used.
    *Refuses*: ``NotPermitted``, ``ColumnIsTakenTwice``, ``ColumnsDoNotMakeAList``, and the name's
    refusals.
    """
    permissions.require_import(actor, organisation_id)
    shown = rules.cleaned(name, label="名称", limit=60, field="name", required=True)
    columns: dict[str, int] = {}
    for place, meaning in enumerate(meanings):
        if meaning not in MEANINGS:
            continue
        if meaning in columns:
            raise ColumnIsTakenTwice(field=f"column_{place}", meaning=meaning)
        columns[meaning] = place
    if not columns.keys() & _MONEY:
        raise ColumnsDoNotMakeAList(lacking=_("金额"))
    if not columns.keys() & _IDENTITY:
        raise ColumnsDoNotMakeAList(lacking=_("捐赠人、交易单号或日期"))
    with transaction.atomic():
        own = ColumnProfile.objects.filter(organisation_id=organisation_id, fingerprint=fingerprint)
        newest = own.aggregate(newest=Max("version"))["newest"] or 0
        row = ColumnProfile.objects.create(
            organisation_id=organisation_id,
            fingerprint=fingerprint,
            version=newest + 1,
            name=shown,
            columns=columns,
            factor=factor,
            channel=channel,
            currency=currency,
            by=actor.label,
            at=at,
        )
        recording.record(
            actor,
            "teach-columns",
            subject=f"donations.profile:{row.pk}",
            at=at,
            organisation_id=organisation_id,
            detail={"fingerprint": fingerprint, "version": row.version},
        )
    return row.version
