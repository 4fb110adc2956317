"""What a leaf looks like. Pure."""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from boai.foundations.translog.errors import LeafIsNotPlain, LeafIsTooLarge
from boai.foundations.translog.values import LARGEST_BODY, LeafOrder
from boai.ground.core.canonical import canonical

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_KIND = re.compile(r"[a-z][a-z0-9-]{0,59}")


def commitment(salt: str, value: str) -> str:
    """SHA-256(salt || value) as hexadecimal digits; the salt is 32 random bytes, kept elsewhere.

    Without the salt the value cannot be found by trying: names and telephone numbers are few.
    """
    return sha256(bytes.fromhex(salt) + value.encode()).hexdigest()


def body_of(order: LeafOrder, commitments: Mapping[str, str]) -> str:
    """The leaf's text: canonical JSON. *Refuses* ``LeafIsNotPlain``, ``LeafIsTooLarge``."""
    names_fit = all(_NAME.fullmatch(name) for name in (*order.facts, *commitments))
    if not names_fit or not _KIND.fullmatch(order.kind) or not 0 < len(order.ref) <= 140:
        raise LeafIsNotPlain(ref=order.ref[:140])
    content: dict[str, Any] = {
        "at": order.at,
        "facts": dict(order.facts),
        "kind": order.kind,
        "ref": order.ref,
        "v": 1,
    }
    if commitments:
        content["commitments"] = dict(commitments)
    try:
        body = canonical(content)
    except (TypeError, ValueError, UnicodeEncodeError):
        raise LeafIsNotPlain(ref=order.ref[:140]) from None
    if len(body) > LARGEST_BODY:
        raise LeafIsTooLarge(ref=order.ref)
    return body.decode()
