"""Search that finds Chinese: the same on SQLite and on PostgreSQL.

A ``search_tokens`` text column holds the pieces of what may be searched, each between spaces:
single characters and pairs of neighbouring Chinese characters, Latin words and numbers, the full
pinyin of each run and its initials. A query is cut the same way and every piece must be there.
"""

import re
import unicodedata

from django.db.models import Q
from pypinyin import Style, lazy_pinyin

_RUN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+|[0-9a-z]+")
SURNAMES = {
    "区": "ou", "仇": "qiu", "单": "shan", "解": "xie", "查": "zha", "曾": "zeng", "朴": "piao",
    "任": "ren", "华": "hua", "盖": "ge", "尉迟": "yuchi", "万俟": "moqi", "乐": "yue",
    "员": "yun", "缪": "miao", "翟": "zhai", "覃": "qin", "冼": "xian", "逄": "pang",
}  # fmt: skip
"""Readings of characters as surnames, where the dictionary gives the common one."""

LONGEST_TEXT = 2000
LONGEST_QUERY = 60


def tokens(text: str) -> str:
    """The pieces of a text for a ``search_tokens`` column, with a space at both ends."""
    pieces: dict[str, None] = {}
    for run in _runs(text[:LONGEST_TEXT]):
        if run[0].isascii():
            pieces[run] = None
        else:
            pieces.update(dict.fromkeys(run))
            pieces.update(dict.fromkeys(_pairs(run)))
            if len(run) <= 40:
                pieces.update(dict.fromkeys(_pinyin(run)))
    return f" {' '.join(pieces)} " if pieces else ""


def search_filter(field: str, query: str) -> Q:
    """A condition: every piece of the query is among the tokens; nothing asked, nothing kept out.

    A Chinese run matches by its neighbouring pairs, a Latin word or number by its beginning.
    """
    condition = Q()
    for run in _runs(query[:LONGEST_QUERY]):
        if run[0].isascii():
            condition &= Q(**{f"{field}__contains": f" {run}"})
        else:
            for piece in _pairs(run) or [run]:
                condition &= Q(**{f"{field}__contains": f" {piece} "})
    return condition


def _runs(text: str) -> list[str]:
    return _RUN.findall(unicodedata.normalize("NFKC", text).lower())


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)]


def _pinyin(run: str) -> list[str]:
    """Full pinyin and initials of a run and, for long ones, from every character on.

    So 武汉帐篷 is found by ``wuhan``, ``zhangpeng`` and ``zp`` alike.
    """
    sounds = [s for s in lazy_pinyin(run, style=Style.NORMAL, errors="ignore") if s.isascii()]
    if not sounds:
        return []
    found = []
    for start in range(len(sounds)):
        found.append("".join(sounds[start : start + 4]))
        found.append("".join(sound[0] for sound in sounds[start:])[:12])
    found.append("".join(sounds)[:60])
    surname = SURNAMES.get(run[:2]) or SURNAMES.get(run[0])
    if surname and len(run) <= 4:
        rest = sounds[2 if run[:2] in SURNAMES else 1 :]
        found += [surname + "".join(rest), "".join(s[0] for s in [surname, *rest])]
    return found
