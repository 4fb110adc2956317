"""What the start page tells: live totals and open appeals, read through figures and queries."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from boai.ground.core import clock
from boai.ground.core.figures import Span, all_figures
from boai.ground.core.text import gettext_noop as _
from boai.relief.donations import queries as donations
from boai.relief.donations.values import AppealRow
from boai.site.society import host

SHOWN: tuple[tuple[str, str], ...] = (
    ("donations.money-kept", "cash-coin"),
    ("donations.money-gifts", "heart"),
    ("finance.money-spent", "receipt"),
    ("warehouse.pieces-accepted", "box-seam"),
    ("dispatch.pieces-delivered", "truck"),
    ("dispatch.units-reached", "hospital"),
)
"""Which figures the start page shows, and with which picture."""


@dataclass(frozen=True, slots=True)
class Total:
    """One live figure of the start page."""

    label: str
    value: int | None
    kind: str
    unit: str
    icon: str


MOST_APPEALS = 6

UNITS = {
    "fen": "",
    "piece": _("件"),
    "gift": _("笔"),
    "person": _("人"),
    "person-time": _("人次"),
    "household": _("户"),
    "lot": _("批"),
    "waybill": _("单"),
    "decision": _("项"),
    "organisation": _("家"),
    "entry": _("条"),
}


def totals(at: datetime) -> list[Total]:
    """The figures named in ``SHOWN`` that exist, for the host society, up to now."""
    society = host()
    if society is None:
        return []
    known = {figure.name: figure for figure in all_figures()}
    span = Span(first=None, last=clock.day_of(at))
    found = []
    for name, icon in SHOWN:
        figure = known.get(name)
        if figure is None:
            continue
        kind = "money" if figure.unit == "fen" else "number"
        value = figure.compute([society.id], span)
        unit = gettext(UNITS[figure.unit]) if UNITS.get(figure.unit) else ""
        found.append(Total(gettext(figure.label), value, kind, unit, icon))
    return found


def open_appeals() -> list[tuple[AppealRow, dict[str, int]]]:
    """Appeals that take gifts now, emergencies first, each with what it has received."""
    rows = [row for row in donations.public_appeals() if row.state == "open"]
    return [(row, donations.totals(appeal_id=row.id)) for row in rows[:MOST_APPEALS]]
