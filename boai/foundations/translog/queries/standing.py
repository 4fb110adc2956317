"""How the log stands, for the health page: fine, worth a remark, or an alarm."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from boai.foundations.translog import files
from boai.foundations.translog.errors import PolicyIsUnreadable, PolicyNamesAnotherLog
from boai.foundations.translog.models import SignedHead
from boai.foundations.translog.queries.publication import (
    published_size,
    witness_rows,
    witnessed,
)
from boai.foundations.translog.values import WitnessRow
from boai.ground.merkle.asking import AHEAD, CONTRADICTS, COSIGNED

LATE = timedelta(minutes=10)
"""A head that has waited so long for its witnesses is worth a remark."""


def standing(at: datetime) -> tuple[bool | None, str]:
    """``False``: signing or publishing has stopped and a person is needed; ``None``: a remark."""
    hold = files.read_hold()
    if hold is not None:
        return False, _("只读（%(reason)s），请执行 boai log recover") % {"reason": hold.reason}
    try:
        rows = witness_rows()
    except (PolicyIsUnreadable, PolicyNamesAnotherLog):
        return False, _("见证策略文件有误，暂停公布")
    wrong = [row for row in rows if row.state in (AHEAD, CONTRADICTS)]
    if wrong:
        return False, _("见证方见过的日志与本机不一致，暂停签名：%(names)s") % _named(wrong)
    head = SignedHead.objects.order_by("-size").first()
    if head is None:
        return None, _("还没有签过的检查点")
    text = f"{files.signer().key.name} · {head.size:,}"
    seen = witnessed(head.size)
    if seen is not None and seen.of:
        text += f" · {seen.have}/{seen.of}"
    if published_size() < head.size and at - head.signed_at > LATE:
        return None, text + " · " + _("等待见证方联署")
    silent = [row for row in rows if row.state not in ("", COSIGNED)]
    if silent:
        return None, text + " · " + _("没有联署：%(names)s") % _named(silent)
    return True, text


def _named(rows: list[WitnessRow]) -> dict[str, str]:
    return {"names": ", ".join(f"{row.name} ({row.state})" for row in rows)}
