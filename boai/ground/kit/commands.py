"""The base of the house's commands: ``--json`` on standard output, messages on standard error."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from boai.ground.core.errors import Refusal
from boai.ground.kit.web.refusals import explain

FINE, DOES_NOT_HOLD, WRONG_USAGE = 0, 1, 2


class HouseCommand(BaseCommand):
    """A subcommand of ``boai``. Exit 0 fine, 1 does not hold or refused, 2 wrong usage.

    ``run_command(**options)`` does the work and answers the exit code (or ``None`` for 0).
    """

    gives_json = True
    requires_system_checks: Any = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--json``, then the command's own arguments."""
        if self.gives_json:
            parser.add_argument("--json", action="store_true", dest="as_json")
        self.own_arguments(parser)

    def own_arguments(self, parser: CommandParser) -> None:
        """Arguments of this command."""

    def run_command(self, **options: Any) -> int | None:
        """The work. To be given by each command."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, and turn a refusal into its sentence and exit code 1."""
        self.as_json = bool(options.get("as_json"))
        try:
            code = self.run_command(**options)
        except Refusal as refusal:
            raise CommandError(explain(refusal).sentence, returncode=DOES_NOT_HOLD) from refusal
        if code:
            raise SystemExit(code)

    def answer(self, document: Any, text: str = "") -> None:
        """Print the document as JSON where asked for, else the text."""
        if self.as_json:
            self.stdout.write(json.dumps(document, ensure_ascii=False, indent=1))
        else:
            self.stdout.write(text)

    def say(self, text: str) -> None:
        """A message for people, on standard error."""
        self.stderr.write(text, self.style.NOTICE)

    def wrong_usage(self, text: str) -> CommandError:
        """The error to raise for wrong usage."""
        return CommandError(text, returncode=WRONG_USAGE)
