"""Papers of the warehouse: stack card, labels, goods received note."""

from datetime import datetime

from boai.foundations.catalogue.queries import item, items_by_ids
from boai.foundations.identity.queries import person_names
from boai.foundations.organisations import queries as organisations
from boai.ground.core.clock import CHINA
from boai.ground.core.errors import NotFound
from boai.ground.kit.documents import render_pdf
from boai.ground.kit.qr import qr_svg
from boai.relief.warehouse.models import Lot, ReceivedNote

SIZES = ("60x40", "100x70", "a5")


def stack_card_pdf(lot: Lot, size: str, address: str, at: datetime) -> bytes:
    """The stack card of a lot; ``address`` becomes the QR code. *Raises* ``NotFound`` for a size
    that is none."""
    if size not in SIZES:
        raise NotFound
    row = item(lot.item_id)
    society = organisations.row(lot.organisation_id)
    unit = organisations.row(lot.directed_to_id) if lot.directed_to_id else None
    return render_pdf(
        "warehouse/stack-card.typ",
        {
            "size": size,
            "qr": qr_svg(address),
            "society": society.name if society else "",
            "number": lot.number,
            "item": row.name if row else "",
            "unit": row.unit if row else "",
            "spec": lot.spec,
            "quantity": f"{lot.received_quantity:,}",
            "bin": lot.bin or "—",
            "maker": lot.lot_number or "—",
            "produced": str(lot.produced_on or "—"),
            "expires": str(lot.expires_on or "—"),
            "received": f"{lot.received_at.astimezone(CHINA):%Y-%m-%d %H:%M}",
            "donor": lot.donor_label,
            "directed": unit.name if unit else "",
        },
        at=at,
    )


def received_note_pdf(note: ReceivedNote, at: datetime) -> bytes:
    """入库验收单 as a paper with both names."""
    lines = list(note.lines.order_by("pk"))
    items = items_by_ids(line.item_id for line in lines)
    people = person_names(
        i for i in (note.counted_by_id, note.countersigned_by_id) if i is not None
    )
    society = organisations.row(note.organisation_id)
    return render_pdf(
        "warehouse/received-note.typ",
        {
            "society": society.name if society else "",
            "number": note.number,
            "store": note.store.name,
            "donor": note.donor_label,
            "state": note.state,
            "first": people.get(note.counted_by_id, ""),
            "first_at": f"{note.counted_at.astimezone(CHINA):%Y-%m-%d %H:%M}",
            "second": people.get(note.countersigned_by_id, "") if note.countersigned_by_id else "",
            "second_at": f"{note.countersigned_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
            if note.countersigned_at
            else "",
            "digest": note.digest,
            "lines": [
                {
                    "item": items[line.item_id].name,
                    "spec": line.spec,
                    "quantity": f"{line.quantity:,} {items[line.item_id].unit}",
                    "announced": "" if line.announced is None else f"{line.announced:,}",
                    "maker": line.lot_number,
                    "expires": str(line.expires_on or ""),
                    "bin": line.bin,
                }
                for line in lines
            ],
        },
        at=at,
    )
