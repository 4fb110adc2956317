"""The room registers itself."""

from boai.ground.kit.apps import RoomConfig


class FiguresConfig(RoomConfig):
    """The room figures: rooms declare figures, this room asks them and keeps the totals of days."""

    name = "boai.foundations.figures"
    label = "figures"
    default = True
