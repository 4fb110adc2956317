"""Saying no to those who may not."""

from boai.foundations.identity import permissions
from boai.foundations.identity.errors import MustBeTwoPeople
from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotPermitted


def require(actor: Actor, action: str, *, organisation_id: int | None = None) -> None:
    """Let the act pass if the matrix allows it, here where an organisation is named.

    *Refuses*: ``NotPermitted``. *Raises* ``ActionHasNoLine`` for an unknown action.
    """
    permissions.require(actor, action, organisation_id=organisation_id)


def require_two_people(first_person_id: int | None, second: Actor) -> None:
    """Let the second signature pass if another natural person gave the first (I-18, I-21).

    *Refuses*: ``MustBeTwoPeople`` for the same person, also through another account;
    ``NotPermitted`` where either signature is not a person's.
    """
    if first_person_id is None or second.person_id is None:
        raise NotPermitted
    if first_person_id == second.person_id:
        raise MustBeTwoPeople
