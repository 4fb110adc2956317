"""``boai bulletin derive NUMBER [--log DIR]``: compute a published bulletin again from the log."""

from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from boai.foundations.translog.services.exporting import export_log
from boai.ground.core.canonical import canonical
from boai.ground.core.numbering import tidy
from boai.ground.kit.commands import DOES_NOT_HOLD, HouseCommand
from boai.window.disclosure import queries
from boai.window.disclosure.errors import LogDoesNotFit
from boai.window.disclosure.rules.derivation import derive_again


class Command(HouseCommand):
    """Bulletins on the command line."""

    help = "Compute a published bulletin again from the log and compare byte for byte."

    def own_arguments(self, parser: CommandParser) -> None:
        """What, which, and from which exported log."""
        parser.add_argument("what", choices=["derive"])
        parser.add_argument("number")
        parser.add_argument("--log", default="", metavar="DIR", help="an exported log")

    def run_command(self, **options: Any) -> int | None:
        """From the given folder, or from an export made for the purpose."""
        if options["log"]:
            return self._compare(Path(options["log"]), tidy(options["number"]))
        with TemporaryDirectory() as folder:
            export_log(Path(folder))
            return self._compare(Path(folder), tidy(options["number"]))

    def _compare(self, folder: Path, number: str) -> int:
        try:
            found = derive_again(folder, number)
        except (OSError, ValueError, KeyError, IndexError):
            found = None
        if found is None:
            raise LogDoesNotFit(folder=str(folder))
        content, digest = found
        published = queries.bulletin(number)
        by_digest = sha256(content).hexdigest() == digest
        by_bytes = published is None or canonical(published.content) == content
        document = {
            "number": number,
            "agrees": by_digest and by_bytes,
            "digest": digest,
            "derived_digest": sha256(content).hexdigest(),
            "content": content.decode(),
        }
        agrees = _("逐字节一致。") if document["agrees"] else _("不一致！")
        self.answer(document, f"{number} {digest} {agrees}")
        return 0 if document["agrees"] else DOES_NOT_HOLD
