"""The room's registration."""

from boai.ground.kit.apps import RoomConfig


class ReceiptsConfig(RoomConfig):
    """Donation receipts."""

    name = "boai.relief.receipts"
    label = "receipts"
