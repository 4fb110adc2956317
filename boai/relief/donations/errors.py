"""The refusals of the room."""

from boai.ground.core.errors import NotFound, Refusal
from boai.ground.core.text import gettext_noop as _


class AppealIsNotOpen(Refusal):
    """H29: no new gift before the opening or after the suspension."""

    text = _("“{title}”目前不接受新的捐赠（{state}）。")
    mend = _("请选择正在募捐的项目；暂停前已在途的物资，请由受理人员写明理由后补登。")


class AppealIsNotApproved(Refusal):
    """S1-16: publishing waits for the command's approval."""

    text = _("此项目尚未经指挥部批准，不能发布。")
    mend = _("请先由有审批岗位的人员登记批准文件。")


class AppealStateDoesNotAllow(Refusal):
    """A state only moves forward."""

    text = _("项目当前为“{state}”，不能进行此操作。")
    mend = _("请刷新页面，按当前状态办理。")


class AppealSlugIsTaken(Refusal):
    """Two appeals may not share an address."""

    text = _("网址代号“{slug}”已被使用。")
    mend = _("请换一个代号。")


class AppealSlugIsMalformed(Refusal):
    """Address part of small letters, digits and hyphens."""

    text = _("网址代号只能用小写字母、数字和短横线，3 到 40 个字符。")


class DrafterMayNotApprove(Refusal):
    """The one who drafted does not approve (I-18)."""

    text = _("起草人不能批准自己起草的项目。")
    mend = _("请由另一位有审批岗位的人员办理。")


class TextIsMissing(Refusal):
    """A field that must be filled."""

    text = _("“{label}”没有填写。")
    mend = _("请填写后再提交。")


class TextIsTooLong(Refusal):
    """A field above its limit."""

    text = _("“{label}”最多 {limit} 个字，现有 {length} 个字。")
    mend = _("请删减后再提交。")


class DisplayNameIsMissing(Refusal):
    """Consent to be named without a name."""

    text = _("您选择了署名，但没有填写署名。")
    mend = _("请填写希望公开的名字，或改为匿名。")


class PhoneIsNotReadable(Refusal):
    """Not a telephone number of the mainland."""

    text = _("手机号码不正确。")
    mend = _("请填写 11 位手机号，或留空。")


class AmountAboveOnlineLimit(Refusal):
    """More than one online payment may be."""

    text = _("单笔网上捐款不超过 {largest} 元。")
    mend = _("大额捐赠请联系我们，通过银行转账办理。")


class GiftOrderIsNotReadable(Refusal):
    """A booking order that cannot be a gift."""

    text = _("第 {position} 笔捐款不能入账：{reason}。")
    mend = _("请更正后再办理。")


class CashNeedsTwoPeople(Refusal):
    """H02: two distinct signatures."""

    text = _("现金捐赠须由两人签字，登记人不能自己复核。")
    mend = _("请由另一位同事用自己的账号复核签字。")


class GiftIsNotWaiting(Refusal):
    """Countersigned or confirmed already."""

    text = _("这笔捐赠当前为“{state}”，不能再次确认。")
    mend = _("请刷新页面查看最新情况。")


class LinesAreMissing(Refusal):
    """Goods without a line."""

    text = _("没有填写捐赠物资。")
    mend = _("请至少填写一种物资和数量。")


class QuantityIsOutOfRange(Refusal):
    """Zero, negative or absurd."""

    text = _("数量“{given}”不在可接受的范围内。")
    mend = _("请填写大于 0 的整数。")


class ItemIsUnknown(Refusal):
    """Not in the catalogue."""

    text = _("物资目录中没有这一物资。")
    mend = _("请从目录中选择，或先请管理员添加。")


class StatedValueIsZero(Refusal):
    """Unknown is empty, not zero."""

    text = _("价值不能填 0。")
    mend = _("不清楚价值请留空。")


class ReasonForLatenessIsMissing(Refusal):
    """A22: late goods only with a reason."""

    text = _("项目已暂停，补登在途物资须写明理由。")
    mend = _("请写明发运日期和在途原因。")


class StatementIsEmpty(Refusal):
    """A file without a byte in it."""

    text = _("文件“{name}”是空的。")
    mend = _("请重新下载或另存后再上传。")


class StatementIsNoLongerKept(Refusal):
    """Taken in, given up, or kept for too long."""

    text = _("文件“{name}”已收下、已删除或已超过保存期限。")
    mend = _("如仍须导入，请重新上传；已入账的行会识别为重复。")


class TakingInNeedsABooker(Refusal):
    """Accountants prepare a file; who books what arrived is a cashier or an intake clerk."""

    text = _("收下文件会把捐款入账，会计人员不能自己办理。")
    mend = _("请先在网页上传并核对，再由出纳或捐赠登记员在“导入记录”中收下。")


class ColumnsDoNotMakeAList(Refusal):
    """Without an amount and one thing more a row says nothing that could be booked."""

    text = _("各列还缺少：{lacking}。")
    mend = _("请至少指明金额（或收入金额）一列，以及捐赠人、交易单号、日期、附言中的一列。")


class ColumnIsTakenTwice(Refusal):
    """Two columns cannot mean the same."""

    text = _("有两列都当作“{meaning}”。")
    mend = _("每种含义只能选一列，其余请选“不使用”。")


class IntakeCannotBeUndone(Refusal):
    """Still running, or nothing of it stands in the books."""

    text = _("“{name}”还在办理，或没有已入账的捐赠，不能整个撤销。")
    mend = _("请等办理完成或先取消导入；单笔错记请从捐赠页面冲销。")


class IntakeUndoIsAskedFor(Refusal):
    """Asked for already, or done."""

    text = _("“{name}”已有撤销申请，或已撤销。")
    mend = _("请刷新页面，按当前状态办理。")


class UndoIsNotWaiting(Refusal):
    """Done or withdrawn already, or never asked for."""

    text = _("“{name}”没有待复核的撤销申请。")
    mend = _("请刷新页面查看。")


class UndoNeedsAnother(Refusal):
    """Who asks does not confirm (I-18)."""

    text = _("申请撤销的人不能自己复核。")
    mend = _("请由另一名有冲销权限的同事复核。")


class GiftsOfFileAreUsed(Refusal):
    """A file is taken back whole or not at all."""

    text = _("其中 {count} 笔已使用、已退款或正在申请退款，不能整个撤销：{places}。")
    mend = _("文件保持不变；请逐笔冲销其余的捐赠，或先撤回这些退款申请。")


class FileIsTooLongToUndo(Refusal):
    """All gifts of a file are taken back in one transaction, which others must wait for."""

    text = _("文件有 {count} 笔捐赠，超过一次撤销的上限 {limit} 笔。")
    mend = _("请逐笔冲销错记的捐赠。")


class IntakeNeedsItsFile(Refusal):
    """Broken off while it was read: the rest stands in the file only."""

    text = _("“{name}”在读取时中断，其余的行只在原文件中。")
    mend = _("请重新上传同一文件并收下，会从中断处继续，不会重复入账。")


class IntakeHasEnded(Refusal):
    """Finished or cancelled already."""

    text = _("“{name}”已完成或已取消。")
    mend = _("请刷新页面查看；如须再次导入，请重新上传文件。")


class IntakeIsCancelled(Refusal):
    """Somebody stopped the taking in of a file; what was booked before stays booked."""

    text = _("文件“{name}”的导入已取消，已入账的保持不变。")
    mend = _("如需继续，请重新导入同一文件，已入账的不会重复。")


class GiftIsNotFound(NotFound):
    """The same words for a wrong code and for no such gift."""

    text = _("没有找到与所填信息相符的捐赠。")
    mend = _("请核对捐赠编号和查询码（或手机号）后再试。")


class TooManyAttempts(Refusal):
    """Look-up is limited so that numbers and codes cannot be tried out."""

    text = _("查询次数过多，请稍后再试。")
    mend = _("约 15 分钟后可以继续查询。")


class OrderHasExpired(Refusal):
    """The cashier page was left open too long."""

    text = _("这笔订单已失效，没有扣款。")
    mend = _("请返回项目页面重新提交。")


class ChannelIsNotAvailable(Refusal):
    """No payment channel is switched on."""

    text = _("网上支付暂时不可用。")
    mend = _("请稍后再试，或通过银行转账捐款。")


class NotificationIsNotGenuine(Refusal):
    """A callback that failed a check. ``reason`` is a machine word, never shown in detail."""

    text = _("通知未通过验证。")


class NotificationContradicts(Refusal):
    """A genuine callback that does not fit the order (I-10, I-11)."""

    text = _("通知内容与订单不符。")


class AppealTitleIsTaken(Refusal):
    """Each appeal's fund bears its title."""

    text = _("本会已有名为“{title}”的项目。")
    mend = _("请换一个名称。")


class DirectedToIsUnknown(Refusal):
    """The giver named a unit that is not in the list of organisations."""

    text = _("没有找到所指定的受益单位。")
    mend = _("请从单位名录中选择，或改为不指定。")


class ReferenceIsKnown(Refusal):
    """A gift of goods with the same number of the list or the donor is there already."""

    text = _("原编号“{reference}”的物资捐赠已经登记过。")
    mend = _("请核对是否重复登记。")


class GiftCannotGoBack(Refusal):
    """Only confirmed money is refunded; goods go back by the store."""

    text = _("捐赠 {number} 不是已确认的捐款，不能退款。")
    mend = _("物资请由仓储办理退回；未确认的捐赠无须退款。")


class GiftIsNotConfirmed(Refusal):
    """A receipt says that something was received."""

    text = _("捐赠 {number} 尚未确认或已冲销，不能开具票据。")
    mend = _("款项到账、物资入库确认后再办理。")


class GoodsHaveNoValue(Refusal):
    """Goods without evidence of a fair price or a valuation (H03)."""

    text = _("捐赠 {number} 是物资，还没有估价结果，不能开具票据。")
    mend = _("请先取得捐赠人的公允价值凭证，或委托第三方评估；证书和感谢信不受影响。")


class TooManyAtOnce(Refusal):
    """More gifts than one act takes, or none."""

    text = _("一次须选择 1 至 {most} 笔捐赠，现有 {given} 笔。")
    mend = _("请缩小日期范围后分批办理。")


class NothingLeftToReceipt(Refusal):
    """Every one of them has its receipt."""

    text = _("所选捐赠都已开具票据。")
    mend = _("请核对所选的日期和渠道。")


class RefundIsNotAboveZero(Refusal):
    """Nothing or less than nothing is to go back."""

    text = _("退款金额须大于 0。")
    mend = _("请核对金额。")


class RefundIsTooMuch(Refusal):
    """Only what is unspent, and not asked for already, can go back (I-12)."""

    text = _("该笔捐赠尚可退还 {free} 元，不能退还 {wanted} 元。")
    mend = _("已使用或已申请退款的部分不能再退，请减少金额。")


class RefundIsNotWaiting(Refusal):
    """Paid or withdrawn already."""

    text = _("退款单 {number} 已办结或已撤回。")
    mend = _("请刷新页面查看。")


class RefundNeedsAnother(Refusal):
    """Who asks does not pay (I-18)."""

    text = _("申请退款的人不能自己付款。")
    mend = _("请由另一名有权限的同事复核付款。")


class OrderOwesNothing(Refusal):
    """Only a payment that came too late is returned, and once."""

    text = _("订单 {number} 没有须退回的款项，或已申请退款。")
    mend = _("已入账的支付请从捐赠页面申请退款。")
