"""``boai init``: the database ready for use."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from boai.foundations.catalogue.services.seeding import seed_catalogue
from boai.foundations.organisations.services.seeding import seed_societies
from boai.foundations.places.services.seeding import seed_divisions
from boai.ground.core.actors import SYSTEM
from boai.ground.core.clock import now
from boai.ground.kit.commands import HouseCommand
from boai.site.startup import UnsafeToStart, refuse_unsafe_start


class Command(HouseCommand):
    """Makes or updates the database of ``BOAI_HOME``; running it again changes nothing."""

    help = "建立或更新数据库"

    def run_command(self, **options: Any) -> int | None:
        """Refuse unsafe settings, migrate, take in the lists that come with the house."""
        try:
            refuse_unsafe_start()
        except UnsafeToStart as unsafe:
            raise CommandError(str(unsafe), returncode=1) from unsafe
        call_command("migrate", interactive=False, verbosity=0, stdout=self.stderr)
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        # Divisions, the tree of societies and the catalogue come with the house.
        seed_divisions(SYSTEM)
        seed_societies(SYSTEM, at=now())
        seed_catalogue(SYSTEM)
        where = str(settings.DATABASES["default"]["NAME"])
        self.answer({"ok": True, "database": where}, f"数据库已就绪：{where}")
        return None
