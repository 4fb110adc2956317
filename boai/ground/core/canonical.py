"""One byte form for one content: what digests, leaves and idempotency compare."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import repeat
from json.encoder import encode_basestring
from operator import itemgetter
from typing import Any

from boai.ground.core.clock import CHINA

_BARE = frozenset((str, int, bool, type(None)))
"""What JSON writes as it is; a dictionary of nothing else needs no copy."""
_TEXT = frozenset((str,))
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
)


def canonical(content: Any) -> bytes:
    """UTF-8 JSON with sorted keys, no spaces and no floats; dates and moments as ISO 8601.

    The same content always gives the same bytes. Floats are refused: amounts are whole numbers.
    """
    return _ENCODER.encode(content if _is_bare(content) else _plain(content)).encode()


def _is_bare(content: Any) -> bool:
    return (
        type(content) is dict
        and _BARE.issuperset(map(type, content.values()))
        and _TEXT.issuperset(map(type, content))
    )


def canonical_many(contents: Sequence[Any]) -> list[str]:
    """The canonical form of each content, as text. Dictionaries of one shape, which is what sets
    are made of, are written column by column."""
    return _alike(contents) or [canonical(content).decode() for content in contents]


def _alike(contents: Sequence[Any]) -> list[str]:
    """As ``canonical_many`` where all are plain dictionaries with the same names; else nothing."""
    if {type(content) for content in contents} != {dict} or len(set(map(len, contents))) != 1:
        return []
    names = sorted(contents[0]) if _TEXT.issuperset(map(type, contents[0])) else []
    if len(names) < 2:
        return []  # one name alone makes no tuple
    try:
        rows = list(map(itemgetter(*names), contents))
    except KeyError:
        return []
    return filled(names, zip(*rows, strict=True))


def filled(names: Sequence[str], columns: Iterable[Sequence[Any]]) -> list[str]:
    """The canonical form of dictionaries with these names (in order), given by their columns."""
    places = [f"{encode_basestring(name)}:".replace("%", "%%") + "%s" for name in names]
    template = "{" + ",".join(places) + "}"
    return [template % row for row in zip(*map(_column, columns), strict=True)]


def _column(values: Sequence[Any]) -> Iterable[Any]:
    """Each value of a column in its canonical form; equal ones are often one and the same."""
    first, kinds = values[0], set(map(type, values))
    if kinds == {str}:
        if first == values[-1] and values.count(first) == len(values):
            return repeat(encode_basestring(first), len(values))
        return map(encode_basestring, values)
    if kinds == {int}:
        return values
    if kinds == {dict}:
        return canonical_many(values)
    if kinds == {datetime}:
        return [f'"{moment(value)}"' for value in values]
    return [canonical(value).decode() for value in values]


def quoted(text: str) -> str:
    """One text as it stands in the canonical form.

    Whoever writes thousands of alike contents puts the pieces together around it; a property holds
    such a form to the bytes of ``canonical``.
    """
    return encode_basestring(text)


@lru_cache(maxsize=64)
def moment(at: datetime) -> str:
    """A moment as it stands in the canonical form, without the quotation marks."""
    return at.astimezone(CHINA).isoformat()


def digest(content: Any) -> str:
    """SHA-256 of the canonical form, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(content)).hexdigest()


def _plain(content: Any) -> Any:
    if content is None or isinstance(content, (str, int)):  # most values; bool is an int
        return content
    if isinstance(content, dict):
        return {str(key): _plain(value) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [_plain(value) for value in content]
    if isinstance(content, datetime):
        return moment(content)
    if isinstance(content, date):
        return content.isoformat()
    if isinstance(content, float):
        raise TypeError("a float has no canonical form")
    raise TypeError(f"no canonical form for {type(content).__name__}")
