"""The room registers itself."""

from boai.ground.kit.apps import RoomConfig


class NoticesConfig(RoomConfig):
    """The room notices."""

    name = "boai.foundations.notices"
    label = "notices"
    default = True
