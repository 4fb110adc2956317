"""``boai gift NUMBER``: one gift, as the public may see it."""

import json
from typing import Any

from django.core.management.base import CommandParser

from boai.ground.kit.commands import HouseCommand
from boai.window.disclosure.queries.tracing import gift


class Command(HouseCommand):
    """One gift."""

    help = "One gift, as the public may see it."

    def own_arguments(self, parser: CommandParser) -> None:
        """The number."""
        parser.add_argument("number")

    def run_command(self, **options: Any) -> int | None:
        """Print the gift."""
        document = gift(options["number"])
        for line in document.get("lines", []):
            line.pop("id", None)
        self.answer(document, json.dumps(document, ensure_ascii=False, indent=1))
        return None
