"""The room registers itself."""

from boai.ground.kit.apps import RoomConfig


class OrganisationsConfig(RoomConfig):
    """The room organisations."""

    name = "boai.foundations.organisations"
    label = "organisations"
    default = True
