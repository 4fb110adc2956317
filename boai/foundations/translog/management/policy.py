"""``boai log policy``: words into calls, and the policy back in words."""

from typing import Any

from django.utils.translation import gettext as _

from boai.foundations.translog import files, queries
from boai.foundations.translog.services import policies
from boai.ground.merkle.asking import is_private


def change_policy(words: list[str]) -> bool:
    """Make the change that the words ask for; ``False`` where they are no change."""
    match words:
        case ["add-witness", name, vkey]:
            policies.add_witness(name, vkey)
        case ["add-witness", name, vkey, url]:
            policies.add_witness(name, vkey, url)
        case ["remove", name]:
            policies.remove(name)
        case ["quorum", wanted]:
            policies.set_quorum(wanted)
        case _:
            return False
    return True


def policy_answer() -> tuple[dict[str, Any], str]:
    """The policy with how each witness answers: as a document, and in sentences."""
    policy, rows = files.read_policy(), queries.witness_rows()
    head = queries.checkpoint()
    seen = queries.witnessed(head.size) if head else None
    signed = {row.name for row in seen.rows if row.cosigned_at} if seen else set()
    document = {
        "file": str(files.policy_path()),
        "policy": policy.text(),
        "quorum": policy.quorum,
        "needed": policy.least(),
        "signed_size": head.size if head else 0,
        "published_size": queries.published_size(),
        "witnesses": [
            {
                "name": row.name,
                "counts": row.counts,
                "state": row.state,
                "detail": row.detail,
                "seen_size": row.seen_size,
                "cosigned": row.name in signed,
            }
            for row in rows
        ],
    }
    lines = [policy.text()]
    for witness, row in zip(policy.witnesses, rows, strict=True):
        line = f"{row.name}: {row.state or '-'} {row.detail}".rstrip()
        if not row.counts:
            line += _("（不计入法定数）")
        if witness.url and is_private(witness.url):
            line += _("（内网或本机地址：因写在您自己的策略文件里而允许）")
        lines.append(line)
    lines.append(_meaning(policy.least(), len(policy.counted())))
    return document, "\n".join(lines)


def _meaning(needed: int, of: int) -> str:
    if not needed:
        return _("不要求见证方联署：签名即公布。")
    return _("%(of)d 个见证方中至少 %(needed)d 个联署后才算公布。") % {"of": of, "needed": needed}
