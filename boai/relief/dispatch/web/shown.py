"""Words and colours of dispatch, and what its pages need from other rooms, set by set."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from boai.foundations.catalogue.queries import items_by_ids
from boai.foundations.identity.queries import person_names
from boai.foundations.organisations import queries as organisations
from boai.ground.core.text import gettext_noop as _
from boai.relief.dispatch.models import Waybill, WaybillLine
from boai.relief.warehouse import queries as warehouse

STATES = {
    "ordered": (_("待装车"), "wait"),
    "loading": (_("待复核发车"), "wait"),
    "in_transit": (_("在途"), "info"),
    "delivered": (_("已签收"), "good"),
    "disputed": (_("有差异待处理"), "bad"),
    "settled": (_("已签收，差异已结"), "good"),
    "cancelled": (_("已取消"), "plain"),
}
ROUTES = {
    "direct": _("点对点直送"),
    "relay": _("救援中心中转"),
    "store": _("入库储存"),
}
DIFFERENCES = {"short": _("短少"), "damaged": _("破损"), "over": _("溢收")}
DIFFERENCE_STATES = {
    "open": (_("待提出处理"), "bad"),
    "proposed": (_("待第二人签字"), "wait"),
    "settled": (_("已结"), "good"),
}
RETURN_STATES = {
    "sent": (_("待仓库清点"), "wait"),
    "counted": (_("待复核签字"), "wait"),
    "received": (_("已入待检"), "good"),
    "withdrawn": (_("已撤回"), "plain"),
}
OUTCOMES = {
    "delivered": _("已补交收货单位"),
    "returned": _("退回入库"),
    "lost": _("确认损失"),
    "explained": _("已查明，不入账"),
}


def word(table: dict[str, tuple[str, str]], state: str) -> str:
    """The translated word of a state."""
    return gettext(table[state][0]) if state in table else state


def tone(table: dict[str, tuple[str, str]], state: str) -> str:
    """The colour of a state."""
    return table[state][1] if state in table else "plain"


def people(ids: Iterable[int | None]) -> dict[int | None, str]:
    """Names of persons; an empty signature is an empty name."""
    found: dict[int | None, str] = {None: ""}
    found.update(person_names(i for i in ids if i is not None).items())
    return found


def unit_names(ids: Iterable[int]) -> dict[int, str]:
    """Names of organisations."""
    return {pk: row.name for pk, row in organisations.rows(ids).items()}


def dress_lines(waybill: Waybill) -> list[WaybillLine]:
    """The lines in picking order (bin, first expiry), with item and lot."""
    rows: list[Any] = list(waybill.lines.select_related("delivered").order_by("pk"))
    items = items_by_ids(row.item_id for row in rows)
    lots = {lot.id: lot for lot in warehouse.lots(lot_ids=[row.lot_id for row in rows])}
    for row in rows:
        item = items.get(row.item_id)
        row.item_name, row.unit = (item.name, item.unit) if item else ("", "")
        row.item_code = item.code if item else ""
        row.goods = lots[row.lot_id]
        row.done = getattr(row, "delivered", None)
    far = "9999-12-31"
    return sorted(rows, key=lambda r: (r.goods.bin, str(r.goods.expires_on or far), r.pk))


def dress_waybills(rows: Iterable[Any]) -> list[Any]:
    """Receivers' names and pieces on a page of waybills."""
    page = list(rows)
    names = unit_names([row.receiver_id for row in page] + [row.organisation_id for row in page])
    for row in page:
        row.receiver_name = names.get(row.receiver_id, "")
        row.sender_name = names.get(row.organisation_id, "")
    return page


def sign_address(number: str) -> str:
    """What the QR code of the printed waybill says: the receiver's page (behind the sign-in)."""
    return f"{settings.BOAI_PUBLIC_URL}{reverse('dispatch-sign', args=[number])}"
