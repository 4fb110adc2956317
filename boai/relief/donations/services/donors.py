"""Who gave: found again by telephone or uscc, sealed at rest."""

from collections.abc import Sequence
from datetime import datetime

from boai.ground.kit.db.sealed import blind_index
from boai.relief.donations import rules
from boai.relief.donations.models import Donor
from boai.relief.donations.values import GiftOrder

CHUNK = 5000


def find_or_register(
    organisation_id: int, orders: Sequence[GiftOrder], at: datetime
) -> list[int | None]:
    """The donor of each order, in order; none where the channel told no name and no telephone.

    A name with a telephone or uscc is the same donor each time; a bare name is a new one, because
    two people of one name are two people.
    """
    drafts = [_draft(organisation_id, order, at) for order in orders]
    wanted = {d.identity_index for d in drafts if d is not None and d.identity_index}
    known = _known(organisation_id, [index for index in wanted if index])
    fresh: list[Donor] = []
    first_of: dict[str, Donor] = {}
    for draft in drafts:
        if draft is None or (draft.identity_index and draft.identity_index in known):
            continue
        if draft.identity_index:
            if draft.identity_index in first_of:
                continue
            first_of[draft.identity_index] = draft
        fresh.append(draft)
    Donor.objects.bulk_create(fresh, batch_size=1000)
    for index, donor in first_of.items():
        known[index] = donor.pk
    return [
        None if d is None else (known[d.identity_index] if d.identity_index else d.pk)
        for d in drafts
    ]


def _draft(organisation_id: int, order: GiftOrder, at: datetime) -> Donor | None:
    name = rules.cleaned(order.donor_name, label="姓名", limit=200, field="donor_name")
    phone = rules.neat_phone(order.phone)
    if not name and not phone:
        return None
    identity = order.uscc or phone
    return Donor(
        organisation_id=organisation_id,
        kind=order.donor_kind,
        name=name,
        name_index=blind_index("donor-name", name) if name else "",
        phone=phone,
        phone_index=blind_index("phone", phone) if phone else "",
        uscc=order.uscc[:18],
        identity_index=blind_index("donor", f"{name}|{identity}") if identity else None,
        since=at,
    )


def _known(organisation_id: int, indexes: list[str]) -> dict[str, int]:
    known: dict[str, int] = {}
    for start in range(0, len(indexes), CHUNK):
        rows = Donor.objects.filter(
            organisation_id=organisation_id, identity_index__in=indexes[start : start + CHUNK]
        ).values_list("identity_index", "id")
        known.update({index: donor_id for index, donor_id in rows if index})
    return known
