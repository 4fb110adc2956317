"""What the books keep as totals of days; the figures over it stand in the rooms above."""

from collections.abc import Iterator

from django.db.models import Count, Sum

from boai.foundations.ledger.models import FundInflow, FundOutflow
from boai.ground.core.figures import Addend, measure
from boai.ground.kit.db.days import ChinaDay


@measure("ledger.funds")
def scan_funds() -> Iterator[Addend]:
    """Money that came into funds (fen) and money that left them (fen, below zero), by kind."""
    came = (
        FundInflow.objects.annotate(day=ChinaDay("at"))
        .values_list("fund__organisation_id", "day")
        .annotate(number=Count("pk"), amount=Sum("amount"))
        .order_by()
    )
    for organisation, day, number, amount in came.iterator():
        yield Addend(organisation, day, "in", number, amount)
    went = (
        FundOutflow.objects.annotate(day=ChinaDay("at"))
        .values_list("fund__organisation_id", "day", "kind")
        .annotate(number=Count("pk"), amount=Sum("amount"))
        .order_by()
    )
    for organisation, day, kind, number, amount in went.iterator():
        yield Addend(organisation, day, kind, number, -amount)
