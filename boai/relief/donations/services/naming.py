"""The consent to be named, given and withdrawn by the giver (I-33)."""

from datetime import datetime

from django.db import transaction

from boai.foundations.trail.services import recording
from boai.ground.core.actors import Actor
from boai.ground.core.events import announce
from boai.ground.kit.search import tokens
from boai.relief.donations import events, permissions, rules
from boai.relief.donations.models import Gift, NamingConsent
from boai.relief.donations.services import looking
from boai.relief.donations.values import gift_ref


def tokens_of(shown: str) -> str:
    """The search tokens of a public name; none for none."""
    return tokens(shown) if shown else ""


def change_naming(
    actor: Actor,
    *,
    number: str,
    query_code: str,
    named: bool,
    display_name: str = "",
    client: str = "",
    at: datetime,
) -> None:
    """Give or withdraw the consent to be named, with the gift's number and query code. A withdrawn
    name is erased from the gift, so that no live page can show it.

    *Refuses*: ``GiftIsNotFound`` (wrong code and no such gift alike), ``TooManyAttempts``,
    ``DisplayNameIsMissing``, ``TextIsTooLong``. *Announces* ``NamingChanged``.
    """
    permissions.require_give(actor)
    gift_id = looking.look_up(number=number, query_code=query_code, client=client, at=at).id
    with transaction.atomic():
        gift = Gift.objects.select_for_update().get(pk=gift_id)
        shown = rules.shown_name(named, display_name)
        if (gift.named, gift.display_name) == (named, shown):
            return
        gift.named, gift.display_name, gift.search_tokens = named, shown, tokens_of(shown)
        gift.save(update_fields=["named", "display_name", "search_tokens"])
        NamingConsent.objects.create(gift=gift, named=named, by="giver", at=at)
        recording.record(
            actor,
            "change-naming",
            subject=gift_ref(gift.number),
            at=at,
            organisation_id=gift.organisation_id,
            detail={"named": named},
        )
        announce(
            events.NamingChanged(
                gift_id=gift.pk,
                number=gift.number,
                organisation_id=gift.organisation_id,
                named=named,
                at=at,
            )
        )
