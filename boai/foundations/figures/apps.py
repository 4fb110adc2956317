"""The room registers itself."""

from boai.ground.kit.apps import RoomConfig


class FiguresConfig(RoomConfig):
    """The room figures. It has no tables: rooms declare figures, this room asks them."""

    name = "boai.foundations.figures"
    label = "figures"
    default = True
