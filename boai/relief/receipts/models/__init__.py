"""Tables of the room. Rows are added; what becomes of them is added too."""

from boai.relief.receipts.models.fiscal import Transmission
from boai.relief.receipts.models.issued import Receipt, Voiding
from boai.relief.receipts.models.slips import Slip
from boai.relief.receipts.models.stock import Allowance, Block, Entitlement

__all__ = ["Allowance", "Block", "Entitlement", "Receipt", "Slip", "Transmission", "Voiding"]
