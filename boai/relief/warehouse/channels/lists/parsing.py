"""Reading a whole file of goods: heading by words, merged cells carried, quantities with units."""

import re
import unicodedata
from collections.abc import Sequence

from boai.ground.kit.spreadsheets.days import Hints, day_in, list_day
from boai.ground.kit.spreadsheets.reading import (
    Cell,
    Row,
    Sheet,
    carry_merged_down,
    clean_text,
    place_name,
)
from boai.relief.warehouse.channels.lists.values import (
    Direction,
    GoodsList,
    GoodsRow,
    StatedSum,
)

SEARCHED_ROWS = 60
LARGEST_QUANTITY = 10**12
LONGEST = {"party": 200, "item": 200, "spec": 200, "unit": 10}
_PUNCTUATION = re.compile(r"[\s()\[\]:、,./·_-]+")
_ROLES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (role, re.compile(pattern))
    for role, pattern in (
        ("unit", r"^(计量|数量)?单位$"),
        ("quantity", r"^(物资|捐赠|入库|出库|发放|接收)?(数量|总数|件数)(总计|合计)?$|^合计数量$"),
        ("item", r"^(入库|出库|捐赠|发放|接收)?(物资|物品|货物|品)(名称?|种类)?$|^名称$"),
        ("spec", r"^(规格|型号)"),
        ("day", r"^(捐赠|入库|出库|发放|接收)?(日期|时间)$"),
        ("donor", r"^(爱心)?(捐赠|捐助|捐献|来源)(单位|人|方|者|企业|个人)+$"),
        ("receiver", r"^(接收|发放|受赠|收货|领用|领取|使用|分配)(单位|人|方|医院|机构|对象)+$"),
    )
)
_QUANTITY = re.compile(r"([+-]?[\d,]+(?:\.\d+)?)\s*(万|千|百)?\s*([^\d\s]*)")
_TIMES = {"": 1, "百": 100, "千": 1000, "万": 10_000}
_TOTAL = re.compile(r"^(合|总|共|小)\s*计")
_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")


def parse(sheets: Sequence[Sheet], direction: Direction, hints: Hints) -> GoodsList | None:
    """All lists of a file as one; ``None`` where no sheet holds a list of that direction."""
    party = "donor" if direction == "received" else "receiver"
    found: GoodsList | None = None
    unread: list[str] = []
    for sheet in sheets:
        at, columns = _heading(sheet.rows, party)
        if at is None:
            unread.append(sheet.name)
            continue
        if found is None:
            found = GoodsList(f"goods-{direction}")
        _read(sheet, at, columns, party, hints, found)
    if found is not None:
        found.remarks.extend(("SheetIsNotAList", name) for name in unread)
    return found


def role_of(cell: object) -> str:
    """What a heading cell names; empty for none."""
    words = _PUNCTUATION.sub("", unicodedata.normalize("NFKC", clean_text(cell)))
    return next((role for role, pattern in _ROLES if pattern.search(words)), "")


def _heading(rows: Sequence[Row], party: str) -> tuple[int | None, dict[str, int]]:
    for at, row in enumerate(rows[:SEARCHED_ROWS]):
        columns: dict[str, int] = {}
        for place, cell in enumerate(row):
            role = role_of(cell)
            if role:
                columns.setdefault(role, place)
        if {party, "item", "quantity"} <= columns.keys():
            return at, columns
    return None, {}


def _read(
    sheet: Sheet,
    heading: int,
    columns: dict[str, int],
    party: str,
    hints: Hints,
    into: GoodsList,
) -> None:
    day, remark = list_day(sheet, heading, hints)
    if remark and "day" not in columns:
        into.remarks.append((remark, sheet.name))
    tall = tuple(m for m in sheet.merged if m[1][0] > m[0][0])
    # The quantity is never carried: one merged number is one number, not one for each row.
    named = [columns[r] for r in (party, "item", "spec", "unit", "day") if r in columns]
    rows = carry_merged_down(Sheet(sheet.name, sheet.rows, tall), named)
    shared = _below_the_first(tall, columns["quantity"])
    total = 0
    for at in range(heading + 1, len(rows)):
        own, row = sheet.rows[at], rows[at]
        if not any(clean_text(cell) for cell in own):
            continue
        if any(_TOTAL.match(clean_text(cell)) for cell in own if isinstance(cell, str)):
            stated = quantity_in(own[columns["quantity"]])
            if stated is not None:
                label = next(clean_text(c) for c in own if clean_text(c))[:40]
                into.totals.append(StatedSum(sheet.name, at + 1, label, stated[0], total))
            continue
        if _is_note(own, row, columns):
            continue
        found = GoodsRow(sheet.name, at + 1, day)
        _fill(found, row, columns, party, at in shared)
        into.rows.append(found)
        total += found.quantity if not found.code else 0


def _below_the_first(
    tall: Sequence[tuple[tuple[int, int], tuple[int, int]]], place: int
) -> set[int]:
    return {
        at
        for (top, left), (bottom, right) in tall
        if left <= place <= right
        for at in range(top + 1, bottom + 1)
    }


def _is_note(own: Row, row: Row, columns: dict[str, int]) -> bool:
    """A line in one cell only, without item and quantity: a signature, a date, a remark."""
    filled = [place for place, cell in enumerate(own) if clean_text(cell)]
    has_goods = any(
        clean_text(row[columns[role]]) for role in ("item", "quantity") if columns[role] < len(row)
    )
    first = clean_text(own[filled[0]])
    return len(filled) == 1 and (not has_goods or first.startswith(("注", "备注", "以上")))


def _fill(found: GoodsRow, row: Row, columns: dict[str, int], party: str, shared: bool) -> None:
    def cell(role: str) -> Cell:
        place = columns.get(role)
        return row[place] if place is not None and place < len(row) else ""

    found.party = clean_text(cell(party))
    found.item = clean_text(cell("item"))
    found.spec = clean_text(cell("spec"))
    found.day = day_in(cell("day")) or found.day
    read = quantity_in(cell("quantity"))
    written = clean_text(cell("quantity"))
    if read is not None:
        found.quantity = read[0]
        found.unit = read[1] or unit_in(cell("unit"))
    found.column = place_name(columns["quantity"])
    if not written:
        found.code = "QuantityIsShared" if shared else "QuantityIsMissing"
    elif read is None or found.quantity > LARGEST_QUANTITY:
        found.code = "QuantityIsNotWhole"
    elif found.quantity <= 0:
        found.code = "QuantityIsNotPositive"
    elif not found.item:
        found.code, found.column = "ItemIsMissing", place_name(columns["item"])
    elif not found.party:
        found.code, found.column = "PartyIsMissing", place_name(columns[party])
    elif not found.unit:
        found.code = "UnitIsMissing"
    elif any(len(getattr(found, name)) > most for name, most in LONGEST.items()):
        found.code = "TextIsTooLong"
    else:
        found.column = ""


def quantity_in(cell: object) -> tuple[int, str] | None:
    """A whole number and the unit written after it: ``198件``, ``1.5万只``, 15.0; else ``None``."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, (int, float)):
        return (int(cell), "") if float(cell).is_integer() else None
    text = unicodedata.normalize("NFKC", _BRACKETS.sub("", clean_text(cell)))
    hit = _QUANTITY.fullmatch(text)
    if hit is None or len(hit.group(3)) > 6:
        return None
    whole, _dot, fraction = hit.group(1).replace(",", "").partition(".")
    times = _TIMES[hit.group(2) or ""]
    part = int(fraction or 0) * times
    if part % 10 ** len(fraction):
        return None
    return int(whole) * times + part // 10 ** len(fraction), hit.group(3)


def unit_in(cell: object) -> str:
    """The unit that a unit cell means: ``0.5g/支`` counts 支."""
    text = unicodedata.normalize("NFKC", clean_text(cell))
    return text.rpartition("/")[2].strip()
