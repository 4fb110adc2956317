"""The room registers itself."""

from boai.ground.kit.apps import RoomConfig


class TrailConfig(RoomConfig):
    """The room trail."""

    name = "boai.foundations.trail"
    label = "trail"
    default = True
