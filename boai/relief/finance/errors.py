"""The refusals of finance."""

from boai.ground.core.errors import NotFound, NotPermitted, Refusal
from boai.ground.core.text import gettext_noop as _

__all__ = ["NotFound", "NotPermitted"]


class AmountIsNotAboveZero(Refusal):
    """Nothing or less than nothing is to be paid."""

    text = _("拨付金额须大于 0。")
    mend = _("请核对金额。")


class PurposeIsMissing(Refusal):
    """Nobody could say later what it was for."""

    text = _("没有填写用途。")
    mend = _("请写明这笔款项用于什么。")


class FundIsNotYours(Refusal):
    """The fund belongs to another society or does not exist."""

    text = _("本机构没有这个基金。")
    mend = _("请从本机构的基金中选择。")


class RestrictedToAnotherPurpose(Refusal):
    """A restricted pool may not be spent on another purpose (H11, I-6)."""

    text = _("基金“{fund}”限定用于“{purpose}”，不能用于其他项目。")
    mend = _("请改用符合用途的基金，或先依法办理变更用途。")


class GiverDirectedElsewhere(Refusal):
    """Directed money goes to the unit that the giver named (H10)."""

    text = _("基金“{fund}”的捐赠人已指定收款单位，不能付给其他单位。")
    mend = _("请按捐赠人指定的单位办理。")


class PayeeIsUnknown(Refusal):
    """No such organisation, or the society itself."""

    text = _("收款单位不在名录中，或就是本机构。")
    mend = _("请先在机构名录登记收款单位。")


class TransferGoesToSocieties(Refusal):
    """A transfer goes to a society with books of its own."""

    text = _("划转的对象须是红十字会。")
    mend = _("付给其他单位请选择“拨付单位”。")


class PurchaseNeedsLines(Refusal):
    """What is bought must be said: items, quantities, prices."""

    text = _("采购没有明细，或明细数量、单价不大于 0。")
    mend = _("请逐行填写品名、数量和单价。")


class LinesDoNotSum(Refusal):
    """Quantity times price over all lines is the amount."""

    text = _("明细合计 {sum} 元，与拨付金额 {amount} 元不符。")
    mend = _("请核对数量、单价和金额。")


class UnknownItem(Refusal):
    """An item that the catalogue does not have."""

    text = _("品名不在目录中。")
    mend = _("请先在目录中登记。")


class NotWaitingForThis(Refusal):
    """The disbursement is in another state."""

    text = _("这笔拨付现在是“{state}”，不能办理此步骤。")
    mend = _("请刷新页面查看最新状态。")


class TooFewAttendees(Refusal):
    """A collective decision is taken by several people (H11)."""

    text = _("集体决策至少须有 {fewest} 人参会，现有 {given} 人。")
    mend = _("请补齐参会人员。")


class DecisionIsNotWritten(Refusal):
    """A decision without the meeting's name or minutes proves nothing."""

    text = _("决策记录不完整：须有会议名称和决议内容。")
    mend = _("请补充后再提交。")


class DecisionIsInTheFuture(Refusal):
    """A meeting that has not been held yet."""

    text = _("会议日期晚于今天。")
    mend = _("请填写实际开会日期。")


class ProposerCannotDecide(Refusal):
    """Who asks for the money does not record the decision (I-22)."""

    text = _("申请人不能登记或核准自己申请的拨付。")
    mend = _("请由另一位同事办理。")


class PayerMustBeAnother(Refusal):
    """Asking, deciding and paying are three persons (I-22)."""

    text = _("付款人不能是申请人或核准人。")
    mend = _("请由另一位出纳付款。")


class NoCollectiveDecision(Refusal):
    """No payment without an attached collective decision (H11)."""

    text = _("这笔拨付没有集体决策记录，不能付款。")
    mend = _("请先登记“三重一大”集体决策。")


class NothingWasBought(Refusal):
    """Goods can be received for a paid purchase only."""

    text = _("只有已付款的采购可以收货。")
    mend = _("请核对拨付编号。")


class MoreThanBought(Refusal):
    """The keeper counted more than was bought."""

    text = _("“{line}”采购 {bought}，已收 {received}，不能再收 {counted}。")
    mend = _("多送的物资请另作捐赠登记或退回。")


class BankIsMissing(Refusal):
    """From which bank account is paid."""

    text = _("没有选择付款账户。")
    mend = _("请选择付款账户。")


class CodeIsNotAnAccount(Refusal):
    """The accounting rules number accounts with digits: four, and more for detail."""

    text = _("科目编码“{given}”不是 4 至 20 位数字。")
    mend = _("请按会计制度填写，例如 1002，明细科目再加数字，例如 100201。")


class AccountHasNoName(Refusal):
    """A voucher names the account, not its number alone (财会〔2004〕7号, part 1, no. 4)."""

    text = _("没有填写科目名称。")
    mend = _("请填写科目名称，例如“银行存款”。")
