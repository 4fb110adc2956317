"""Frozen rows of the room."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from boai.ground.core.text import gettext_noop as _

STATES: dict[str, tuple[str, str]] = {
    "draft": (_("草稿"), "wait"),
    "published": (_("已发布"), "good"),
    "withdrawn": (_("已撤下"), "plain"),
}

PROVED_LABELS = {
    "number": _("编号"),
    "day": _("日期"),
    "serial": _("期号"),
    "version": _("版本"),
    "organisation": _("发布单位代码"),
    "appeal": _("项目代码"),
    "log_size": _("计算所用的记录条数"),
    "rule_version": _("规则版本"),
    "corrects": _("更正的旧版"),
    "previous": _("上一期"),
    "content_digest": _("正文摘要"),
}
"""How the check in the browser names the facts of a bulletin's leaf."""


def bulletin_ref(number: str) -> str:
    """The reference of a published bulletin."""
    return f"disclosure.bulletin:{number}"


@dataclass(frozen=True, slots=True)
class BulletinRow:
    """A bulletin. ``number`` and ``serial`` are empty until it is published."""

    id: int
    number: str
    serial: int | None
    organisation_id: int
    organisation_name: str
    appeal: str
    day: date
    version: int
    corrects: str
    corrected_by: str
    reason: str
    log_size: int
    rule_version: str
    content: dict[str, Any]
    digest: str
    state: str
    prepared_by: int | None
    prepared_at: datetime
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class MissingDay:
    """A day that needs a bulletin and has none."""

    organisation_id: int
    appeal: str
    appeal_title: str
    day: date
    draft_id: int | None
    prepared_by: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a trace: what happened, when, and the leaf that proves it."""

    title: str
    detail: str
    at: datetime | None
    tone: str
    icon: str
    url: str = ""
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """A trace as data (what ``boai trace --json`` prints) and as steps of a time line."""

    number: str
    kind: str
    document: dict[str, Any]
    steps: tuple[Step, ...]
