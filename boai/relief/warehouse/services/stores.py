"""Naming stores."""

from datetime import datetime

from django.db import transaction

from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.relief.warehouse import permissions
from boai.relief.warehouse.errors import StoreNameTaken
from boai.relief.warehouse.models import Store
from boai.relief.warehouse.values import StoreKind


@transaction.atomic
def open_store(
    actor: Actor,
    *,
    organisation_id: int,
    name: str,
    at: datetime,
    kind: str = StoreKind.STORE,
    address: str = "",
) -> int:
    """Open a store, or a hand-over point for goods that go straight to units.

    *Refuses*: ``NotPermitted``, ``StoreNameTaken``.
    """
    permissions.require_stores(actor, organisation_id)
    name = " ".join(name.split())[:80]
    if not name or Store.objects.filter(organisation_id=organisation_id, name=name).exists():
        raise StoreNameTaken(field="name", name=name)
    store = Store.objects.create(
        organisation_id=organisation_id,
        name=name,
        kind=StoreKind(kind),
        address=address.strip()[:200],
    )
    record(
        actor,
        "open-store",
        subject=f"warehouse.store:{store.pk}",
        at=at,
        organisation_id=organisation_id,
        detail={"kind": store.kind},
    )
    return int(store.pk)
