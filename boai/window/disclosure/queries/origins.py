"""Where goods come from, in words the public may read: which gift or purchase, which appeal."""

from collections.abc import Iterable
from dataclasses import dataclass

from boai.foundations.ledger import queries as ledger
from boai.ground.core.refs import Ref
from boai.relief.donations import queries as donations
from boai.relief.finance import queries as finance
from boai.relief.warehouse import queries as warehouse

APPEAL_PREFIX = "donations.appeal:"


@dataclass(frozen=True, slots=True)
class Origin:
    """``kind`` is ``gift``, ``purchase``, ``repacking`` or ``other``; number and appeal may be empty."""

    kind: str
    number: str
    appeal: str


def appeal_of_fund(fund_id: int | None) -> str:
    """The slug of the appeal whose restriction a fund carries; empty for other funds."""
    if fund_id is None:
        return ""
    return ledger.fund(fund_id).appeal.removeprefix(APPEAL_PREFIX)


def origins_of(refs: Iterable[str]) -> dict[str, Origin]:
    """Each origin reference in public words; set-based over the gifts among them."""
    wanted = set(refs)
    parsed = {ref: _parsed(ref) for ref in wanted}
    gifts = donations.gifts_by_numbers([p.key for p in parsed.values() if p and _is_gift(p)])
    found = {}
    for ref, part in parsed.items():
        if part and _is_gift(part):
            gift = gifts.get(part.key)
            found[ref] = Origin("gift", part.key, gift.appeal_slug if gift else "")
        elif part and part.room == "finance" and part.kind == "disbursement":
            paid = finance.disbursement(part.key)
            appeal = appeal_of_fund(paid.fund_id) if paid else ""
            found[ref] = Origin("purchase", part.key, appeal)
        elif part and (part.room, part.kind) == ("warehouse", "repacking"):
            # Goods of one appeal stay that appeal's when they are put together.
            behind = origins_of(warehouse.origins_used(part.key))
            appeals = {origin.appeal for origin in behind.values()}
            found[ref] = Origin("repacking", part.key, appeals.pop() if len(appeals) == 1 else "")
        else:
            found[ref] = Origin("other", part.key if part else "", "")
    return found


def _is_gift(part: Ref) -> bool:
    return (part.room, part.kind) == ("donations", "gift")


def _parsed(ref: str) -> Ref | None:
    try:
        return Ref.parse(ref)
    except ValueError:
        return None
