"""What holds for goods: pure, without database and clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from boai.ground.core.errors import Refusal
from boai.relief.warehouse import errors
from boai.relief.warehouse.values import CountedLine, LotState

LARGEST_QUANTITY = 10**12
"""More pieces than any country ever received; keeps sums far inside 64 bits."""
LARGEST_VALUE_FEN = 10**15
NEAR_EXPIRY_DAYS = 90


@dataclass(frozen=True, slots=True)
class StockLot:
    """What the rules need to know of a lot: ``free`` is on hand and not set aside."""

    id: int
    number: str
    state: str
    expires_on: date | None
    directed_to: int | None
    free: int


def is_whole(quantity: object) -> bool:
    """Whether this is a quantity of goods: a whole number of base units above zero."""
    return (
        isinstance(quantity, int)
        and not isinstance(quantity, bool)
        and 0 < quantity <= LARGEST_QUANTITY
    )


def reasons_against_quantity(quantity: int, *, field: str = "quantity") -> list[Refusal]:
    """Zero, negative and absurd quantities."""
    if is_whole(quantity):
        return []
    return [
        errors.QuantityIsNotWhole(
            field=field, given=str(quantity)[:20], largest=f"{LARGEST_QUANTITY:,}"
        )
    ]


def reasons_against_counting(line: CountedLine, on: date, *, field: str = "") -> list[Refusal]:
    """Everything that speaks against taking this line in on that day."""
    found = reasons_against_quantity(line.quantity, field=field or "quantity")
    if line.value_fen is not None and not 0 <= line.value_fen <= LARGEST_VALUE_FEN:
        found.append(errors.ValueIsNotPossible(field=field))
    made, ends = line.produced_on, line.expires_on
    if made is not None and ends is not None and ends < made:
        found.append(
            errors.ExpiryBeforeProduction(field=field, expires_on=str(ends), produced_on=str(made))
        )
    if made is not None and made > on:
        found.append(errors.ProducedInFuture(field=field, produced_on=str(made)))
    if has_expired(ends, on):
        found.append(errors.AlreadyExpired(field=field, expires_on=str(ends)))
    return found


def has_expired(expires_on: date | None, on: date) -> bool:
    """The last day printed on the pack is still a good day. Unknown never counts as expired."""
    return expires_on is not None and on > expires_on


def days_left(expires_on: date | None, on: date) -> int | None:
    """Days until the last good day; below zero when it has passed, empty when unknown."""
    return None if expires_on is None else (expires_on - on).days


def is_near_expiry(expires_on: date | None, on: date, days: int = NEAR_EXPIRY_DAYS) -> bool:
    """Still good, but for at most so many days."""
    left = days_left(expires_on, on)
    return left is not None and 0 <= left <= days


def reasons_against_issuing(lot: StockLot, quantity: int, on: date) -> list[Refusal]:
    """H14 and I-16: only released, unexpired lots leave, and never more than is there."""
    found = reasons_against_quantity(quantity)
    if lot.state != LotState.RELEASED:
        found.append(errors.LotNotReleased(number=lot.number))
    if has_expired(lot.expires_on, on):
        found.append(errors.LotHasExpired(number=lot.number, expires_on=str(lot.expires_on)))
    if quantity > lot.free:
        found.append(errors.MoreThanIsThere(wanted=quantity, there=lot.free))
    return found


def reasons_against_receiver(lot: StockLot, receiver_id: int | None) -> list[Refusal]:
    """A directed lot goes to the unit its giver named and to no other."""
    if lot.directed_to is None or lot.directed_to == receiver_id:
        return []
    return [errors.DirectedElsewhere(number=lot.number)]


def first_expiry_first(lots: Iterable[StockLot], receiver_id: int | None) -> list[StockLot]:
    """The order in which lots leave: those directed to this receiver, then by last day, then by age.

    Lots without a date come last: what may spoil goes before what is not known to.
    """
    return sorted(
        lots,
        key=lambda lot: (
            not (receiver_id is not None and lot.directed_to == receiver_id),
            lot.expires_on is None,
            lot.expires_on or date.max,
            lot.id,
        ),
    )


def take_by_first_expiry(
    lots: Sequence[StockLot], quantity: int, on: date, receiver_id: int | None
) -> list[tuple[StockLot, int]]:
    """Which lots give how much. *Refuses* ``MoreThanIsThere`` and quantities that are none."""
    for reason in reasons_against_quantity(quantity):
        raise reason
    usable = [
        lot
        for lot in lots
        if lot.free > 0
        and lot.state == LotState.RELEASED
        and not has_expired(lot.expires_on, on)
        and not reasons_against_receiver(lot, receiver_id)
    ]
    taken: list[tuple[StockLot, int]] = []
    rest = quantity
    for lot in first_expiry_first(usable, receiver_id):
        part = min(rest, lot.free)
        taken.append((lot, part))
        rest -= part
        if rest == 0:
            return taken
    raise errors.MoreThanIsThere(
        field="quantity", wanted=quantity, there=sum(lot.free for lot in usable)
    )


def state_on_arrival(regulated: str) -> LotState:
    """Drugs, devices and disinfectants wait for inspection; everything else may leave (H14, S0-20)."""
    return LotState.QUARANTINE if regulated else LotState.RELEASED


def per_mille(part: int, whole: int) -> int | None:
    """Share in thousandths, rounded down; unknown when there is nothing to share."""
    return None if whole <= 0 else part * 1000 // whole
