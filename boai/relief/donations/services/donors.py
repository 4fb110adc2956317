"""Who gave: found again by telephone or uscc, sealed at rest."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from boai.ground.kit.db.bulk import append_rows, chunks, rows_among
from boai.ground.kit.db.sealed import blind_index, seal_many
from boai.relief.donations import rules
from boai.relief.donations.models import Donor
from boai.relief.donations.values import GiftOrder

CHUNK = 5000


class _Draft(NamedTuple):
    """A donor who may be new; ``identity`` is the blind index, empty for a bare name."""

    kind: str
    name: str
    phone: str
    uscc: str
    identity: str | None


def find_or_register(
    organisation_id: int, orders: Sequence[GiftOrder], at: datetime
) -> list[int | None]:
    """The donor of each order, in order; none where the channel told no name and no telephone.

    A name with a telephone or uscc is the same donor each time; a bare name is a new one, because
    two people of one name are two people.
    """
    drafts = [_draft(order) for order in orders]
    wanted = {d.identity for d in drafts if d is not None and d.identity}
    known = _known(organisation_id, list(wanted)) if wanted else {}
    fresh: dict[int, _Draft] = {}
    first_of: dict[str, int] = {}
    for place, draft in enumerate(drafts):
        if draft is None or (draft.identity and draft.identity in known):
            continue
        if draft.identity:
            if draft.identity in first_of:
                continue
            first_of[draft.identity] = place
        fresh[place] = draft
    ids = dict(zip(fresh, _register(organisation_id, list(fresh.values()), at), strict=True))
    for identity, place in first_of.items():
        known[identity] = ids[place]
    return [
        None if d is None else (known[d.identity] if d.identity else ids[place])
        for place, d in enumerate(drafts)
    ]


def _register(organisation_id: int, fresh: Sequence[_Draft], at: datetime) -> list[int]:
    table = Donor._meta.db_table
    return append_rows(
        Donor,
        len(fresh),
        {
            "organisation_id": organisation_id,
            "kind": [draft.kind for draft in fresh],
            "name": seal_many([draft.name for draft in fresh], f"{table}.name"),
            "name_index": [
                blind_index("donor-name", draft.name) if draft.name else "" for draft in fresh
            ],
            "phone": seal_many([draft.phone for draft in fresh], f"{table}.phone"),
            "phone_index": [
                blind_index("phone", draft.phone) if draft.phone else "" for draft in fresh
            ],
            "uscc": [draft.uscc for draft in fresh],
            "identity_index": [draft.identity for draft in fresh],
            "since": at,
        },
    )


def _draft(order: GiftOrder) -> _Draft | None:
    name = rules.cleaned(order.donor_name, label="姓名", limit=200, field="donor_name")
    phone = rules.neat_phone(order.phone) if order.phone else ""
    if not name and not phone:
        return None
    known_by = order.uscc or phone
    return _Draft(
        order.donor_kind,
        name,
        phone,
        order.uscc[:18],
        blind_index("donor", f"{name}|{known_by}") if known_by else None,
    )


def _known(organisation_id: int, indexes: list[str]) -> dict[str, int]:
    known: dict[str, int] = {}
    wanted, also = ("identity_index", "id"), {"organisation_id": organisation_id}
    for part in chunks(indexes, CHUNK):
        known.update(rows_among(Donor._meta.db_table, wanted, "identity_index", part, also))
    return known
