"""Queueing leaves: in the transaction of the act that they make public."""

import secrets as randomness
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from boai.foundations.translog.errors import LeafIsThereAlready
from boai.foundations.translog.models import Leaf, LeafSalt
from boai.foundations.translog.rules import body_of, commitment
from boai.foundations.translog.values import LeafOrder
from boai.ground.merkle.hashing import leaf_hash

_AT_ONCE = 2000


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
    with transaction.atomic():
        _refuse_repeated([order.ref for order in many])
        leaves, salts = [], []
        for order in many:
            own = [
                LeafSalt(ref=order.ref, name=name, salt=randomness.token_hex(32))
                for name in sorted(order.secrets)
            ]
            commitments = {s.name: commitment(s.salt, order.secrets[s.name]) for s in own}
            body = body_of(order, commitments)
            leaves.append(
                Leaf(
                    ref=order.ref,
                    kind=order.kind,
                    body=body,
                    leaf_hash=leaf_hash(body.encode()).hex(),
                    queued_at=order.at,
                )
            )
            salts += own
        Leaf.objects.bulk_create(leaves, batch_size=_AT_ONCE)
        LeafSalt.objects.bulk_create(salts, batch_size=_AT_ONCE)


def _refuse_repeated(refs: Sequence[str]) -> None:
    seen: set[str] = set()
    for ref in refs:
        if ref in seen:
            raise LeafIsThereAlready(ref=ref)
        seen.add(ref)
    for first in range(0, len(refs), _AT_ONCE):
        known = Leaf.objects.filter(ref__in=refs[first : first + _AT_ONCE])
        for ref in known.values_list("ref", flat=True)[:1]:
            raise LeafIsThereAlready(ref=ref)
