"""The room registers itself."""

from boai.ground.kit.apps import RoomConfig


class TranslogConfig(RoomConfig):
    """The room translog."""

    name = "boai.foundations.translog"
    label = "translog"
    default = True
