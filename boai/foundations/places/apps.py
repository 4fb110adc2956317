"""The room registers itself."""

from boai.ground.kit.apps import RoomConfig


class PlacesConfig(RoomConfig):
    """The room places."""

    name = "boai.foundations.places"
    label = "places"
    default = True
