"""The stock desk: lots, totals by item, one lot with its movements, labels and notes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext

from boai.foundations.catalogue.queries import all_items, items_by_ids
from boai.foundations.ledger import queries as books
from boai.ground.core.clock import day_of, now
from boai.ground.core.errors import NotFound
from boai.ground.core.figures import Span
from boai.ground.core.numbering import tidy
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import actor_of
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.downloads import file_response
from boai.ground.kit.web.lists import Column, Filter, ListPage
from boai.ground.kit.web.navigation import may
from boai.relief.warehouse import figures, queries, rules
from boai.relief.warehouse.documents import stack_card_pdf
from boai.relief.warehouse.models import Lot
from boai.relief.warehouse.web import shown


def lot_of(request: HttpRequest, number: str) -> Lot:
    """A lot of one's own organisation, dressed. *Raises* ``NotFound``."""
    found = Lot.objects.select_related("store", "directed_to").filter(
        number=tidy(number), organisation_id=actor_of(request).organisation_id or 0
    )
    rows = shown.dress_lots(list(found))
    if not rows:
        raise NotFound
    return rows[0]


def _expiry(rows: Any, wanted: str) -> Any:
    today = day_of(now())
    if wanted == "expired":
        return rows.filter(expires_on__lt=today)
    if wanted == "near":
        last = today.fromordinal(today.toordinal() + rules.NEAR_EXPIRY_DAYS)
        return rows.filter(expires_on__gte=today, expires_on__lte=last)
    return rows.filter(expires_on__isnull=True)


def _here(rows: Any, wanted: str) -> Any:
    kinds = ("on_hand", "quarantine", "reserved") if wanted == "here" else (wanted,)
    organisations = rows.values_list("organisation_id", flat=True).distinct()
    lots = {
        row.lot
        for organisation_id in list(organisations.order_by())
        for kind in kinds
        for row in books.balances(organisation_id, kind=kind)
        if row.amount > 0
    }
    return rows.filter(pk__in=lots)


@door("warehouse.see")
class Stock(ListPage):
    """Every lot, with where its goods are now."""

    title = _("库存批次")
    columns = [
        Column(
            "number",
            _("批次号"),
            kind="ref",
            link=lambda row: reverse("warehouse-lot", args=[row.number]),
            sort="number",
        ),
        Column("item_name", _("物资")),
        Column("spec", _("规格"), screen=False),
        Column(
            "state",
            _("状态"),
            kind="state",
            value=lambda row: shown.word(shown.LOT_STATES, row.state),
            tone=lambda row: shown.tone(shown.LOT_STATES, row.state),
        ),
        Column(
            "inside",
            _("仓内"),
            "quantity",
            value=lambda row: row.place.on_hand + row.place.quarantine,
            unit=lambda row: row.unit,
        ),
        Column("reserved", _("预留"), "quantity", value="place.reserved"),
        Column(
            "outside",
            _("已发出"),
            "quantity",
            value=lambda row: row.place.in_transit + row.place.delivered,
        ),
        Column("in_transit", _("在途"), "quantity", value="place.in_transit", screen=False),
        Column("delivered", _("已送达"), "quantity", value="place.delivered", screen=False),
        Column("expires_on", _("有效期至"), kind="day", sort="expires_on"),
        Column("bin", _("货位"), sort="bin"),
        Column("donor_label", _("来源")),
        Column("received_on", _("入库日期"), kind="day", sort="received_at"),
        Column("received_quantity", _("入库数量"), kind="quantity", screen=False),
        Column("value_fen", _("价值"), kind="money", screen=False),
    ]
    filters = [
        Filter(
            "state", _("状态"), choices=[(key, pair[0]) for key, pair in shown.LOT_STATES.items()]
        ),
        Filter(
            "where",
            _("位置"),
            choices=[
                ("here", _("仓内有货")),
                ("reserved", _("已预留")),
                ("in_transit", _("在途")),
                ("delivered", _("已送达")),
            ],
            apply=_here,
        ),
        Filter(
            "expiry",
            _("有效期"),
            choices=[("near", _("90天内到期")), ("expired", _("已过期")), ("none", _("未标注"))],
            apply=_expiry,
        ),
    ]
    search_hint = _("批次号、物资、来源、货位、厂家批号")
    order = "-received_at"
    file_name = "stock"
    empty_title = _("仓库里还没有物资")
    empty_text = _("两名保管员签字收货后出现在这里。")
    empty_icon = "boxes"

    def rows(self) -> Any:
        return Lot.objects.filter(organisation_id=self.actor.organisation_id or 0)

    def search(self, rows: Any, text: str) -> Any:
        items = [item.id for item in all_items() if text.lower() in item.name.lower()]
        return rows.filter(
            Q(number__icontains=tidy(text))
            | Q(item_id__in=items)
            | Q(donor_label__icontains=text)
            | Q(bin__icontains=text)
            | Q(lot_number__icontains=text)
        )

    def decorate(self, page: list[Any]) -> Sequence[Any]:
        return shown.dress_lots(page)


@dataclass(frozen=True, slots=True)
class ItemTotal:
    """All lots of one item together."""

    code: str
    name: str
    unit: str
    quarantine: int = 0
    on_hand: int = 0
    reserved: int = 0
    in_transit: int = 0
    delivered: int = 0
    returned: int = 0
    written_off: int = 0


def item_totals(organisation_id: int) -> list[ItemTotal]:
    """The books' places summed by item."""
    sums: dict[int, dict[str, int]] = {}
    for row in books.balances(organisation_id):
        if row.commodity.startswith("item:") and row.kind in ItemTotal.__slots__ and row.amount:
            places = sums.setdefault(int(row.commodity[5:]), {})
            places[row.kind] = places.get(row.kind, 0) + row.amount
    items = items_by_ids(sums)
    return [
        ItemTotal(items[item_id].code, items[item_id].name, items[item_id].unit, **places)
        for item_id, places in sums.items()
        if item_id in items
    ]


def _amount(name: str, label: str) -> Column:
    return Column(name, label, "quantity", unit=lambda row: row.unit, sort=name)


@door("warehouse.see")
class ItemTotals(ListPage):
    """How much of each item there is, and where."""

    title = _("物资汇总")
    columns = [
        Column("name", _("物资"), sort="name"),
        Column("code", _("编码"), sort="code"),
        _amount("on_hand", _("在库")),
        _amount("quarantine", _("待检")),
        _amount("reserved", _("预留")),
        _amount("in_transit", _("在途")),
        _amount("delivered", _("已送达")),
        _amount("returned", _("退回")),
        _amount("written_off", _("报损")),
    ]
    search_hint = _("物资名称、编码")
    order = "name"
    file_name = "stock-by-item"
    empty_title = _("仓库里还没有物资")
    empty_icon = "boxes"
    template_name = "warehouse/items.html"

    def rows(self) -> Any:
        return item_totals(self.actor.organisation_id or 0)

    def search(self, rows: Any, text: str) -> Any:
        return [row for row in rows if text.lower() in f"{row.name} {row.code}".lower()]

    def context(self) -> Mapping[str, Any]:
        mine, today = [self.actor.organisation_id or 0], day_of(self.at)
        day = Span(today, today)
        return {
            "accepted": figures.pieces_accepted(mine, day),
            "sent": figures.pieces_sent(mine, day),
            "same_day": figures.pieces_sent_same_day(mine, day),
            "rate": figures.same_day_rate(mine, day),
            "near": Lot.objects.filter(pk__in=[x.lot_id for x in _near(mine[0])]).count(),
        }


def _near(organisation_id: int) -> list[Any]:
    today = day_of(now())
    return [
        line
        for line in queries.available(organisation_id, today)
        if rules.is_near_expiry(line.expires_on, today)
    ]


@door("warehouse.see")
def lot(request: HttpRequest, number: str) -> HttpResponse:
    """One lot: where it is, every movement with its two persons, its inspection, its family."""
    row = lot_of(request, number)
    steps = queries.persons_of_lot(row.pk)
    inspections = list(row.inspections.order_by("pk"))
    names = shown.people(
        [p for step in steps for p in step[2:4]] + [i.inspector_id for i in inspections]
    )
    family = Lot.objects.in_bulk(
        [pk for pk, _n in queries.parents_of(row.pk) + queries.children_of(row.pk)]
    )
    moves = [
        (move, shown.PLACES.get(move.credit_kind, ""), shown.PLACES.get(move.debit_kind, ""))
        for move in books.movements(row.pk)
    ]
    context = {
        "title": gettext("批次"),
        "lot": row,
        "state_word": shown.word(shown.LOT_STATES, row.state),
        "state_tone": shown.tone(shown.LOT_STATES, row.state),
        "expiry_tone": shown.expiry_tone(row.expires_on, day_of(now())),
        "moves": [(m, gettext(a), gettext(b)) for m, a, b in moves],
        "steps": [
            (gettext(shown.STEPS[act]), ref, names.get(one, ""), names.get(two, ""), at)
            for act, ref, one, two, at in steps
        ],
        "inspections": [(one, names.get(one.inspector_id, "")) for one in inspections],
        "note": row.received_line.note if row.received_line else None,
        "parents": [(family[pk], n) for pk, n in queries.parents_of(row.pk)],
        "children": [(family[pk], n) for pk, n in queries.children_of(row.pk)],
        "reservations": row.reservations.filter(state="held").order_by("pk"),
        "adjustments": row.adjustments.filter(state="proposed").order_by("pk"),
        "can_inspect": may(request, "warehouse.inspect"),
        "can_handle": may(request, "warehouse.count"),
        "can_pack": may(request, "warehouse.receive"),
    }
    return TemplateResponse(request, "warehouse/lot.html", context)


@door("warehouse.see")
def label(request: HttpRequest, number: str, size: str) -> HttpResponse:
    """The stack card (A5) or a label with QR code, 60x40 or 100x70 mm."""
    row = lot_of(request, number)
    content = stack_card_pdf(row, size, shown.lot_address(row.number), now())
    return file_response(content, f"{row.number}-{size}.pdf", inline=True)


@door("warehouse.see")
def find(request: HttpRequest) -> HttpResponse:
    """Where a scanner's field leads: the lot's page, or the list searched for the text."""
    given = request.GET.get("code", "").replace("\x00", "").strip()[:200]
    number = tidy(given.rstrip("/").rpartition("/")[2])
    mine = Lot.objects.filter(organisation_id=actor_of(request).organisation_id or 0)
    if mine.filter(number=number).exists():
        return redirect("warehouse-lot", number=number)
    return redirect(f"{reverse('warehouse-stock')}?q={number}")
