"""Turning written quantities into base units."""

from boai.foundations.catalogue import queries
from boai.foundations.catalogue.rules import number_in, units_in_one


def to_base(
    item_id: int, quantity_text: str, unit_text: str = "", spec_text: str = ""
) -> int | None:
    """A written quantity in the item's base unit, or ``None`` where that is unknown.

    The unit may stand in the quantity (198件) or by itself; the specification (2500/箱,
    50只/盒*40盒/箱) goes before the item's own pack sizes. Nothing is guessed.
    """
    item = queries.item(item_id)
    read = number_in(quantity_text)
    if item is None or read is None:
        return None
    number, written = read
    unit = written or unit_text.strip()
    size = units_in_one(unit, item.unit, queries.packs(item_id), spec_text)
    return None if size is None else number * size
