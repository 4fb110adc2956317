"""The refusals of receipts."""

from boai.ground.core.errors import NotFound, NotPermitted, Refusal
from boai.ground.core.text import gettext_noop as _

__all__ = ["NotFound", "NotPermitted"]


class CodeIsNotReadable(Refusal):
    """Not a code that a finance department gives."""

    text = _("票据代码“{code}”不正确，须为 6 至 12 位数字。")
    mend = _("请对照财政部门的领购凭证重新填写。")


class NumbersAreNotReadable(Refusal):
    """Not a run of numbers."""

    text = _("号码 {first} 至 {last} 不是一个号段：起号从 1 开始，止号不小于起号，最多 10 位。")
    mend = _("请对照财政部门的领购凭证重新填写。")


class MoreThanApplied(Refusal):
    """The block is larger than what was asked for."""

    text = _("申领 {wanted} 份，而号段有 {granted} 份。")
    mend = _("请核对起止号；多领的号段请另行申领。")


class BlockOverlaps(Refusal):
    """Some of these numbers are in another block already."""

    text = _("代码 {code} 的号码 {first} 至 {last} 与已登记的号段重叠。")
    mend = _("请核对领购凭证，每个号码只能登记一次。")


class BlockIsNotWaiting(Refusal):
    """The application was answered already."""

    text = _("这份申领已经办理。")
    mend = _("请刷新页面查看最新状态。")


class GranterMustBeAnother(Refusal):
    """Who applies for numbers does not also take them into stock."""

    text = _("号段的申领人与入库登记人须为两人。")
    mend = _("请由另一位同事登记入库。")


class WantedIsNotReadable(Refusal):
    """Nothing or far too much was applied for."""

    text = _("申领数量须为 1 至 {most} 份。")
    mend = _("请核对数量。")


class StockIsUsedUp(Refusal):
    """No number left to issue under."""

    text = _("在库票据不足：需要 {wanted} 份，{medium}在库 {left} 份。")
    mend = _("请先向财政部门申领号段并登记入库。")


class AmountIsNotAboveZero(Refusal):
    """A receipt over nothing."""

    text = _("票据金额须大于 0。")
    mend = _("请核对金额。")


class AboveWhatWasGiven(Refusal):
    """A receipt never says more than was given and is not receipted yet."""

    text = _("最多还可开具 {free} 元，本次要求 {wanted} 元。")
    mend = _("请减少金额，或先作废、红冲已开的票据。")


class NothingMayBeReceipted(Refusal):
    """Nobody has laid down that anything may be receipted for this."""

    text = _("这笔捐赠还没有开票额度。")
    mend = _("请从捐赠页面办理开票。")


class PayerIsMissing(Refusal):
    """A receipt names who paid."""

    text = _("没有填写交款人。")
    mend = _("请填写捐赠人名称；捐赠人要求匿名的，请填“匿名”。")


class TextIsTooLong(Refusal):
    """The paper has no room for it."""

    text = _("“{label}”最多 {limit} 字，现有 {length} 字。")
    mend = _("请缩短后再提交。")


class UsccIsWrong(Refusal):
    """The credit code does not check."""

    text = _("统一社会信用代码“{uscc}”校验不通过。")
    mend = _("请核对 18 位代码；个人捐赠请留空。")


class SlipIsNotWaiting(Refusal):
    """Somebody has answered it already."""

    text = _("这份办票单已经办理，当前为“{state}”。")
    mend = _("请刷新页面查看最新状态。")


class ReviewerMustBeAnother(Refusal):
    """Collector and reviewer are two natural persons (S1-22)."""

    text = _("收款人和复核人须为两人，您不能复核自己填开的票据。")
    mend = _("请由另一位同事复核。")


class ReasonIsMissing(Refusal):
    """Nobody could say later why."""

    text = _("没有填写原因。")
    mend = _("请写明原因后再提交。")


class ReceiptIsNotValid(Refusal):
    """Voided or reversed once is for ever."""

    text = _("票据 {serial} 现在是“{state}”，不能再办理。")
    mend = _("请刷新页面查看最新状态。")


class RedStaysRed(Refusal):
    """A red receipt is not itself taken back."""

    text = _("红票不能作废，也不能再红冲。")
    mend = _("如需重新开票，请按捐赠净额另开一张。")


class WasHandedOver(Refusal):
    """What the giver has in hand is not voided, it is reversed."""

    text = _("票据 {serial} 已交付捐赠人，不能作废。")
    mend = _("请收回后办理红冲。")


class FiscalReceiptStands(Refusal):
    """The finance department has issued it: there it can only be reversed."""

    text = _("票据 {serial} 财政平台已开具，不能作废。")
    mend = _("请办理红冲。")


class AlreadyAskedFor(Refusal):
    """One slip at a time for a receipt."""

    text = _("票据 {serial} 已有待复核的作废或红冲申请。")
    mend = _("请等待复核，或先撤回原申请。")


class NothingChosen(Refusal):
    """An act on many with none among them."""

    text = _("没有选择要复核的票据。")
    mend = _("请至少勾选一张。")


class ReceiptIsNotFound(Refusal):
    """A wrong number looks like a wrong code."""

    text = _("没有与此号码和校验码相符的票据。")
    mend = _("请核对票据上印的号码和校验码。")
