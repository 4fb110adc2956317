"""The room registers itself."""

from boai.ground.kit.apps import RoomConfig


class AllocationConfig(RoomConfig):
    """The room allocation."""

    name = "boai.relief.allocation"
    label = "allocation"
    default = True
