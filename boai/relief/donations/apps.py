"""The room's registration."""

from boai.ground.kit.apps import RoomConfig


class DonationsConfig(RoomConfig):
    """Who gave what."""

    name = "boai.relief.donations"
    label = "donations"
