"""The room registers itself."""

from boai.ground.kit.apps import RoomConfig


class CertificatesConfig(RoomConfig):
    """The room certificates."""

    name = "boai.foundations.certificates"
    label = "certificates"
    default = True
