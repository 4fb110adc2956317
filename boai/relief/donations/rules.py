"""What holds, pure: no database, no clock."""

import re
import unicodedata
from datetime import datetime

import phonenumbers

from boai.ground.core.money import LARGEST_FEN, fen_from_yuan, yuan
from boai.relief.donations import errors
from boai.relief.donations.values import (
    APPEAL_STATES,
    LARGEST_ONLINE_FEN,
    MESSAGE_LIMIT,
    NAME_LIMIT,
    GiftOrder,
)

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")
_SPACES = re.compile(r"[ \t\u00a0\u3000]+")
_FORWARD = {
    ("draft", "approved"),
    ("approved", "open"),
    ("open", "suspended"),
    ("open", "closed"),
    ("suspended", "closed"),
}
_PAYMENT_FORWARD = {
    ("placed", "paid"),
    ("placed", "closed"),
    ("placed", "refund-due"),
    ("closed", "paid"),
    ("closed", "refund-due"),
}
LARGEST_QUANTITY = 10**12
_ORGANISATION_WORDS = (
    "公司", "集团", "协会", "基金", "学校", "大学", "中学", "小学", "医院", "银行", "商会", "委员会",
    "有限", "中心", "工厂", "合作社", "红十字会", "事务所", "俱乐部", "经营部", "研究院", "支行",
    "酒店", "教会", "学院", "总会", "分会", "办事处", "联盟", "局", "厂",
)  # fmt: skip


def may_move(before: str, after: str) -> bool:
    """Whether an appeal may go from one state to another."""
    return (before, after) in _FORWARD


def payment_may_move(before: str, after: str) -> bool:
    """Whether a payment order may go from one state to another: never back from paid (I-13)."""
    return (before, after) in _PAYMENT_FORWARD


def cleaned(text: str, *, label: str, limit: int, field: str = "", required: bool = False) -> str:
    """Text as a person meant it: normal form, no control, format or half characters, one space.

    *Refuses*: ``TextIsTooLong``, ``TextIsMissing`` (if ``required``).
    """
    if len(text) > limit * 8 + 1000:
        raise errors.TextIsTooLong(field=field, label=label, limit=limit, length=len(text))
    normal = unicodedata.normalize("NFC", text)
    # Printable text has nothing of what is taken out: nearly every name and message.
    kept = (
        normal
        if normal.isprintable()
        else "".join(
            c
            if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn")
            else " " * (c in "\n\r\t")
            for c in normal
        )
    )
    neat = _SPACES.sub(" ", kept).strip()
    if len(neat) > limit:
        raise errors.TextIsTooLong(field=field, label=label, limit=limit, length=len(neat))
    if required and not neat:
        raise errors.TextIsMissing(field=field, label=label)
    return neat


def neat_slug(text: str) -> str:
    """The address part of an appeal. *Refuses*: ``AppealSlugIsMalformed``."""
    slug = unicodedata.normalize("NFKC", text).strip().lower()
    if not _SLUG.fullmatch(slug):
        raise errors.AppealSlugIsMalformed(field="slug")
    return slug


def neat_phone(text: str, *, field: str = "phone") -> str:
    """A telephone number as E.164, or empty. *Refuses*: ``PhoneIsNotReadable``."""
    given = unicodedata.normalize("NFKC", text).strip()
    if not given:
        return ""
    if len(given) > 30:
        raise errors.PhoneIsNotReadable(field=field)
    try:
        number = phonenumbers.parse(given, "CN")
    except phonenumbers.NumberParseException:
        raise errors.PhoneIsNotReadable(field=field) from None
    if not phonenumbers.is_possible_number(number):
        raise errors.PhoneIsNotReadable(field=field)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def online_amount(text: str, *, field: str = "amount") -> int:
    """The free amount of the phone page in fen. *Refuses* as ``core.money`` and above the limit."""
    fen = fen_from_yuan(text, field=field)
    if fen > LARGEST_ONLINE_FEN:
        raise errors.AmountAboveOnlineLimit(field=field, largest=yuan(LARGEST_ONLINE_FEN))
    return fen


def shown_name(named: bool, display_name: str) -> str:
    """The public name under consent. *Refuses*: ``DisplayNameIsMissing``, ``TextIsTooLong``."""
    if not named:
        return ""
    name = cleaned(display_name, label="署名", limit=NAME_LIMIT, field="display_name")
    if not name:
        raise errors.DisplayNameIsMissing(field="display_name")
    return name


def is_organisation(donor: str) -> bool:
    """Whether the name of a giver is that of an organisation, as far as words tell."""
    return len(donor) > 3 and any(word in donor for word in _ORGANISATION_WORDS)


def takes_gift_of(state: str, suspended_at: datetime | None, given_at: datetime) -> bool:
    """Whether an appeal takes a gift given at a moment: while open, or given before it was
    suspended and only reported afterwards by bank or post (H29)."""
    if state == "open":
        return True
    return (
        state in ("suspended", "closed") and suspended_at is not None and given_at <= suspended_at
    )


def refuse_closed_appeal(
    *, title: str, state: str, suspended_at: datetime | None, given_at: datetime
) -> None:
    """*Refuses*: ``AppealIsNotOpen``."""
    if not takes_gift_of(state, suspended_at, given_at):
        raise errors.AppealIsNotOpen(title=title, state=APPEAL_STATES[state])


def reason_against(order: GiftOrder, now: datetime) -> str:
    """Why an order cannot be booked, in words; empty if it can."""
    if isinstance(order.amount_fen, bool) or not isinstance(order.amount_fen, int):
        return "金额不是整数分"
    if not 0 < order.amount_fen <= LARGEST_FEN:
        return "金额须大于 0 且在范围内"
    if not order.channel or len(order.channel) > 32 or len(order.merchant) > 64:
        return "渠道不明"
    if not order.channel_reference or len(order.channel_reference) > 128:
        return "缺少渠道流水号"
    if order.given_at.tzinfo is None or order.given_at > now:
        return "捐赠时间不正确或在将来"
    if len(order.donor_name) > 200 or len(order.message) > MESSAGE_LIMIT:
        return "姓名或留言过长"
    if len(order.purpose) > 300 or len(order.display_name) > NAME_LIMIT:
        return "用途或署名过长"
    if order.named and not order.display_name.strip():
        return "同意署名但没有署名"
    return ""


def refuse_unreadable(orders: "list[GiftOrder] | tuple[GiftOrder, ...]", now: datetime) -> None:
    """*Refuses*: ``GiftOrderIsNotReadable`` for the first order that cannot be a gift."""
    for position, order in enumerate(orders, 1):
        reason = reason_against(order, now)
        if reason:
            raise errors.GiftOrderIsNotReadable(position=position, reason=reason)


def refuse_quantity(quantity: int, *, field: str = "quantity") -> None:
    """*Refuses*: ``QuantityIsOutOfRange``."""
    if isinstance(quantity, bool) or not 0 < quantity <= LARGEST_QUANTITY:
        raise errors.QuantityIsOutOfRange(field=field, given=str(quantity)[:30])
