"""``boai log``: the signed head, export, proofs, witnesses and policy, recovery."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from boai.foundations.translog import files, queries
from boai.foundations.translog.management.policy import change_policy, policy_answer
from boai.foundations.translog.services.cosigning import ask_witness, ask_witnesses
from boai.foundations.translog.services.exporting import export_log
from boai.foundations.translog.services.recovering import Findings, examine, recover
from boai.foundations.translog.services.sequencing import sequence
from boai.ground.core.clock import now
from boai.ground.kit.commands import DOES_NOT_HOLD, HouseCommand

USAGE = """\
boai log checkpoint                     sign what waits, print the newest signed head
boai log export DIR                     the log as files that anyone can check
boai log prove NUMBER                   the proof of one act, with its cosignatures
boai log witnesses                      ask the witnesses now; how far each has come
boai log cosign URL --witness VKEY      ask one witness once, keep nothing
boai log policy show
boai log policy add-witness NAME VKEY [URL]
boai log policy remove NAME
boai log policy quorum K|all|any|NAME|none
boai log recover [--head FILE ...] [--yes]
"""


class Command(HouseCommand):
    """The transparency log on the command line."""

    help = "The transparency log: signed head, export, proofs, witnesses, policy, recovery."

    def own_arguments(self, parser: CommandParser) -> None:
        """What to do, and on what."""
        parser.usage = "\n" + USAGE
        parser.add_argument("what", choices=sorted(self._acts()))
        parser.add_argument("words", nargs="*", metavar="WORD")
        parser.add_argument("--witness", default="", metavar="VKEY", help="key of the witness")
        parser.add_argument("--head", action="append", default=[], metavar="FILE")
        parser.add_argument("--yes", action="store_true", help="recover, not only look")

    def run_command(self, **options: Any) -> int | None:
        """Hand over to the act."""
        act = self._acts()[options["what"]]
        return act(options["words"], options)

    def _acts(self) -> dict[str, Callable[[list[str], dict[str, Any]], int | None]]:
        return {
            "checkpoint": self._checkpoint,
            "export": self._export,
            "prove": self._prove,
            "witnesses": self._witnesses,
            "cosign": self._cosign,
            "policy": self._policy,
            "recover": self._recover,
        }

    def _target(self, words: list[str]) -> str:
        if len(words) != 1:
            raise self.wrong_usage(_("请写明文件夹或编号。"))
        return words[0]

    def _checkpoint(self, words: list[str], options: dict[str, Any]) -> int | None:
        head = sequence(now())
        document = {
            "size": head.size,
            "root": head.root,
            "note": head.note,
            "vkey": str(files.signer().key),
            "signed_at": head.signed_at.isoformat(),
            "published_size": queries.published_size(),
        }
        self.answer(document, head.note)
        return None

    def _export(self, words: list[str], options: dict[str, Any]) -> int | None:
        target = self._target(words)
        sequence(now())
        head = export_log(Path(target))
        document = {"folder": target, "size": head.size, "root": head.root}
        self.answer({**document, "vkey": str(files.signer().key)}, str(files.signer().key))
        return None

    def _cosign(self, words: list[str], options: dict[str, Any]) -> int | None:
        target = self._target(words)
        if not options["witness"]:
            raise self.wrong_usage(_("请用 --witness 写明见证方的公钥。"))
        head = sequence(now())
        note = ask_witness(target, options["witness"])
        self.answer({"size": head.size, "root": head.root, "note": note}, note)
        return None

    def _witnesses(self, words: list[str], options: dict[str, Any]) -> int | None:
        sequence(now())
        ask_witnesses(now(), everyone=True, patience=15.0)
        document, text = policy_answer()
        self.answer(document, text)
        return None

    def _policy(self, words: list[str], options: dict[str, Any]) -> int | None:
        if words != ["show"] and not change_policy(words):
            raise self.wrong_usage("\n" + USAGE)
        document, text = policy_answer()
        self.answer(document, text)
        return None

    def _recover(self, words: list[str], options: dict[str, Any]) -> int | None:
        heads = [(name, Path(name).read_text(encoding="utf-8")) for name in options["head"]]
        act = recover if options["yes"] else examine
        found = act(now(), heads=heads)
        self.answer(_document(found), _sentences(found, done=options["yes"]))
        return DOES_NOT_HOLD if found.against else None

    def _prove(self, words: list[str], options: dict[str, Any]) -> int | None:
        sequence(now())
        ref = queries.ref_like(self._target(words))
        row = queries.leaf_of(ref) if ref else None
        if ref is None or row is None:
            self.say(_("透明日志里没有这一事项。"))
            return DOES_NOT_HOLD
        text = queries.proof_bundle(ref)
        if text is None:
            self.say(_("这一事项已签名，正等待见证方联署，尚未公布。"))
            return DOES_NOT_HOLD
        document = {"ref": ref, "index": row.index, "leaf": row.body, "proof": text}
        self.answer(document, text)
        return None


def _document(found: Findings) -> dict[str, Any]:
    return {
        "leaves": found.leaves,
        "heads": [{"where": k.where, "size": k.head.size} for k in found.known],
        "largest": found.largest.head.size if found.largest else None,
        "against": list(found.against),
    }


def _sentences(found: Findings, *, done: bool) -> str:
    largest = found.largest.head.size if found.largest else 0
    lines = [
        _("数据库有 %(n)d 条编号记录；找到 %(heads)d 个已签名的检查点，最大 %(largest)d 条。")
        % {"n": found.leaves, "heads": len(found.known), "largest": largest}
    ]
    lines += [f"× {reason}" for reason in found.against]
    if found.against:
        lines.append(_("不一致，不能恢复签名。请恢复更新的备份后再试。"))
    elif done:
        lines.append(_("全部一致。文件已按数据库重写，封存已补齐，签名已恢复。"))
    else:
        lines.append(_("全部一致。加 --yes 即恢复签名。"))
    return "\n".join(lines)
