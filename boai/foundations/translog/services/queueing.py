"""Queueing leaves: in the transaction of the act that they make public."""

import secrets as randomness
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from boai.foundations.translog.errors import LeafIsNotPlain, LeafIsThereAlready
from boai.foundations.translog.models import Leaf, LeafSalt
from boai.foundations.translog.rules import bodies_of, body_of, commitment
from boai.foundations.translog.values import LeafOrder
from boai.ground.kit.db.bulk import append_rows, known_values
from boai.ground.merkle.hashing import leaf_hash


def queue_leaf(
    *,
    ref: str,
    kind: str,
    facts: Mapping[str, Any],
    at: datetime,
    secrets: Mapping[str, str] | None = None,
) -> None:
    """Queue the leaf of one public act. See ``queue_leaves``."""
    queue_leaves([LeafOrder(ref, kind, facts, at, secrets or {})])


def queue_leaves(many: Sequence[LeafOrder]) -> None:
    """Queue one leaf for each public act, in the caller's transaction.

    Facts stand in the leaf as they are: the caller has picked them from an allow-list. Secrets
    stand in it as salted commitments only; the salts go into a table of their own, from which they
    can be deleted (I-38). *Refuses*: ``LeafIsThereAlready``, ``LeafIsTooLarge``,
    ``LeafIsNotPlain``.
    """
    refs = [order.ref for order in many]
    with transaction.atomic():
        _refuse_repeated(refs)
        salts = [
            (order.ref, name, randomness.token_hex(32))
            for order in many
            if order.secrets
            for name in sorted(order.secrets)
        ]
        bodies = _bodies(many, salts)
        append_rows(
            Leaf,
            len(many),
            {
                "ref": refs,
                "kind": [order.kind for order in many],
                "body": bodies,
                "leaf_hash": list(map(_hash_of, bodies, refs)),
                "queued_at": [order.at for order in many],
            },
            with_ids=False,
        )
        append_rows(
            LeafSalt,
            len(salts),
            {
                "ref": [ref for ref, _name, _salt in salts],
                "name": [name for _ref, name, _salt in salts],
                "salt": [salt for _ref, _name, salt in salts],
            },
            with_ids=False,
        )


def _bodies(many: Sequence[LeafOrder], salts: Sequence[tuple[str, str, str]]) -> list[str]:
    if not salts:
        return bodies_of(many)
    kept: dict[str, dict[str, str]] = defaultdict(dict)
    for ref, name, salt in salts:
        kept[ref][name] = salt
    return [
        body_of(
            order,
            {
                name: commitment(salt, order.secrets[name])
                for name, salt in kept.get(order.ref, {}).items()
            },
        )
        for order in many
    ]


def _hash_of(body: str, ref: str) -> str:
    try:
        return leaf_hash(body.encode()).hex()
    except UnicodeEncodeError:  # half a character
        raise LeafIsNotPlain(ref=ref[:140]) from None


def _refuse_repeated(refs: Sequence[str]) -> None:
    if len(set(refs)) < len(refs):
        twice = next(ref for ref, times in Counter(refs).items() if times > 1)
        raise LeafIsThereAlready(ref=twice)
    for ref in known_values(Leaf._meta.db_table, "ref", refs)[:1]:
        raise LeafIsThereAlready(ref=ref)
