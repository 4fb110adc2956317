"""The refusals of the reconciliation."""

from boai.ground.core.errors import Refusal
from boai.ground.core.text import gettext_noop as _


class DayIsClosed(Refusal):
    """A closed day takes nothing new until somebody opens it again."""

    text = _("{day} 的对账已关闭，不能再改动。")
    mend = _("请先写明原因重新打开这一天，再办理。")


class DayIsNotClosed(Refusal):
    """Only a closed day is opened again."""

    text = _("{day} 的对账没有关闭，无须重新打开。")
    mend = _("请刷新页面查看最新情况。")


class DifferenceNeedsNote(Refusal):
    """A day does not end with a difference that nobody explains."""

    text = _("这一天还有差额 {difference} 元、未对上 {count} 笔，关闭前须写明原因。")
    mend = _("请在说明中写明差额的原因和处理办法。")


class BillIsNotReadable(Refusal):
    """No line of the file has a transaction number and an amount."""

    text = _("“{name}”中没有找到带交易单号和金额的账单行。")
    mend = _("请上传渠道商户平台下载的交易账单原件（CSV 或 Excel）。")


class BillContradictsItself(Refusal):
    """The same number with another amount than before."""

    text = _("交易 {reference} 此前的账单为 {before} 元，这份账单为 {now} 元。")
    mend = _("请核对是否选错了账户或文件；整份文件没有收下。")


class PairDoesNotFit(Refusal):
    """Another amount, another society, or paired already."""

    text = _("账单行 {reference} 与捐赠 {gift} 不能认作同一笔：金额不同，或已与别的配对。")
    mend = _("请核对金额和编号。")
