"""Money that the giver directed to a unit goes there at once (H10)."""

from collections.abc import Sequence
from datetime import datetime

from boai.ground.core.actors import SYSTEM
from boai.relief.donations.models import Gift
from boai.relief.finance.services import disbursing

PURPOSE = "按捐赠人指定拨付"


def order_payments(gifts: Sequence[Gift], at: datetime) -> None:
    """Ask finance for a payment order for each directed gift of money.

    Money directed to the society itself stays in its directed fund.
    """
    for gift in gifts:
        if gift.directed_to_id in (None, gift.organisation_id) or not gift.amount_fen:
            continue
        if gift.fund_id is None:
            continue
        disbursing.order_directed_payment(
            SYSTEM,
            fund_id=gift.fund_id,
            amount=gift.amount_fen,
            source=f"donations.gift:{gift.number}",
            purpose=PURPOSE,
            at=at,
        )
