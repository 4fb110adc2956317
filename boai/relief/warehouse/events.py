"""What the warehouse announces. Ids and public values only."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class GoodsReceived:
    """Two people have received goods. ``lots`` holds (lot_id, item_id, quantity)."""

    note_id: int
    number: str
    organisation_id: int
    store_id: int
    origin: str
    lots: tuple[tuple[int, int, int], ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class LotReleased:
    """A lot passed inspection and may leave."""

    lot_id: int
    number: str
    organisation_id: int
    item_id: int
    origin: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LotRejected:
    """A lot failed inspection; it only leaves to be sent back or destroyed."""

    lot_id: int
    number: str
    organisation_id: int
    item_id: int
    origin: str
    at: datetime


@dataclass(frozen=True, slots=True)
class GoodsIssued:
    """Two people have issued goods. ``lines`` holds (lot_id, item_id, quantity)."""

    note_id: int
    number: str
    organisation_id: int
    store_id: int
    for_ref: str
    transport: str
    lines: tuple[tuple[int, int, int], ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class StockAdjusted:
    """Two people have corrected stock. ``kind`` is a value of ``AdjustmentKind``."""

    adjustment_id: int
    organisation_id: int
    lot_id: int
    kind: str
    quantity: int
    at: datetime


@dataclass(frozen=True, slots=True)
class GoodsRepacked:
    """Two people have put lots together or divided them. ``used`` and ``made`` hold
    (lot_id, item_id, quantity)."""

    note_id: int
    number: str
    kind: str
    organisation_id: int
    used: tuple[tuple[int, int, int], ...]
    made: tuple[tuple[int, int, int], ...]
    at: datetime
