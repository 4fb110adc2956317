"""The acts of disbursing under one name, as other rooms call them."""

from boai.relief.finance.services.buying import receive_purchase
from boai.relief.finance.services.deciding import (
    call_off,
    countersign_direction,
    record_collective_decision,
    withdraw_directed_payment,
)
from boai.relief.finance.services.paying import confirm_receipt, pay
from boai.relief.finance.services.proposing import order_directed_payment, propose_disbursement

__all__ = [
    "call_off",
    "confirm_receipt",
    "countersign_direction",
    "order_directed_payment",
    "pay",
    "propose_disbursement",
    "receive_purchase",
    "record_collective_decision",
    "withdraw_directed_payment",
]
