"""How the warehouse's acts read in the books: accounts and legs, in one place."""

from boai.foundations.ledger.values import AccountKey, Leg
from boai.relief.warehouse.models import Lot


def account(lot: Lot, kind: str, ref: str) -> AccountKey:
    """The account of one lot in one place (``kind`` as the books name them)."""
    return AccountKey(
        organisation_id=lot.organisation_id,
        kind=kind,
        ref=ref,
        commodity=f"item:{lot.item_id}",
        lot=lot.pk,
    )


def origin(lot: Lot) -> AccountKey:
    """Where the goods came from."""
    return account(lot, "origin", lot.origin)


def bench(child: Lot) -> AccountKey:
    """Between two lots: the books refuse a posting from lot to lot, so a split passes here."""
    return AccountKey(
        organisation_id=child.organisation_id,
        kind="origin",
        ref=f"warehouse.split:{child.number}",
        commodity=f"item:{child.item_id}",
    )


def table(organisation_id: int, item_id: int, number: str) -> AccountKey:
    """The packing table of one repacking: lots of an item go onto it, new lots come off it."""
    return AccountKey(organisation_id, "origin", repacking(number), f"item:{item_id}")


def repacking(number: str) -> str:
    """The reference of a repacking in the books."""
    return f"warehouse.repacking:{number}"


def in_quarantine(lot: Lot) -> AccountKey:
    """Waiting for inspection, in the lot's store."""
    return account(lot, "quarantine", shelf(lot.store_id))


def on_hand(lot: Lot) -> AccountKey:
    """On the shelf and free, in the lot's store."""
    return account(lot, "on_hand", shelf(lot.store_id))


def reserved(lot: Lot, for_ref: str) -> AccountKey:
    """Set aside for one approved reason."""
    return account(lot, "reserved", for_ref)


def in_transit(lot: Lot, transport: str) -> AccountKey:
    """On the way, on one waybill."""
    return account(lot, "in_transit", transport)


def delivered(lot: Lot, receiver: str) -> AccountKey:
    """With a receiver, under its organisation code or the name's digest."""
    return account(lot, "delivered", receiver)


def written_off(lot: Lot) -> AccountKey:
    """Lost, spoilt or destroyed."""
    return account(lot, "written_off", shelf(lot.store_id))


def sent_back(lot: Lot) -> AccountKey:
    """Gone back to where it came from."""
    return account(lot, "returned", lot.origin)


def shelf(store_id: int) -> str:
    """The reference of a store in the books."""
    return f"warehouse.store:{store_id}"


def move(debit: AccountKey, credit: AccountKey, quantity: int) -> Leg:
    """Goods go to ``debit`` from ``credit``."""
    return Leg(debit=debit, credit=credit, amount=quantity)
