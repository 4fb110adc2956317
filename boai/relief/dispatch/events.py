"""What dispatch announces. Ids and public values only."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DeliveryOrdered:
    """A waybill was made out. ``lines`` holds (lot_id, item_id, quantity)."""

    waybill_id: int
    number: str
    organisation_id: int
    receiver_id: int
    for_ref: str
    route: str
    lines: tuple[tuple[int, int, int], ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class GoodsLoaded:
    """Two keepers signed and the vehicle left. ``lines`` holds (lot_id, item_id, quantity)."""

    waybill_id: int
    number: str
    organisation_id: int
    receiver_id: int
    for_ref: str
    route: str
    lines: tuple[tuple[int, int, int], ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class GoodsDelivered:
    """The receiver counted and signed. ``lines`` holds (lot_id, item_id, accepted quantity);
    ``short`` is what was sent and not accepted, over all lines."""

    waybill_id: int
    number: str
    organisation_id: int
    receiver_id: int
    for_ref: str
    lines: tuple[tuple[int, int, int], ...]
    short: int
    at: datetime


@dataclass(frozen=True, slots=True)
class DiscrepancySettled:
    """Two people settled a difference. ``outcome`` is a value of ``Outcome``."""

    discrepancy_id: int
    waybill_id: int
    number: str
    organisation_id: int
    receiver_id: int
    lot_id: int
    item_id: int
    outcome: str
    quantity: int
    at: datetime


@dataclass(frozen=True, slots=True)
class WaybillCancelled:
    """The waybill was taken back before anything left; the goods stay set aside."""

    waybill_id: int
    number: str
    organisation_id: int
    for_ref: str
    at: datetime


@dataclass(frozen=True, slots=True)
class GoodsReturned:
    """Delivered goods are back in the store, in quarantine. ``lines`` holds (new lot, item,
    quantity)."""

    number: str
    waybill: str
    organisation_id: int
    receiver_id: int
    lines: tuple[tuple[int, int, int], ...]
    at: datetime
