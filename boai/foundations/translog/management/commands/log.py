"""``boai log checkpoint | export DIR | prove REF | cosign URL --witness VKEY``."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from boai.foundations.translog import files, queries
from boai.foundations.translog.services.cosigning import ask_witness
from boai.foundations.translog.services.exporting import export_log
from boai.foundations.translog.services.sequencing import sequence
from boai.ground.core.clock import now
from boai.ground.kit.commands import DOES_NOT_HOLD, HouseCommand


class Command(HouseCommand):
    """The transparency log on the command line."""

    help = "The transparency log: signed head, export, proof of one act."

    def own_arguments(self, parser: CommandParser) -> None:
        """What to do, and on what."""
        parser.add_argument("what", choices=["checkpoint", "export", "prove", "cosign"])
        parser.add_argument("target", nargs="?", default="", metavar="DIR|REF|URL")
        parser.add_argument("--witness", default="", metavar="VKEY", help="key of the witness")

    def run_command(self, **options: Any) -> int | None:
        """Take up what waits, so that the answer covers every act so far, then answer."""
        what, target = options["what"], options["target"]
        if what != "checkpoint" and not target:
            raise self.wrong_usage(_("请写明文件夹或编号。"))
        head = sequence(now())
        if what == "checkpoint":
            self.answer(
                {
                    "size": head.size,
                    "root": head.root,
                    "note": head.note,
                    "vkey": str(files.signer().key),
                    "signed_at": head.signed_at.isoformat(),
                },
                head.note,
            )
            return None
        if what == "export":
            head = export_log(Path(target))
            document = {"folder": target, "size": head.size, "root": head.root}
            self.answer({**document, "vkey": str(files.signer().key)}, str(files.signer().key))
            return None
        if what == "cosign":
            if not options["witness"]:
                raise self.wrong_usage(_("请用 --witness 写明见证方的公钥。"))
            note = ask_witness(target, options["witness"])
            self.answer({"size": head.size, "root": head.root, "note": note}, note)
            return None
        return self._prove(target)

    def _prove(self, target: str) -> int | None:
        ref = queries.ref_like(target)
        text = queries.proof_of(ref) if ref else None
        if ref is None or text is None:
            self.say(_("透明日志里没有这一事项。"))
            return DOES_NOT_HOLD
        row = queries.leaf_of(ref)
        assert row is not None
        document = {"ref": ref, "index": row.index, "leaf": row.body, "proof": text}
        self.answer(document, text)
        return None
