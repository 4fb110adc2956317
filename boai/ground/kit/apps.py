"""How a room registers itself."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig

SELF_REGISTERING = (
    "receivers",
    "figures",
    "tasks",
    "jobs",
    "services.auditing",
    "importing",
    "services.importing",
)
"""Modules that fill a register when imported: listeners, figures, to-do lines, jobs, laws, importers."""


class RoomConfig(AppConfig):
    """Base of every room's ``AppConfig``: loads the modules that fill the registers of core."""

    default_auto_field = "django.db.models.BigAutoField"
    default = False

    def __init_subclass__(cls, **kwargs: object) -> None:
        """Django takes the one class marked so; the base itself stands in every room's module."""
        super().__init_subclass__(**kwargs)
        if "default" not in cls.__dict__:
            cls.default = True

    def ready(self) -> None:
        """Import the self-registering modules that this room has."""
        for name in SELF_REGISTERING:
            full = f"{self.name}.{name}"
            parent = full.rpartition(".")[0]
            if find_spec(parent) is not None and find_spec(full) is not None:
                import_module(full)


class KitConfig(RoomConfig):
    """The kit itself."""

    name = "boai.ground.kit"
    label = "kit"
