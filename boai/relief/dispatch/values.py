"""Words and shapes of dispatch that others may see."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Route(StrEnum):
    """How goods go (H09): straight to a known unit, by relay from the relief centre, or stored."""

    DIRECT = "direct"
    RELAY = "relay"
    STORE = "store"


class WaybillState(StrEnum):
    """Where a waybill stands."""

    ORDERED = "ordered"
    LOADING = "loading"
    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    DISPUTED = "disputed"
    """Signed for, but something was short, over or damaged and is not settled."""
    SETTLED = "settled"
    CANCELLED = "cancelled"


class ReturnState(StrEnum):
    """A return is sent by the unit, counted by one keeper, received with the second signature."""

    SENT = "sent"
    COUNTED = "counted"
    RECEIVED = "received"
    WITHDRAWN = "withdrawn"


class Difference(StrEnum):
    """What the receiver found."""

    SHORT = "short"
    OVER = "over"
    DAMAGED = "damaged"


class Outcome(StrEnum):
    """How a difference ended."""

    DELIVERED = "delivered"
    RETURNED = "returned"
    LOST = "lost"
    EXPLAINED = "explained"
    """For more than was sent: a wrong count or another consignment's goods; nothing is booked."""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """So much of one lot to be carried."""

    lot_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of a waybill; ``counted`` is empty until the receiver has signed."""

    id: int
    lot_id: int
    item_id: int
    quantity: int
    counted: int | None
    damaged: int | None
    accepted: int | None


@dataclass(frozen=True, slots=True)
class WaybillRow:
    """A waybill as other rooms may see it; persons are ids, the driver is not shown."""

    id: int
    number: str
    organisation_id: int
    receiver_id: int
    for_ref: str
    route: str
    carrier: str
    vehicle: str
    state: str
    ordered_at: datetime
    loaded_at: datetime | None
    loaded_by: int | None
    departed_at: datetime | None
    countersigned_by: int | None
    delivered_at: datetime | None
    received_by: int | None
    loading_digest: str
    lines: tuple[LineRow, ...]


@dataclass(frozen=True, slots=True)
class LotDelivery:
    """How much of a lot went where, on which waybill."""

    waybill_id: int
    number: str
    receiver_id: int
    state: str
    quantity: int
    accepted: int
    departed_at: datetime | None
    delivered_at: datetime | None
    returned: int = 0

    @property
    def net(self) -> int:
        """What the receiver still has of it."""
        return self.accepted - self.returned


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A return as others see it; ``lines`` holds (lot, quantity, new lot)."""

    id: int
    number: str
    waybill: str
    organisation_id: int
    receiver_id: int
    state: str
    sent_at: datetime
    received_at: datetime | None
    lines: tuple[tuple[int, int, int | None], ...]

    @property
    def pieces(self) -> int:
        """How much comes back in all."""
        return sum(quantity for _lot, quantity, _back in self.lines)


@dataclass(frozen=True, slots=True)
class DiscrepancyRow:
    """A difference and how it stands."""

    id: int
    waybill_id: int
    number: str
    line_id: int
    lot_id: int
    kind: str
    quantity: int
    state: str
    outcome: str
    reason: str
    proposed_by: int | None
