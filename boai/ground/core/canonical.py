"""One byte form for one content: what digests, leaves and idempotency compare."""

import hashlib
import json
from datetime import date, datetime
from typing import Any

from boai.ground.core.clock import CHINA


def canonical(content: Any) -> bytes:
    """UTF-8 JSON with sorted keys, no spaces and no floats; dates and moments as ISO 8601.

    The same content always gives the same bytes. Floats are refused: amounts are whole numbers.
    """
    return json.dumps(
        _plain(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


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
        return content.astimezone(CHINA).isoformat()
    if isinstance(content, date):
        return content.isoformat()
    if isinstance(content, float):
        raise TypeError("a float has no canonical form")
    raise TypeError(f"no canonical form for {type(content).__name__}")
