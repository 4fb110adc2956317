"""Words, limits and frozen rows of the room."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple

from boai.ground.core.text import gettext_noop as _

AppealState = Literal["draft", "approved", "open", "suspended", "closed"]
GiftState = Literal["announced", "confirmed", "reversed"]
GiftKind = Literal["cash", "in-kind"]

APPEAL_STATES: dict[str, str] = {
    "draft": _("草稿"),
    "approved": _("已批准"),
    "open": _("募捐中"),
    "suspended": _("已暂停"),
    "closed": _("已结束"),
}
GIFT_STATES: dict[str, str] = {
    "announced": _("已登记，待确认"),
    "confirmed": _("已确认"),
    "reversed": _("已冲销"),
}
GIFT_KINDS: dict[str, str] = {"cash": _("捐款"), "in-kind": _("捐物")}
CHANNELS: dict[str, str] = {
    "wechatpay": _("微信支付"),
    "sandbox": _("演练支付"),
    "alipay": _("支付宝"),
    "alipay-sandbox": _("演练支付（支付宝）"),
    "unionpay": _("云闪付"),
    "qr": _("扫码捐赠"),
    "bank": _("银行转账"),
    "counter": _("现场现金"),
    "post": _("邮政汇款"),
    "newspaper": _("报社项目"),
    "app": _("客户端"),
    "crowdfunding": _("众筹"),
    "matching": _("配捐"),
    "online": _("网上捐赠"),
    "goods": _("物资捐赠"),
    "other": _("其他渠道"),
}
"""Channel codes (S1-25). An importer may bring others; they are shown as they are."""

PAYMENT_STATES: dict[str, str] = {
    "placed": _("待支付"),
    "paid": _("已入账"),
    "closed": _("已关闭"),
    "refund-due": _("须退款"),
}
DEEDS = {
    "announce-goods": _("登记物资"),
    "register-cash": _("登记现金（第一签字人）"),
    "countersign-cash": _("复核签字（第二签字人）"),
    "confirm-gifts": _("确认捐赠"),
    "change-naming": _("捐赠人更改署名"),
    "payment-confirmed": _("支付成功"),
    "propose-refund": _("申请退款"),
    "pay-refund": _("已退款"),
    "withdraw-refund": _("撤回退款申请"),
    "ask-receipt": _("填开票据"),
}
"""Verbs of the trail about a gift, in words."""
STATE_TONES = {"announced": "wait", "confirmed": "good", "reversed": "bad"}
INTAKE_STATES: dict[str, str] = {
    "reading": _("正在读取"),
    "posting": _("正在入账"),
    "finished": _("已完成"),
    "cancelled": _("已取消"),
}
INTAKE_TONES = {"reading": "info", "posting": "info", "finished": "good", "cancelled": "plain"}
INTAKE_ENDS: dict[str, str] = {"quarantined": _("待核对"), "refused": _("拒收")}
PAYMENT_TONES = {"placed": "wait", "paid": "good", "closed": "plain", "refund-due": "bad"}
REFUND_KINDS: dict[str, str] = {
    "refund": _("退还捐赠"),
    "reversal": _("冲销错记捐赠"),
    "order": _("退回未入账支付"),
}
REFUND_STATES: dict[str, str] = {
    "proposed": _("待复核付款"),
    "paid": _("已办结"),
    "withdrawn": _("已撤回"),
}
REFUND_TONES = {"proposed": "wait", "paid": "good", "withdrawn": "plain"}
APPEAL_TONES = {
    "draft": "plain",
    "approved": "info",
    "open": "good",
    "suspended": "warn",
    "closed": "plain",
}

COUNTER = "counter"
GOODS = "goods"
MESSAGE_LIMIT = 200
NAME_LIMIT = 60
SMALLEST_GIFT_FEN = 1
LARGEST_ONLINE_FEN = 50_000_00 * 100
"""What one online payment may be: five million yuan, far above every channel's own limit."""

ANONYMOUS = _("爱心人士")
"""How a giver without naming consent appears in public."""


def gift_ref(number: str) -> str:
    """The reference by which other rooms know a gift."""
    return f"donations.gift:{number}"


def refund_ref(number: str) -> str:
    """The reference by which the books and the log know a refund."""
    return f"donations.refund:{number}"


def line_ref(line_id: int) -> str:
    """The reference by which the warehouse knows a line of a gift of goods."""
    return f"donations.gift-line:{line_id}"


def appeal_ref(slug: str) -> str:
    """The reference of an appeal."""
    return f"donations.appeal:{slug}"


class GiftOrder(NamedTuple):
    """One gift of money that has arrived, as a channel or a statement tells it.

    ``channel_reference`` is the channel's own number of the transaction; with ``channel`` and
    ``merchant`` it makes the gift unique for ever. ``donor_name`` is what the channel knows (empty:
    unknown); ``display_name`` what the giver wants to read in public, shown only if ``named``.
    """

    amount_fen: int
    channel: str
    channel_reference: str
    given_at: datetime
    merchant: str = ""
    donor_name: str = ""
    donor_kind: Literal["person", "organisation"] = "person"
    phone: str = ""
    uscc: str = ""
    named: bool = False
    display_name: str = ""
    message: str = ""
    purpose: str = ""
    directed_to: int | None = None
    source: str = ""
    query_code: str = ""


class RowToStage(NamedTuple):
    """One row of a file on its way to the books, or the reason why it ends here.

    ``verdict`` is ``gift``; ``unfit`` (a gift that cannot be booked: it still counts among equal
    rows); ``refused`` or ``quarantined``. See ``models.StagedGift``.
    """

    sheet: str
    line: int
    account: str
    amount_fen: int
    donor: str
    numbered: bool
    set_by: str
    says: str
    given_at: datetime
    memo: str
    purpose: str
    verdict: str
    column: str
    code: str


@dataclass(frozen=True, slots=True)
class IntakeRow:
    """How far the taking in of a file is; ``rows`` of it are known once it has been read."""

    id: int
    organisation_id: int
    file: str
    profile: str
    channel: str
    state: str
    rows: int
    staged: int
    position: int
    accepted: int
    duplicate: int
    quarantined: int
    refused: int
    amount_fen: int
    begun_at: datetime
    moved_at: datetime
    halted: str | None = None
    carried_by: int | None = None

    @property
    def per_second(self) -> float:
        """Rows settled a second since it was begun."""
        seconds = (self.moved_at - self.begun_at).total_seconds()
        return self.position / seconds if seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """At the speed so far; unknown before the first rows are settled."""
        speed = self.per_second
        return (self.rows - self.position) / speed if speed else None


class BookedMoney(NamedTuple):
    """A gift of money as it was just booked. ``public_name`` is empty without a consent."""

    id: int
    number: str
    amount_fen: int
    fund_id: int
    public_name: str


@dataclass(frozen=True, slots=True)
class BookingResult:
    """What became of a set of orders, by their position in the set.

    ``numbers`` are the new gifts' numbers in the order of the accepted positions. ``duplicates``
    are known already with the same amount; ``conflicts`` are known with another amount: nothing was
    changed for either (I-10), and conflicts were put on the trail.
    """

    accepted: tuple[int, ...]
    numbers: tuple[str, ...]
    gift_ids: tuple[int, ...]
    duplicates: tuple[int, ...]
    conflicts: tuple[int, ...]

    @property
    def duplicate(self) -> int:
        """How many were known already."""
        return len(self.duplicates)


@dataclass(frozen=True, slots=True)
class AnnouncedLine:
    """One line of an announced gift of goods. ``stated_value_fen`` empty: unknown, never zero."""

    item_id: int
    quantity: int
    spec: str = ""
    expected_on: date | None = None
    directed_to: int | None = None
    stated_value_fen: int | None = None


@dataclass(frozen=True, slots=True)
class AnnouncedGift:
    """The answer to a registration: the gift's number, code and the store's consignment."""

    number: str
    query_code: str
    gift_id: int
    consignment_id: int


@dataclass(frozen=True, slots=True)
class AppealRow:
    """An appeal as others see it."""

    id: int
    slug: str
    title: str
    summary: str
    purpose: str
    organisation_id: int
    organisation_name: str
    emergency: bool
    state: str
    fund_id: int | None
    rule_version: str
    opened_at: datetime | None
    suspended_at: datetime | None
    suggested_fen: tuple[int, ...]
    target_fen: int | None


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of a gift of goods."""

    id: int
    item_id: int
    item_name: str
    unit: str
    quantity: int
    received_quantity: int | None
    spec: str
    expected_on: date | None
    directed_to: int | None
    stated_value_fen: int | None


@dataclass(frozen=True, slots=True)
class GiftRow:
    """A gift as other rooms and the public may know it: never the donor's name or telephone.

    ``public_name`` is the display name under a consent in force, else the word for anonymous.
    """

    id: int
    number: str
    kind: str
    organisation_id: int
    appeal_id: int | None
    appeal_slug: str
    appeal_title: str
    fund_id: int | None
    amount_fen: int | None
    channel: str
    state: str
    given_at: datetime
    confirmed_at: datetime | None
    directed_to: int | None
    purpose: str
    named: bool
    public_name: str
    message: str
    overseas: bool
    late_reason: str
    lines: tuple[LineRow, ...] = field(default=())

    @property
    def ref(self) -> str:
        """Its reference."""
        return gift_ref(self.number)


@dataclass(frozen=True, slots=True)
class RefundRow:
    """Money that went back, or is to: never why, and never who asked."""

    number: str
    kind: str
    organisation_id: int
    gift_number: str
    fund_id: int | None
    amount_fen: int
    state: str
    paid_at: datetime | None

    @property
    def ref(self) -> str:
        """Its reference."""
        return refund_ref(self.number)


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """A payment order as the phone page needs it."""

    number: str
    token: str
    title: str
    pay_url: str
    repeated: bool


@dataclass(frozen=True, slots=True)
class PaidNews:
    """What a channel's verified notification says of one order."""

    channel: str
    merchant: str
    app: str
    notification_id: str
    order_number: str
    transaction: str
    amount_fen: int
    currency: str
    outcome: Literal["paid", "closed"]
    paid_at: datetime
    content_digest: str


@dataclass(frozen=True, slots=True)
class RefundNews:
    """What a channel's verified word says of money that went back to the giver.

    ``in_all``: the amount is everything that has gone back of this order so far (Alipay counts so);
    else it is one refund, known by ``request`` (WeChat Pay tells each by itself).
    """

    channel: str
    merchant: str
    notification_id: str
    order_number: str
    transaction: str
    request: str
    amount_fen: int
    in_all: bool
    refunded_at: datetime
    content_digest: str
