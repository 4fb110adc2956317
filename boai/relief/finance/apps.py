"""The room's registration."""

from boai.ground.kit.apps import RoomConfig


class FinanceConfig(RoomConfig):
    """What is paid and bought."""

    name = "boai.relief.finance"
    label = "finance"
