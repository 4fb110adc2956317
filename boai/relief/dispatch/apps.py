"""The dispatch room."""

from boai.ground.kit.apps import RoomConfig


class DispatchConfig(RoomConfig):
    """Waybills and hand-over."""

    name = "boai.relief.dispatch"
    label = "dispatch"
