"""``boai clock``: whether the machine's clock is believed; ``boai clock confirm`` after a look."""

from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction
from django.utils.translation import gettext

from boai.foundations.trail.services.recording import record
from boai.ground.core import clock
from boai.ground.core.actors import SYSTEM
from boai.ground.kit.commands import DOES_NOT_HOLD, HouseCommand
from boai.ground.kit.db import sane_time


class Command(HouseCommand):
    """Says whether the clock is believed (exit 1 where not), or confirms it."""

    help = "系统时钟是否可信；confirm 由管理员确认"

    def own_arguments(self, parser: CommandParser) -> None:
        """Look, or confirm."""
        parser.add_argument("act", nargs="?", choices=("show", "confirm"), default="show")

    def run_command(self, **options: Any) -> int | None:
        """Answer the state, after confirming where that is asked."""
        if options["act"] == "confirm":
            at = clock.now()
            with transaction.atomic():
                before = sane_time.confirm(at)
                record(
                    SYSTEM,
                    "confirm-clock",
                    subject="kit.clock:1",
                    at=at,
                    detail={"before": before.isoformat() if before else ""},
                )
        found = sane_time.state()
        shown = clock.now().strftime("%Y-%m-%d %H:%M:%S %z")
        why = gettext(clock.REASONS[found]) if found else ""
        self.answer(
            {"ok": not found, "state": found or "sane", "now": clock.now().isoformat()},
            f"{shown}：{why or '系统时钟可信'}",
        )
        return DOES_NOT_HOLD if found else None
