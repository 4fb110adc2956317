"""Which society a person's post belongs to, and how lines of a list are shown."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from boai.foundations.catalogue import queries as catalogue
from boai.foundations.catalogue.values import ItemRow
from boai.foundations.organisations import queries as organisations
from boai.foundations.organisations.values import OrganisationRow
from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotFound
from boai.relief.allocation import permissions, queries
from boai.relief.allocation.values import ListLineRow, ListRow, RequestRow


def home_of(actor: Actor) -> OrganisationRow:
    """The organisation of the actor's post. *Refuses*: ``NotFound``."""
    found = organisations.row(actor.organisation_id) if actor.organisation_id else None
    if found is None:
        raise NotFound
    return found


def society_of(actor: Actor) -> OrganisationRow:
    """The society itself, or for an outside body the one it turns to. *Refuses*: ``NotFound``."""
    society = queries.society_for(home_of(actor).id)
    found = organisations.row(society) if society is not None else None
    if found is None:
        raise NotFound
    return found


def request_for(actor: Actor, request_id: int) -> RequestRow:
    """A request that the actor may see; another looks like none. *Refuses*: ``NotFound``."""
    row = queries.request(request_id)
    if not permissions.may_see_request(actor, row.receiver_id, row.society_id):
        raise NotFound
    return row


def request_url(request_id: int) -> str:
    """The address of a request."""
    return reverse("allocation-request", args=[request_id])


@dataclass(frozen=True, slots=True)
class Offered:
    """A line of list 1 with its item and, on forms, its field."""

    line: ListLineRow
    item: ItemRow
    field: Any = None


def offered(found: ListRow, receiver_id: int | None = None) -> list[Offered]:
    """The lines with something left that this receiver may ask for, by item."""
    items = catalogue.items_by_ids(line.item_id for line in found.lines)
    fit = [
        Offered(line, items[line.item_id])
        for line in found.lines
        if line.left > 0 and (receiver_id is None or line.directed_to in (None, receiver_id))
    ]
    return sorted(fit, key=lambda one: (one.item.name, one.line.id))
