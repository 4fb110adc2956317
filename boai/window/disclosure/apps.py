"""The room registers itself."""

from boai.ground.kit.apps import RoomConfig


class DisclosureConfig(RoomConfig):
    """The room disclosure."""

    name = "boai.window.disclosure"
    label = "disclosure"
    default = True
