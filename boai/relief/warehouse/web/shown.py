"""Words and colours of states, and what a page of rows needs from other rooms, set by set."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from boai.foundations.catalogue.queries import items_by_ids
from boai.foundations.identity.queries import person_names
from boai.foundations.ledger.queries import lot_position
from boai.foundations.ledger.values import LotPosition
from boai.foundations.organisations import queries as organisations
from boai.ground.core.text import gettext_noop as _
from boai.relief.warehouse import rules
from boai.relief.warehouse.models import Lot

LOT_STATES = {
    "quarantine": (_("待检"), "wait"),
    "released": (_("可用"), "good"),
    "rejected": (_("不合格"), "bad"),
    "recalled": (_("已召回"), "bad"),
}
NOTE_STATES = {
    "counted": (_("待复核签字"), "wait"),
    "signed": (_("已签字入账"), "good"),
    "withdrawn": (_("已撤回"), "plain"),
}
PACKING_KINDS = {"kit": _("组套"), "repack": _("分装或合并")}
ADJUSTMENT_KINDS = {
    "loss": _("短缺报损"),
    "found": _("盘盈"),
    "sent_back": _("退回来源方"),
    "destroyed": _("销毁"),
    "taken_back": _("运输退回入库"),
}
ADJUSTMENT_STATES = {
    "proposed": (_("待第二人签字"), "wait"),
    "signed": (_("已签字入账"), "good"),
    "refused": (_("第二人不同意"), "plain"),
}
PLACES = {
    "origin": _("来源"),
    "quarantine": _("待检"),
    "on_hand": _("在库"),
    "reserved": _("预留"),
    "in_transit": _("在途"),
    "delivered": _("已送达"),
    "returned": _("已退回"),
    "written_off": _("已报损"),
}
STEPS = {
    "received": _("入库"),
    "issued": _("出库"),
    **ADJUSTMENT_KINDS,
}


def word(table: dict[str, tuple[str, str]], state: str) -> str:
    """The translated word of a state."""
    return gettext(table[state][0]) if state in table else state


def tone(table: dict[str, tuple[str, str]], state: str) -> str:
    """The colour of a state."""
    return table[state][1] if state in table else "plain"


def expiry_tone(expires_on: date | None, on: date) -> str:
    """Bad when expired, warn when near, plain else."""
    if rules.has_expired(expires_on, on):
        return "bad"
    return "warn" if rules.is_near_expiry(expires_on, on) else "plain"


def dress_lots(rows: Sequence[Lot]) -> list[Lot]:
    """Put item, unit and the books' places on each lot of one page, in a query each."""
    items = items_by_ids(row.item_id for row in rows)
    places = lot_position([row.pk for row in rows])
    for row in rows:
        item = items.get(row.item_id)
        row.item_name = item.name if item else ""  # type: ignore[attr-defined]
        row.unit = item.unit if item else ""  # type: ignore[attr-defined]
        row.item_code = item.code if item else ""  # type: ignore[attr-defined]
        row.place = places.get(row.pk, LotPosition())  # type: ignore[attr-defined]
    return list(rows)


def dress_items(lines: Iterable[Any]) -> list[Any]:
    """Put item name and unit on rows that have an ``item_id``."""
    rows = list(lines)
    items = items_by_ids(row.item_id for row in rows)
    for row in rows:
        item = items.get(row.item_id)
        row.item_name = item.name if item else ""
        row.unit = item.unit if item else ""
        row.item_code = item.code if item else ""
    return rows


def people(ids: Iterable[int | None]) -> dict[int | None, str]:
    """Names of persons; an empty signature is an empty name."""
    found: dict[int | None, str] = {None: ""}
    found.update(person_names(i for i in ids if i is not None).items())
    return found


def unit_name(organisation_id: int | None) -> str:
    """The name of an organisation, or nothing."""
    row = organisations.row(organisation_id) if organisation_id is not None else None
    return row.name if row else ""


def lot_address(number: str) -> str:
    """What the QR code of a stack card says: the lot's page on this installation."""
    return f"{settings.BOAI_PUBLIC_URL}{reverse('warehouse-lot', args=[number])}"
