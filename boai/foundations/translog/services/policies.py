"""Changing the policy: who watches the log, and how many of them are enough.

The file is the operator's own. A change is read back as a stranger would read it before it is put in
place; comment lines are kept, at the head of the file.
"""

from dataclasses import replace

from django.utils.translation import gettext as _

from boai.foundations.translog import files
from boai.foundations.translog.errors import PolicyDoesNotFit
from boai.ground.merkle.cosignatures import WitnessKey
from boai.ground.merkle.notes import MOST_SIGNATURES, NoteIsNotValid
from boai.ground.merkle.policy import (
    NONE,
    GroupLine,
    Policy,
    PolicyIsNotValid,
    WitnessLine,
    parse,
)

ALL_WITNESSES = "witnesses"
"""The group that ``set_quorum`` makes of every witness."""


def add_witness(name: str, vkey: str, url: str = "") -> Policy:
    """Name a witness. It is asked from now on; the quorum stays as it is.

    *Refuses*: ``PolicyDoesNotFit``, ``PolicyIsUnreadable``, ``PolicyNamesAnotherLog``.
    """
    policy = files.read_policy()
    try:
        witness = WitnessLine(name, WitnessKey.parse(vkey), url)
    except NoteIsNotValid as reason:
        raise PolicyDoesNotFit(reason=str(reason)) from None
    return _keep(replace(policy, witnesses=(*policy.witnesses, witness)))


def remove(name: str) -> Policy:
    """Take a witness or a group out. What it has cosigned stays kept. *Refuses* likewise."""
    policy = files.read_policy()
    if name not in _names(policy):
        raise PolicyDoesNotFit(reason=_("没有叫“%(name)s”的见证方或组") % {"name": name})
    if name == policy.quorum:
        raise PolicyDoesNotFit(reason=_("法定数正取决于“%(name)s”，请先改法定数") % {"name": name})
    groups = tuple(
        replace(group, members=tuple(member for member in group.members if member != name))
        for group in policy.groups
        if group.name != name
    )
    witnesses = tuple(witness for witness in policy.witnesses if witness.name != name)
    return _keep(replace(policy, witnesses=witnesses, groups=groups))


def set_quorum(wanted: str) -> Policy:
    """Say how many are enough: a number, ``all`` or ``any`` of all witnesses, a name, or ``none``.

    *Refuses* likewise; also more witnesses than a note has room for, and a number where the file
    has groups of its own making: those are changed by hand.
    """
    policy = files.read_policy()
    if wanted in _names(policy) | {NONE}:
        return _keep(replace(policy, quorum=wanted))
    counts = {"all": len(policy.witnesses), "any": 1}
    if wanted not in counts and not (wanted.isascii() and wanted.isdigit()):
        raise PolicyDoesNotFit(reason=_("“%(name)s”既不是名称也不是数") % {"name": wanted})
    if any(group.name != ALL_WITNESSES for group in policy.groups):
        raise PolicyDoesNotFit(reason=_("文件里有手写的组，请直接改文件"))
    threshold = counts.get(wanted) or int(wanted)
    group = GroupLine(ALL_WITNESSES, threshold, tuple(w.name for w in policy.witnesses))
    return _keep(replace(policy, groups=(group,), quorum=ALL_WITNESSES))


def _names(policy: Policy) -> set[str]:
    return {w.name for w in policy.witnesses} | {g.name for g in policy.groups}


def _keep(policy: Policy) -> Policy:
    try:
        read = parse(policy.text())
    except PolicyIsNotValid as wrong:
        raise PolicyDoesNotFit(reason=wrong.reason) from None
    if read != policy:
        raise PolicyDoesNotFit(reason=_("名称和地址里不能有空白"))
    if read.least() >= MOST_SIGNATURES:
        raise PolicyDoesNotFit(
            reason=_("一个检查点至多容纳 %(n)d 个联署") % {"n": MOST_SIGNATURES - 1}
        )
    path = files.policy_path()
    old = path.read_text(encoding="utf-8").split("\n") if path.exists() else []
    comments = "".join(f"{line}\n" for line in old if line.lstrip(" \t").startswith("#"))
    files.write(path, (comments + policy.text()).encode())
    return policy
