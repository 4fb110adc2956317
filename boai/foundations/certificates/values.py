"""Kinds of paper, states, and the frozen rows that others see."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

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
        "2",
    ),
    THANK_YOU_LETTER: PaperKind(
        "GX",
        _("感谢信"),
        "certificates/thank-you-letter.typ",
        "certificates/thank-you-letter.typ",
        "2",
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

PUBLIC_FACTS = ("gift_number", "given_on", "amount_fen", "goods")
"""Facts that may leave the house with the news of a paper: figures and names of goods, no words that
a person chose."""

PROVED_LABELS = {
    "number": _("证书编号"),
    "kind": _("种类"),
    "day": _("日期"),
    "amount_fen": _("捐赠金额"),
    "goods": _("捐赠物资"),
    "gift_number": _("捐赠编号"),
    "given_on": _("捐赠日期"),
    "organisation": _("发出单位代码"),
    "replaces": _("替换的旧证书"),
    "digest": _("内容摘要"),
}
"""How the check in the browser names the facts of a paper's leaf, in this order."""


class PaperOrder(NamedTuple):
    """One paper to be issued: what it is about, for whom, with which public facts."""

    subject: str
    holder_name: str
    facts: Mapping[str, Any] = MappingProxyType({})


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


def proof_labels() -> dict[str, str]:
    """The names of facts, and the kinds of paper by their key, for the check in the browser."""
    return PROVED_LABELS | {key: kind.label for key, kind in KINDS.items()}


WAITING, SIGNED, PUBLISHED, BROKEN = "waiting", "signed", "published", "broken"
"""How far a leaf has come: waits for its place, stands in a head that the log has signed, stands in
one that enough witnesses have cosigned; or the log is not in order and nothing can be shown."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows that something stands in the transparency log, for whoever checks it alone.

    ``bundle`` is a C2SP tlog-proof that carries the leaf, with ``policy`` to check it by; it is
    empty until there is one.
    """

    bundle: str
    policy: str
    state: str

    @property
    def is_published(self) -> bool:
        """Whether enough witnesses stand behind the bundle."""
        return self.state == PUBLISHED


@dataclass(frozen=True, slots=True)
class Check:
    """What the browser is given: a proof, and what the reader is shown and the leaf must say."""

    proof: Proof
    expected: Mapping[str, Any]
    labels: Mapping[str, str]
    content: str = ""
    """A text whose SHA-256 must stand in the leaf; empty where there is none."""

    @property
    def expected_text(self) -> str:
        """The facts as the page carries them."""
        return json.dumps(dict(self.expected), ensure_ascii=False)


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
    proved: Mapping[str, Any] = field(default_factory=dict)
    """What the paper's leaf must say, by name."""
