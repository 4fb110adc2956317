"""The places in the books that dispatch moves goods between."""

from boai.foundations.ledger.values import AccountKey
from boai.foundations.organisations import queries as organisations
from boai.ground.core.errors import NotFound
from boai.relief.dispatch.models import Waybill, WaybillLine


def on_the_way(line: WaybillLine) -> AccountKey:
    """On the waybill."""
    return _key(line, "in_transit", line.waybill.number)


def handed_over(line: WaybillLine) -> AccountKey:
    """With the receiver, under its organisation code."""
    return _key(line, "delivered", receiver_code(line.waybill))


def lost(line: WaybillLine) -> AccountKey:
    """Lost on this waybill."""
    return _key(line, "written_off", line.waybill.number)


def receiver_code(waybill: Waybill) -> str:
    """The code of the receiving organisation."""
    row = organisations.row(waybill.receiver_id)
    if row is None:
        raise NotFound
    return row.code


def _key(line: WaybillLine, kind: str, ref: str) -> AccountKey:
    return AccountKey(
        organisation_id=line.waybill.organisation_id,
        kind=kind,
        ref=ref,
        commodity=f"item:{line.item_id}",
        lot=line.lot_id,
    )
