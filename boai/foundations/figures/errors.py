"""The refusals of the room."""

from boai.ground.core.errors import Refusal
from boai.ground.core.text import gettext_noop as _


class FigureIsUnknown(Refusal):
    """No room declares a figure of this name."""

    text = _("没有名为“{name}”的指标。")
    mend = _("请用 boai figures 查看全部指标。")


class SpanIsBackward(Refusal):
    """The last day lies before the first."""

    text = _("统计期间的结束日早于开始日。")
    mend = _("请核对起止日期。")


class OrganisationIsUnknown(Refusal):
    """No such organisation."""

    text = _("没有找到单位“{name}”。")
    mend = _("请填写单位编码或全称。")


class FigureIsNotADailySum(Refusal):
    """The figure is a rate or a state: its days do not add up."""

    text = _("指标“{name}”不是按日累加的数，不能按日列出。")
    mend = _("请按期间或时点查询这个指标。")
