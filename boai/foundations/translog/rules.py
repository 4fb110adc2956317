"""What a leaf looks like. Pure."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256

from boai.foundations.translog.errors import LeafIsNotPlain, LeafIsTooLarge
from boai.foundations.translog.values import LARGEST_BODY, LeafOrder
from boai.ground.core.canonical import canonical, canonical_many, moment, quoted

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_KIND = re.compile(r"[a-z][a-z0-9-]{0,59}")


def commitment(salt: str, value: str) -> str:
    """SHA-256(salt || value) as hexadecimal digits; the salt is 32 random bytes, kept elsewhere.

    Without the salt the value cannot be found by trying: names and telephone numbers are few.
    """
    return sha256(bytes.fromhex(salt) + value.encode()).hexdigest()


def body_of(order: LeafOrder, commitments: Mapping[str, str]) -> str:
    """The leaf's text: canonical JSON. *Refuses* ``LeafIsNotPlain``, ``LeafIsTooLarge``."""
    if not _names_fit(order.kind, *order.facts, *commitments) or not 0 < len(order.ref) <= 140:
        raise LeafIsNotPlain(ref=order.ref[:140])
    try:
        facts = canonical(dict(order.facts)).decode()
        hidden = f'"commitments":{canonical(dict(commitments)).decode()},' if commitments else ""
        body = (
            f'{{"at":"{moment(order.at)}",{hidden}"facts":{facts},'
            f'"kind":"{order.kind}","ref":{quoted(order.ref)},"v":1}}'
        )
        length = len(body.encode())
    except (TypeError, ValueError, UnicodeEncodeError):
        raise LeafIsNotPlain(ref=order.ref[:140]) from None
    if length > LARGEST_BODY:
        raise LeafIsTooLarge(ref=order.ref)
    return body


def bodies_of(orders: Sequence[LeafOrder]) -> list[str]:
    """As ``body_of`` for leaves without commitments: the facts are written as a set."""
    if not orders:
        return []
    shapes = {(order.kind, *order.facts) for order in orders}
    longest = max(len(order.ref) for order in orders)
    if longest <= 140 and all(_names_fit(*shape) for shape in shapes):
        try:
            facts = canonical_many([order.facts for order in orders])
            bodies = [
                f'{{"at":"{moment(order.at)}","facts":{said},'
                f'"kind":"{order.kind}","ref":{quoted(order.ref)},"v":1}}'
                for order, said in zip(orders, facts, strict=True)
            ]
            if max(map(len, bodies)) * 4 <= LARGEST_BODY and all(order.ref for order in orders):
                return bodies
        except (TypeError, ValueError):
            pass  # one by one says which
    return [body_of(order, {}) for order in orders]


@lru_cache(maxsize=256)
def _names_fit(kind: str, *names: str) -> bool:
    """Kinds and names are the program's own: few, and met again with each leaf."""
    return bool(_KIND.fullmatch(kind)) and all(_NAME.fullmatch(name) for name in names)
