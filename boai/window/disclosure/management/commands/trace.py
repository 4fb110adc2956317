"""``boai trace NUMBER``: where a gift went; which gifts stand behind an expense, lot, waybill."""

from typing import Any

from django.core.management.base import CommandParser

from boai.ground.kit.commands import HouseCommand
from boai.window.disclosure.queries.tracing import trace
from boai.window.disclosure.rules.telling import lines_of


class Command(HouseCommand):
    """Where it went."""

    help = "Where a gift went; for an expense, refund, lot or waybill the gifts behind it."

    def own_arguments(self, parser: CommandParser) -> None:
        """The number."""
        parser.add_argument("number")

    def run_command(self, **options: Any) -> int | None:
        """Print the trace."""
        document = trace(options["number"])
        self.answer(document, "\n".join(lines_of(document)))
        return None
