"""The room registers itself."""

from boai.ground.kit.apps import RoomConfig


class CatalogueConfig(RoomConfig):
    """The room catalogue."""

    name = "boai.foundations.catalogue"
    label = "catalogue"
    default = True
