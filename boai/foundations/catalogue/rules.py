"""What texts about goods mean; pure."""

import csv
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib import resources

from boai.foundations.catalogue.values import StandardRow

_STANDARD = re.compile(
    r"(?<![A-Z])(GB|YY|WS|QB|FZ|HG|LY|AQ|GA|DB|T)\s*(?:/\s*T|T)?\s*[-_]?\s*"
    r"(\d{3,5}(?:\.\d+)?)(?:\s*[-—–_:]\s*((?:19|20)\d{2}))?(?!\d)"
)
_QUANTITY = re.compile(r"([\d,]+(?:\.\d+)?)\s*(万|千|百)?\s*([^\d\s,./*x×()]{0,4})")
_PER = re.compile(r"([\d,]+)\s*([^\d\s,./*x×()]{0,3})\s*/\s*([^\d\s,./*x×()]{1,3})")
_TIMES = {"": 1, "百": 100, "千": 1000, "万": 10000}
_SAME_UNITS = (
    frozenset({"只", "个", "片", "枚", "具", "pcs", "pc", "piece"}),
    frozenset({"件", "套", "身"}),
    frozenset({"副", "双", "付", "对"}),
    frozenset({"瓶", "支", "罐"}),
    frozenset({"台", "部", "辆", "架"}),
)
_IGNORED = re.compile(r"[\s·•.,，。、|/\\+\-—–_*\"'“”‘’()\[\]【】{}:;：；]+")


def plain(text: str) -> str:
    """Width and invisible characters set right, outer space gone."""
    return unicodedata.normalize("NFKC", text).replace("\u200b", "").replace("\xa0", " ").strip()


def normal_name(text: str) -> str:
    """The form in which names of goods are compared."""
    return _IGNORED.sub("", plain(text)).upper()[:200]


@cache
def _known_standards() -> dict[str, tuple[str, str, str]]:
    file = resources.files("boai.foundations.catalogue").joinpath("data", "standards.csv")
    lines = file.read_text(encoding="utf-8").splitlines()
    return {
        row["family"]: (row["current"], row["title"], row["protective_class"])
        for row in csv.DictReader(lines)
    }


def standards_in(text: str) -> list[StandardRow]:
    """Every standard that a text names, however spelled, with the edition now in force.

    YY0469-2010, YY 0469-2011 and ＹＹ／Ｔ０４６９ are one family: the number decides; /T and the
    year are remembered only as what was stated.
    """
    found: dict[str, StandardRow] = {}
    for body, number, year in _STANDARD.findall(plain(text).upper()):
        family = f"{body} {number}"
        current, title, protective = _known_standards().get(
            family, (f"{family}-{year}" if year else family, "", "")
        )
        found.setdefault(family, StandardRow(family, current, title, protective, year))
    return list(found.values())


def normal_standard(text: str) -> str:
    """The first standard a text names in its current edition and usual spelling, else empty."""
    found = standards_in(text)
    return found[0].current if found else ""


def protective_class_in(text: str) -> str:
    """The protective class that a text names by itself: KN95, N95 and the like; else empty.

    KN95 contains the letters N95, so it is looked for first: the one never passes for the other.
    """
    upper = normal_name(text)
    for pattern, name in (
        (r"KN\s?(90|95|100)", "KN"),
        (r"KP\s?(90|95|100)", "KP"),
        (r"FFP\s?([123])", "FFP"),
        (r"KF\s?(80|94|99)", "KF"),
        (r"(?<![KA-Z])N\s?(95|99|100)", "N"),
        (r"(?<![KA-Z])P\s?(95|99|100)", "P"),
    ):
        hit = re.search(pattern, upper)
        if hit:
            return f"{name}{hit.group(1)}"
    return ""


def classes_named(text: str) -> frozenset[str]:
    """All protective classes a text names, by itself or by a standard."""
    named = {row.protective_class for row in standards_in(text) if row.protective_class}
    single = protective_class_in(text)
    return frozenset(named | ({single} if single else set()))


def fits_class(text: str, protective_class: str) -> bool:
    """Whether an item of a class may be meant by a text, going by the classes the text names.

    A text that names KN95 fits only KN95 items. N95 alone is often said of the medical respirator
    of GB 19083 in China, so a name that says both may stand for it.
    """
    single = protective_class_in(text)
    if not single:
        return True
    if single == protective_class:
        return True
    return single == "N95" and protective_class == "medical-respirator" and "医用" in text


def same_unit(first: str, second: str) -> bool:
    """Whether two words count the same thing (只 and 个, 件 and 套)."""
    a, b = first.strip().lower(), second.strip().lower()
    return a == b or any(a in group and b in group for group in _SAME_UNITS)


def number_in(text: str) -> tuple[int, str] | None:
    """The one whole number and the unit after it: 198件, 1.5万只, 10,000. Else ``None``."""
    tidy = plain(text)
    hit = _QUANTITY.fullmatch(tidy)
    if hit is None:
        return None
    digits = hit.group(1).replace(",", "")
    whole, _, fraction = digits.partition(".")
    times = _TIMES[hit.group(2) or ""]
    value = int(whole or 0) * times
    if fraction:
        part = int(fraction) * times
        if part % 10 ** len(fraction):
            return None
        value += part // 10 ** len(fraction)
    return value, hit.group(3)


def packs_in(text: str) -> Iterator[tuple[int, str, str]]:
    """Pack sizes a specification states: 50只/盒 gives (50, 只, 盒); 2500/箱 gives (2500, '', 箱)."""
    for count, inner, outer in _PER.findall(plain(text)):
        yield int(count.replace(",", "")), inner, outer


def units_in_one(unit: str, base: str, packs: dict[str, int], spec: str) -> int | None:
    """How many base units one ``unit`` holds, by the specification first, then the item's packs."""
    if not unit or same_unit(unit, base):
        return 1
    stated = {outer: (count, inner) for count, inner, outer in packs_in(spec)}
    if unit == "件" and unit not in stated and unit not in packs:
        # To a carrier 件 is a parcel: the one outermost pack that the specification states.
        outermost = set(stated) - {inner for _, inner in stated.values()}
        unit = outermost.pop() if len(outermost) == 1 else unit
    size, seen = 1, set()
    while unit in stated and unit not in seen:
        seen.add(unit)
        count, unit_inside = stated[unit]
        size, unit = size * count, unit_inside
        if not unit or same_unit(unit, base):
            return size
    return size * packs[unit] if unit in packs else None
