"""The waybill on paper."""

from datetime import datetime

from boai.foundations.catalogue.queries import items_by_ids
from boai.foundations.identity.queries import person_names
from boai.foundations.organisations import queries as organisations
from boai.ground.core.clock import CHINA
from boai.ground.kit.documents import render_pdf
from boai.ground.kit.qr import qr_svg
from boai.relief.dispatch.models import Waybill
from boai.relief.warehouse import queries as warehouse

ROUTES = {"direct": "点对点直送", "relay": "救援中心中转"}


def waybill_pdf(waybill: Waybill, address: str, at: datetime) -> bytes:
    """The waybill with lines, both keepers and the QR code of the receiver's page."""
    lines = list(waybill.lines.select_related("delivered").order_by("pk"))
    items = items_by_ids(line.item_id for line in lines)
    lots = {lot.id: lot for lot in warehouse.lots(lot_ids=[line.lot_id for line in lines])}
    names = person_names(
        i for i in (waybill.loaded_by_id, waybill.countersigned_by_id) if i is not None
    )
    units = organisations.rows([waybill.organisation_id, waybill.receiver_id])
    departed = waybill.departed_at
    return render_pdf(
        "dispatch/waybill.typ",
        {
            "number": waybill.number,
            "sender": units[waybill.organisation_id].name,
            "receiver": units[waybill.receiver_id].name,
            "route": ROUTES.get(waybill.route, ""),
            "carrier": waybill.carrier,
            "vehicle": waybill.vehicle,
            "driver": waybill.driver or "",
            "departed": f"{departed.astimezone(CHINA):%Y-%m-%d %H:%M}" if departed else "",
            "first": names.get(waybill.loaded_by_id or 0, ""),
            "second": names.get(waybill.countersigned_by_id or 0, ""),
            "notes": "、".join(note.number for note in warehouse.issue_notes(waybill.number)),
            "qr": qr_svg(address),
            "cancelled": waybill.state == "cancelled",
            "lines": [
                {
                    "item": items[line.item_id].name,
                    "spec": lots[line.lot_id].spec,
                    "quantity": f"{line.quantity:,} {items[line.item_id].unit}",
                    "lot": lots[line.lot_id].number,
                    "expires": str(lots[line.lot_id].expires_on or ""),
                    "bin": lots[line.lot_id].bin,
                }
                for line in lines
            ],
        },
        at=at,
    )
