"""Money that the giver directed to a unit goes there at once (H10)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from boai.foundations.notices.services.queueing import notify
from boai.foundations.trail.services import recording
from boai.ground.core.actors import SYSTEM
from boai.ground.core.errors import Refusal
from boai.relief.donations.models import Gift
from boai.relief.donations.queries import net_of_many
from boai.relief.donations.values import gift_ref
from boai.relief.finance.queries import disbursement_by_id
from boai.relief.finance.services.disbursing import (
    order_directed_payment,
    withdraw_directed_payment,
)


def order_payments(gifts: Sequence[Gift], at: datetime) -> None:
    """Ask finance for a payment order for the directed money of a set, one for each unit's fund.

    The gift's direction is the basis; who pays is another's business (A10). A gift is never refused
    because its payment cannot be ordered: that is put on the trail and the accountants are told.
    """
    groups: dict[int, list[Gift]] = defaultdict(list)
    for gift in gifts:
        if gift.kind == "cash" and gift.directed_to_id is not None and gift.fund_id is not None:
            groups[gift.fund_id].append(gift)
    for fund_id, members in groups.items():
        _order(fund_id, members, sum(gift.amount_fen or 0 for gift in members), at)


def order_again(gift: Gift, reason: str, at: datetime) -> None:
    """Withdraw the unpaid payment order that a gift is part of, and order what is left of the
    gifts in it: after a refund nobody pays more than was given."""
    reference = gift.directed_order
    order = disbursement_by_id(int(reference.partition(":")[2])) if reference else None
    if order is None or order.state not in ("proposed", "decided"):
        return
    withdraw_directed_payment(SYSTEM, source=order.source, reason=reason, at=at)
    members = list(Gift.objects.filter(directed_order=reference).order_by("pk"))
    Gift.objects.filter(directed_order=reference).update(directed_order="")
    net = net_of_many(members)
    left = [each for each in members if each.state == "confirmed" and net[each.pk] > 0]
    if left:
        _order(order.fund_id, left, sum(net[each.pk] for each in left), at)


def _order(fund_id: int, members: Sequence[Gift], amount: int, at: datetime) -> None:
    first = members[0]
    purpose = first.purpose if len(members) == 1 and first.purpose else "按捐赠人指定拨付"
    try:
        with transaction.atomic():
            order_id = order_directed_payment(
                SYSTEM,
                fund_id=fund_id,
                amount=amount,
                source=gift_ref(first.number),
                purpose=purpose,
                at=at,
            )
    except Refusal as refusal:
        _tell(first, len(members), refusal.code, at)
        return
    ids = [gift.pk for gift in members]
    for start in range(0, len(ids), 5000):
        Gift.objects.filter(pk__in=ids[start : start + 5000]).update(
            directed_order=f"finance.disbursement:{order_id}"
        )


def _tell(gift: Gift, count: int, code: str, at: datetime) -> None:
    recording.record(
        SYSTEM,
        "directed-payment-not-ordered",
        subject=gift_ref(gift.number),
        at=at,
        organisation_id=gift.organisation_id,
        detail={"gifts": count, "reason": code},
    )
    notify(
        at=at,
        organisation_id=gift.organisation_id,
        role="ACC",
        title="定向捐款未能自动开出拨付单",
        body=f"自 {gift.number} 起 {count} 笔，请人工办理。",
        url="/desk/donations/",
    )
