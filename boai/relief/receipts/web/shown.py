"""What the pages of receipts show."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from boai.foundations.identity import queries as identity
from boai.ground.core.actors import Actor
from boai.ground.core.clock import CHINA
from boai.ground.core.errors import NotFound
from boai.ground.core.money import yuan
from boai.ground.kit.masks import masked_name
from boai.relief.receipts import permissions, queries
from boai.relief.receipts.models import Receipt, Slip
from boai.relief.receipts.rules import tidy_serial
from boai.relief.receipts.values import (
    KIND_LABELS,
    MEDIUM_LABELS,
    SLIP_LABELS,
    SLIP_STATE_LABELS,
    CheckedReceipt,
)


def check_address(receipt: CheckedReceipt) -> str:
    """What the code on the paper opens."""
    asked = urlencode({"n": receipt.row.serial, "c": receipt.row.check_code})
    return f"{settings.BOAI_PUBLIC_URL}{reverse('receipts-check')}?{asked}"


def own_receipt(actor: Actor, serial: str) -> Receipt:
    """A receipt of the reader's society. *Raises* ``NotFound`` for any other."""
    rows = Receipt.objects.select_related(
        "allowance", "original", "reversal", "slip", "transmission"
    )
    row = rows.filter(
        serial=tidy_serial(serial), organisation_id=actor.organisation_id or 0
    ).first()
    if row is None:
        raise NotFound
    return row


def own_slip(actor: Actor, slip_id: int) -> Slip:
    """A slip of the reader's society. *Raises* ``NotFound`` for any other."""
    rows = Slip.objects.select_related("allowance", "receipt", "receipt__allowance")
    row = rows.filter(pk=slip_id, organisation_id=actor.organisation_id or 0).first()
    if row is None:
        raise NotFound
    return row


def payer_shown(actor: Actor, name: str | None) -> str:
    """The payer, whole or masked."""
    if not name:
        return "—"
    return masked_name(name) if permissions.sees_masked(actor) else name


def subject_shown(subject: str) -> str:
    """The number of what a receipt is about, without the room's name."""
    return subject.partition(":")[2]


def facts_of_receipt(receipt: CheckedReceipt, payer: str) -> list[tuple[str, Any]]:
    """Everything on the paper, in its order."""
    row = receipt.row
    return [
        (gettext("票据号码"), row.serial),
        (
            gettext("种类"),
            f"{gettext(KIND_LABELS[row.kind])} · {gettext(MEDIUM_LABELS[row.medium])}",
        ),
        (gettext("交款人"), payer),
        (gettext("统一社会信用代码"), receipt.payer_uscc),
        (gettext("收款单位"), receipt.payee),
        (gettext("项目"), " ".join(filter(None, [receipt.project_code, receipt.project]))),
        (gettext("备注"), receipt.note),
        (gettext("收款人"), row.collector),
        (gettext("复核人"), row.reviewer),
        (gettext("开票时间"), f"{row.issued_at.astimezone(CHINA):%Y-%m-%d %H:%M}"),
    ]


def facts_of_slip(actor: Actor, slip: Slip) -> list[tuple[str, Any]]:
    """What a slip asks for."""
    about = slip.receipt
    names = identity.person_names(
        [person for person in (slip.asked_by_id, slip.reviewed_by_id) if person]
    )
    amount = slip.amount_fen if about is None else about.amount_fen
    facts = [
        (gettext("办理"), gettext(SLIP_LABELS[slip.kind])),
        (gettext("票据号码"), about.serial if about else gettext("复核后取下一个号码")),
        (gettext("种类"), gettext(MEDIUM_LABELS[slip.medium])),
        (gettext("捐赠编号"), subject_shown(slip.allowance.subject)),
        (gettext("交款人"), payer_shown(actor, about.payer if about else slip.payer)),
        (gettext("统一社会信用代码"), about.payer_uscc if about else slip.payer_uscc),
        (gettext("金额"), f"¥{yuan(amount or 0)}"),
        (gettext("备注"), slip.note),
        (gettext("原因"), slip.reason),
        (gettext("填开人"), names.get(slip.asked_by_id, "")),
        (gettext("状态"), gettext(SLIP_STATE_LABELS[slip.state])),
        (gettext("退回原因"), slip.answer),
    ]
    return [(label, value) for label, value in facts if value != ""]


def stock_left(actor: Actor) -> dict[str, int]:
    """How many numbers of each kind the reader's society has left."""
    return {medium: queries.in_hand(actor.organisation_id or 0, medium) for medium in MEDIUM_LABELS}
