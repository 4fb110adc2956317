"""Kinds of paper, states, and the frozen rows that others see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from boai.ground.core.text import gettext_noop as _


@dataclass(frozen=True, slots=True)
class PaperKind:
    """A kind of paper: the prefix of its numbers, its name, its two templates.

    ``version`` changes whenever the printed words change; it is part of each paper's digest.
    """

    prefix: str
    label: str
    sheet: str
    picture: str
    version: str


DONATION_CERTIFICATE = "donation-certificate"
THANK_YOU_LETTER = "thank-you-letter"

KINDS: dict[str, PaperKind] = {
    DONATION_CERTIFICATE: PaperKind(
        "ZS",
        _("捐赠证书"),
        "certificates/donation-certificate.typ",
        "certificates/donation-certificate-phone.typ",
        "1",
    ),
    THANK_YOU_LETTER: PaperKind(
        "GX",
        _("感谢信"),
        "certificates/thank-you-letter.typ",
        "certificates/thank-you-letter.typ",
        "1",
    ),
}

ISSUED, REPLACED, CANCELLED = "issued", "replaced", "cancelled"
STATES = {ISSUED: _("有效"), REPLACED: _("已换发"), CANCELLED: _("已作废")}

FACT_LABELS = {
    "amount_fen": _("捐赠金额"),
    "gift_number": _("捐赠编号"),
    "given_on": _("捐赠日期"),
    "purpose": _("捐赠用途"),
    "appeal": _("募捐项目"),
    "goods": _("捐赠物资"),
    "organisation": _("受赠单位"),
}
"""Facts that the check page shows by name, in this order. Others stay on the paper."""


@dataclass(frozen=True, slots=True)
class PaperOrder:
    """One paper to be issued: what it is about, for whom, with which public facts."""

    subject: str
    holder_name: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A paper as others see it. The check code is for the holder: never publish it."""

    number: str
    check_code: str
    kind: str
    organisation_id: int
    subject: str
    state: str
    issued_at: datetime
    replaced_by: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class CheckedPaper:
    """What the public check page shows of a paper whose number and code fit."""

    number: str
    check_code: str
    kind: str
    kind_label: str
    state: str
    state_label: str
    organisation: str
    holder: str
    issued_at: datetime
    closed_at: datetime | None
    facts: tuple[tuple[str, str, Any], ...]
    replaced_by: str
