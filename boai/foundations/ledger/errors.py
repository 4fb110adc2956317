"""The refusals of the books."""

from boai.ground.core.errors import NotFound, Refusal, SameKeyOtherInputs
from boai.ground.core.text import gettext_noop as _

__all__ = [
    "AlreadyReversed",
    "FundHasTooLittle",
    "NotASource",
    "NotEnough",
    "NotFound",
    "PartlySpent",
    "PostingIsMalformed",
    "SameKeyOtherInputs",
]


class NotEnough(Refusal):
    """A scarce place holds less than is to be taken."""

    text = _("“{place}”只有 {have}，不够支取 {wanted}。")
    mend = _("请减少数量或先补足后再办理。")


class FundHasTooLittle(Refusal):
    """The fund's unspent money is less than the outflow."""

    text = _("基金“{fund}”可用余额 {have} 元，不够支出 {wanted} 元。")
    mend = _("请减少金额，或从其他符合用途的基金支出。")


class PartlySpent(Refusal):
    """More is to be returned than is unspent of a gift (I-12)."""

    text = _("该笔款项未使用的只有 {have} 元，不能退回 {wanted} 元。")
    mend = _("只能退回尚未使用的部分。")


class NotASource(Refusal):
    """The fund has received nothing from this source."""

    text = _("该基金没有收到过这笔款项。")
    mend = _("请核对捐赠编号与基金。")


class AlreadyReversed(Refusal):
    """An entry is reversed at most once (I-3)."""

    text = _("这笔分录已经冲销过。")
    mend = _("每笔分录只能冲销一次，请查看已有的冲销分录。")


class PostingIsMalformed(Refusal):
    """An entry that the books cannot hold: no leg, an amount not above zero, unlike commodities."""

    text = _("分录不完整：{why}。")
    mend = _("请核对金额、科目和品种。")


class FundIsClosedToPostings(Refusal):
    """Fund accounts are posted to through the funds' own acts, so that their spans stay whole."""

    text = _("基金科目不能直接记账。")
    mend = _("请通过基金的收款、支出、退款或划转办理。")


class TransferIsReturnedByTransfer(Refusal):
    """A transfer to another society stands in two journals; it is returned by another transfer."""

    text = _("跨机构划转不能单方冲销。")
    mend = _("请由收款机构办理一笔退回划转。")
