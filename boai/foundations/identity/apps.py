"""The identity room."""

from boai.ground.kit.apps import RoomConfig


class IdentityConfig(RoomConfig):
    """Users, posts, the authorisation matrix."""

    name = "boai.foundations.identity"
    label = "identity"
    default = True
