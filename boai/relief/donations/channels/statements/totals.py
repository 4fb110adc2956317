"""Lines that state a total instead of a gift, and sentences that do."""

import re
import unicodedata

from boai.ground.kit.spreadsheets.reading import Row, clean_text
from boai.relief.donations.channels.statements.cells import Unreadable, fen, is_number

_LABEL = re.compile(r"^(合|总|共|小|累)\s*计|^总\s*(金额|额|数|和)")
_PERSONS = re.compile(r"(?:共计?|合计|总计)\s*([\d,]+)\s*(人次|人|笔|条|户)")
_SUM = re.compile(
    r"(?:总金额|总额|合计|共计|总计)[^\d人笔条户]{0,8}([\d,]+(?:\.\d+)?)\s*(万元|元)?$"
)
_SENTENCE = re.compile(
    r"[^，。；]*?(?:收到|接收|接受)[^，。；\d]{0,12}(?:捐款|捐赠|善款)[^，。；\d]{0,10}"
    r"([\d,]+(?:\.\d+)?)\s*(万元|元)"
)


def labelled(row: Row) -> bool:
    """Whether some cell of the row says that this is a total (合计, 共计 ..., in any column)."""
    return any(_LABEL.match(_plain(cell)) for cell in row if isinstance(cell, str))


def stated(row: Row, factor: int = 1) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """The sums in fen and the numbers of people that a total line states, each with its words."""
    sums: list[tuple[str, int]] = []
    people: list[tuple[str, int]] = []
    label = ""
    for cell in row:
        if isinstance(cell, str):
            text = _plain(cell)
            persons, amount = _PERSONS.search(text), _SUM.search(text)
            if persons:
                people.append((text[:40], int(persons.group(1).replace(",", ""))))
            elif amount:
                times = 10_000 if amount.group(2) == "万元" else 1
                sums.extend(_sum(text[:40], amount.group(1), times))
            elif _LABEL.match(text):
                label = text[:40]
            elif label and is_number(cell):
                sums.extend(_sum(label, cell, factor))
        elif cell != "" and is_number(cell):
            sums.extend(_sum(label or "合计", cell, factor))
    return sums, people


def in_sentence(cell: object) -> list[tuple[str, int]]:
    """The sums that a headline states: ``收到社会捐款8,062.26万元``."""
    text = clean_text(cell)  # its commas stay Chinese: they end a clause, not a group of digits
    if len(text) < 12:
        return []
    found: list[tuple[str, int]] = []
    for match in _SENTENCE.finditer(text):
        times = 10_000 if match.group(2) == "万元" else 1
        found.extend(_sum(match.group(0).strip("，。； ")[:60], match.group(1), times))
    return found


def _sum(label: str, cell: object, factor: int) -> list[tuple[str, int]]:
    try:
        return [(label, fen(cell, factor))]
    except Unreadable:
        return []


def _plain(cell: object) -> str:
    return unicodedata.normalize("NFKC", clean_text(cell)).replace("：", ":")
