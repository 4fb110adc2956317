"""The end of the day: goods in and out cleared, or an alarm (S3-11, H08)."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext

from boai.foundations.notices.services.queueing import notify
from boai.foundations.organisations.queries import setting
from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import SYSTEM
from boai.ground.core.clock import day_of
from boai.ground.core.figures import Span
from boai.relief.warehouse import figures
from boai.relief.warehouse.models import Lot

GOAL = 900
"""Nine tenths of the day's goods, in thousandths; ``warehouse.same-day-goal`` of a society changes
it (A07)."""


@transaction.atomic
def close_day(at: datetime) -> list[int]:
    """Tell every society whose same-day rate is below its goal; answers those societies.

    Counts pieces of the calendar day in China (A07). The alarm asks for the reason; it stops
    nothing.
    """
    day = day_of(at)
    societies = (
        Lot.objects.filter(received_on=day, received_line__isnull=False)
        .order_by("organisation_id")
        .values_list("organisation_id", flat=True)
        .distinct()
    )
    late = []
    for organisation_id in societies:
        rate = figures.same_day_rate([organisation_id], Span(day, day))
        if rate is None or rate >= int(setting(organisation_id, "warehouse.same-day-goal", GOAL)):
            continue
        late.append(organisation_id)
        for role in ("WH", "TSK"):
            notify(
                at=at,
                organisation_id=organisation_id,
                role=role,
                title=gettext("%(day)s 当日物资发出率 %(rate)s‰，低于目标")
                % {"day": day, "rate": rate},
                body=gettext("请尽快安排发出，并说明原因。"),
                url=reverse("warehouse-items"),
            )
        record(
            SYSTEM,
            "same-day-rate-is-low",
            subject=f"organisations.organisation:{organisation_id}",
            at=at,
            organisation_id=organisation_id,
            detail={"day": str(day), "per_mille": rate},
        )
    return late
