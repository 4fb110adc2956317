"""The room's registration."""

from boai.ground.kit.apps import RoomConfig


class LedgerConfig(RoomConfig):
    """The books."""

    name = "boai.foundations.ledger"
    label = "ledger"
