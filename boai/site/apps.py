"""The roof as a Django app."""

from importlib import import_module

from boai.ground.kit.apps import RoomConfig


class SiteConfig(RoomConfig):
    """Registers the site's own receivers, checks and the values of every page's frame."""

    name = "boai.site"
    label = "site"

    def ready(self) -> None:
        """Load what registers itself."""
        super().ready()
        import_module("boai.site.frame")
        import_module("boai.site.checks")
