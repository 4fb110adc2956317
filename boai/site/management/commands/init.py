"""``boai init``: the database ready for use."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections

from boai.foundations.catalogue.services.seeding import seed_catalogue
from boai.foundations.organisations.services.seeding import seed_societies
from boai.foundations.places.services.seeding import seed_divisions
from boai.ground.core.actors import SYSTEM
from boai.ground.core.clock import now
from boai.ground.kit.commands import HouseCommand
from boai.ground.kit.db.roles import grant_to
from boai.site.startup import UnsafeToStart, refuse_unsafe_start


class Command(HouseCommand):
    """Makes or updates the database of ``BOAI_HOME``; running it again changes nothing.

    With ``BOAI_DATABASE_OWNER_URL`` set beside ``BOAI_DATABASE_URL`` the first role migrates and
    gives the second exactly what serving needs.
    """

    help = "建立或更新数据库"

    def run_command(self, **options: Any) -> int | None:
        """Refuse unsafe settings, migrate, take in the lists that come with the house."""
        try:
            refuse_unsafe_start()
        except UnsafeToStart as unsafe:
            raise CommandError(str(unsafe), returncode=1) from unsafe
        alias = "owner" if "owner" in settings.DATABASES else "default"
        call_command("migrate", database=alias, interactive=False, verbosity=0, stdout=self.stderr)
        if alias == "owner":
            grant_to(connections[alias], str(settings.DATABASES["default"]["USER"]))
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        # Divisions, the tree of societies and the catalogue come with the house.
        seed_divisions(SYSTEM)
        seed_societies(SYSTEM, at=now())
        seed_catalogue(SYSTEM)
        where = str(settings.DATABASES["default"]["NAME"])
        self.answer({"ok": True, "database": where}, f"数据库已就绪：{where}")
        return None
