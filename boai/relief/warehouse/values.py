"""Words and shapes of the warehouse that others may see."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class StoreKind(StrEnum):
    """A store with shelves, or a hand-over point for goods that go straight to a unit (H09)."""

    STORE = "store"
    DIRECT = "direct"


class NoteState(StrEnum):
    """A note (received or issued) waits for the second signature, has it, or was withdrawn."""

    COUNTED = "counted"
    SIGNED = "signed"
    WITHDRAWN = "withdrawn"


class RepackingKind(StrEnum):
    """Lots of several items become kits; or lots of one item are divided or merged."""

    KIT = "kit"
    REPACK = "repack"


class LotState(StrEnum):
    """Whether a lot may leave."""

    QUARANTINE = "quarantine"
    RELEASED = "released"
    REJECTED = "rejected"
    RECALLED = "recalled"


class ReservationState(StrEnum):
    """What became of goods that were set aside."""

    HELD = "held"
    ISSUED = "issued"
    RELEASED = "released"


class AdjustmentKind(StrEnum):
    """Why stock changes without a receipt or an issue."""

    LOSS = "loss"
    FOUND = "found"
    SENT_BACK = "sent_back"
    DESTROYED = "destroyed"
    TAKEN_BACK = "taken_back"
    """Back on the shelf from a waybill; ``dispatch`` asks for it when it settles a difference."""


class AdjustmentState(StrEnum):
    """An adjustment counts only with the second person's signature."""

    PROPOSED = "proposed"
    SIGNED = "signed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ExpectedLine:
    """One announced item of a consignment."""

    item_id: int
    quantity: int
    spec: str = ""
    expected_on: date | None = None
    directed_to: int | None = None
    origin_line: str = ""


@dataclass(frozen=True, slots=True)
class CountedLine:
    """What the first keeper counted of one item, one maker's lot, one bin.

    ``value_fen`` empty means that nobody knows the value; zero is never assumed.
    """

    item_id: int
    quantity: int
    lot_number: str = ""
    expires_on: date | None = None
    produced_on: date | None = None
    bin: str = ""
    spec: str = ""
    origin_line: str = ""
    value_fen: int | None = None
    directed_to: int | None = None


@dataclass(frozen=True, slots=True)
class NoteOrder:
    """One goods received note of a set (imports, hand-over of a purchase)."""

    origin: str
    donor_label: str
    lines: tuple[CountedLine, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class ReceivedNote:
    """A note of a set as it was booked: its lots in the order of its lines."""

    note_id: int
    number: str
    lot_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReserveLine:
    """What to set aside: an item and how many, from given lots or by first expiry."""

    item_id: int
    quantity: int
    lot_ids: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Reserved:
    """So much of one lot is set aside."""

    lot_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class IssueOrderLine:
    """So much of one lot leaves the store."""

    lot_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class NewLot:
    """A lot to be made by a repacking: so many, where, packed how."""

    quantity: int
    bin: str = ""
    spec: str = ""


@dataclass(frozen=True, slots=True)
class UsedPart:
    """So much of one lot that a packing would use, and what stays of it."""

    lot_id: int
    number: str
    item_id: int
    bin: str
    expires_on: date | None
    quantity: int
    left: int


@dataclass(frozen=True, slots=True)
class Foretold:
    """What a packing would use and make; ``regulated`` where a part is a drug or a device.

    ``digest`` is what both keepers' signatures would bind.
    """

    kind: str
    item_id: int
    store: str
    used: tuple[UsedPart, ...]
    made: tuple[NewLot, ...]
    expires_on: date | None
    directed_to: int | None
    regulated: bool
    digest: str


@dataclass(frozen=True, slots=True)
class KitPartRow:
    """One part of a kit, how many go into it, and how many are free in the best store."""

    item_id: int
    name: str
    unit: str
    quantity: int
    free: int


@dataclass(frozen=True, slots=True)
class KitRow:
    """A kit with its list, and how many can be put together in one store today."""

    kit_id: int
    name: str
    unit: str
    possible: int
    parts: tuple[KitPartRow, ...]


@dataclass(frozen=True, slots=True)
class OpenedNote:
    """A note that waits for the second person, with the digest that person signs."""

    note_id: int
    number: str
    digest: str


@dataclass(frozen=True, slots=True)
class LotRow:
    """A lot as other rooms may see it. Quantities live in the books alone."""

    id: int
    number: str
    item_id: int
    store_id: int
    organisation_id: int
    origin: str
    origin_line: str
    donor_label: str
    spec: str
    lot_number: str
    bin: str
    produced_on: date | None
    expires_on: date | None
    state: str
    regulated: str
    received_at: datetime
    received_quantity: int
    value_fen: int | None
    directed_to: int | None
    note_number: str


@dataclass(frozen=True, slots=True)
class AvailableLine:
    """Goods on hand that may be allocated (list 1)."""

    item_id: int
    lot_id: int
    quantity: int
    spec: str
    arrived_at: datetime
    directed_to: int | None
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class ExpectedRow:
    """Announced goods that have not arrived (list 1)."""

    consignment_id: int
    line_id: int
    item_id: int
    quantity: int
    spec: str
    expected_on: date | None
    directed_to: int | None
    origin: str
    origin_line: str
    donor_label: str


@dataclass(frozen=True, slots=True)
class PickLine:
    """One stop of the picking walk."""

    lot_id: int
    lot_number: str
    item_id: int
    bin: str
    expires_on: date | None
    quantity: int
    for_ref: str


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A received or issued note with its two persons (ids, never names)."""

    id: int
    number: str
    organisation_id: int
    store_id: int
    state: str
    digest: str
    first_person_id: int
    first_at: datetime
    second_person_id: int | None
    second_at: datetime | None
    ref: str
    label: str


@dataclass(frozen=True, slots=True)
class StoreRow:
    """A store as other rooms may see it."""

    id: int
    organisation_id: int
    name: str
    kind: str
    address: str
    is_active: bool
