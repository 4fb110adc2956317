"""Who may do what with appeals and gifts."""

from boai.foundations.identity import queries as identity
from boai.foundations.identity.services.authorising import require
from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotPermitted
from boai.relief.donations.errors import TakingInNeedsABooker


def require_draft_appeal(actor: Actor, organisation_id: int) -> None:
    """Programme officers and publishers draft, open and suspend appeals."""
    require(actor, "donations.appeal", organisation_id=organisation_id)


def require_approve_appeal(actor: Actor, organisation_id: int) -> None:
    """Members of the command approve (S1-16)."""
    require(actor, "donations.approve-appeal", organisation_id=organisation_id)


def require_book(actor: Actor, organisation_id: int) -> None:
    """Cashiers, intake clerks and the system book money that has arrived."""
    require(actor, "donations.confirm", organisation_id=organisation_id)


def require_import(actor: Actor, organisation_id: int) -> None:
    """Cashiers, accountants and intake clerks bring statements and look at them."""
    require(actor, "donations.import", organisation_id=organisation_id)


def require_take_in(actor: Actor, organisation_id: int) -> None:
    """Taking a file in books what it says: an accountant's file is taken in by another person, a
    cashier or an intake clerk (matrix: matching of bank lines, ACC ``U 2``).

    *Refuses* ``NotPermitted``; ``TakingInNeedsABooker`` to who may prepare a file only.
    """
    require_import(actor, organisation_id)
    if not identity.may(actor, "donations.confirm", organisation_id=organisation_id):
        raise TakingInNeedsABooker


def takes_in(actor: Actor) -> bool:
    """Whether this reader is offered to take files in."""
    return actor.organisation_id is not None and identity.may(
        actor, "donations.confirm", organisation_id=actor.organisation_id
    )


def require_cash(actor: Actor, organisation_id: int) -> None:
    """Cash is taken by two people of the counter (H02)."""
    require(actor, "donations.cash", organisation_id=organisation_id)


def require_register_goods(actor: Actor, organisation_id: int, *, overseas: bool) -> None:
    """Home and overseas goods have separate receivers (S0-28)."""
    action = "donations.register-overseas" if overseas else "donations.register"
    require(actor, action, organisation_id=organisation_id)


def require_give(actor: Actor) -> None:
    """Everybody may give."""
    require(actor, "donations.give")


def require_see(actor: Actor, organisation_id: int) -> None:
    """Staff who read the gift list."""
    require(actor, "donations.see", organisation_id=organisation_id)


def sees_masked(actor: Actor) -> bool:
    """Whether the names of givers are masked for this reader."""
    return identity.sees_masked(actor, "donations.see")


def require_refund(actor: Actor, organisation_id: int) -> int:
    """Cashiers and accountants of the society itself give money back, two of them for each;
    answers the person. *Refuses* ``NotPermitted``."""
    require(actor, "donations.reverse", organisation_id=organisation_id)
    if actor.person_id is None or actor.organisation_id != organisation_id:
        raise NotPermitted
    return actor.person_id


def require_receipt(actor: Actor, organisation_id: int) -> None:
    """Intake clerks, cashiers and accountants draw up receipts of their own society's gifts."""
    require(actor, "receipts.draw", organisation_id=organisation_id)
    if actor.organisation_id != organisation_id:
        raise NotPermitted


def require_reconcile(actor: Actor, organisation_id: int) -> int:
    """Cashiers and accountants of the society itself hold channels against the books; answers the
    person. *Refuses* ``NotPermitted``."""
    return require_refund(actor, organisation_id)
