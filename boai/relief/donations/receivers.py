"""News from below: the store has received goods."""

from boai.ground.core.actors import SYSTEM
from boai.ground.core.events import listens_to
from boai.ground.core.refs import Ref
from boai.relief.donations.services import registering
from boai.relief.warehouse.events import GoodsReceived


@listens_to(GoodsReceived)
def confirm_gift_of_goods(fact: GoodsReceived) -> None:
    """Goods of a gift are here: the gift is confirmed with the quantities that were counted."""
    try:
        origin = Ref.parse(fact.origin)
    except ValueError:
        return
    if (origin.room, origin.kind) == ("donations", "gift"):
        registering.confirm_received(SYSTEM, number=origin.key, at=fact.at)
