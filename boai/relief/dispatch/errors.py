"""What dispatch refuses, each with the mend."""

from boai.ground.core.errors import Refusal
from boai.ground.core.text import gettext_noop as _


class NothingToCarry(Refusal):
    """A waybill without lines."""

    text = _("运单上没有任何物资。")
    mend = _("请至少选择一个批次。")


class LotTwice(Refusal):
    """One lot on two lines of one waybill."""

    text = _("同一批次在运单上出现了两次。")
    mend = _("请合并为一行。")


class ReceiverUnknown(Refusal):
    """No such organisation, or it no longer exists, or it is the sender itself."""

    text = _("收货单位不存在、已停用或就是本单位。")
    mend = _("请选择在用的收货单位。")


class NotSetAside(Refusal):
    """The lot is not set aside for this, or not enough of it."""

    text = _("批次 {number} 为该事项预留的数量不足（可用 {there}）。")
    mend = _("请先按批准的方案预留，或减少数量。")


class RouteIsNotForWaybills(Refusal):
    """Goods that are stored do not travel."""

    text = _("入库储存的物资不开运单。")
    mend = _("请选择点对点直送或救援中心中转。")


class WaybillNotWaiting(Refusal):
    """The waybill is not at the step for this."""

    text = _("运单 {number} 当前不能办理此事。")
    mend = _("请刷新页面，查看运单现在的状态。")


class LoadingHasChanged(Refusal):
    """The second keeper saw something else than what was loaded."""

    text = _("您核对的装车内容与运单现在的内容不一致。")
    mend = _("请刷新页面，重新核对后再签字。")


class EveryLineIsCounted(Refusal):
    """The receiver left a line out, or named one that is not there."""

    text = _("还有物资没有清点。")
    mend = _("请逐项填写实收数量，没有收到的填 0。")


class CountIsNotWhole(Refusal):
    """Negative or beyond reason."""

    text = _("实收数量“{given}”不可接受。")
    mend = _("请填写不小于 0 的整数。")


class MoreDamagedThanCounted(Refusal):
    """Damaged pieces are part of what was counted."""

    text = _("破损数量大于实收数量。")
    mend = _("破损件也计入实收数量，请核对。")


class SenderSigns(Refusal):
    """Who loaded the goods does not sign for their arrival (I-18)."""

    text = _("装车人员不能代收货单位签收。")
    mend = _("请由收货单位的收货人签收。")


class DifferenceNotWaiting(Refusal):
    """Settled already, or not proposed yet."""

    text = _("这项差异当前不能办理此事。")
    mend = _("请刷新页面。")


class OutcomeDoesNotFit(Refusal):
    """Goods that were too many cannot be lost; goods that are missing cannot be explained away."""

    text = _("这种处理方式不适用于这类差异。")
    mend = _("短少或破损请选择补交、退回入库或确认损失；溢收请选择查明原因。")


class ReasonMissing(Refusal):
    """A settlement without a reason."""

    text = _("没有填写原因。")
    mend = _("请用一句话写明原因。")


class NothingComesBack(Refusal):
    """A return names at least one line and at least one piece."""

    text = _("没有填写要退回的物资。")
    mend = _("请填写至少一种物资的退回数量。")


class MoreThanDelivered(Refusal):
    """Only what was delivered, and has not come back yet, can come back."""

    text = _("该单位尚有 {there}，不能退回 {wanted}。")
    mend = _("请核对数量。")


class ReturnNotWaiting(Refusal):
    """Counted, received or withdrawn already."""

    text = _("退货单 {number} 目前不能这样办理。")
    mend = _("请刷新页面，按当前状态办理。")
