"""The warehouse room."""

from boai.ground.kit.apps import RoomConfig


class WarehouseConfig(RoomConfig):
    """Stores, lots and who moved them."""

    name = "boai.relief.warehouse"
    label = "warehouse"
