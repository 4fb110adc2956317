"""The refusals of the room."""

from boai.ground.core.errors import Refusal
from boai.ground.core.text import gettext_noop as _


class CodeIsTaken(Refusal):
    """Another organisation has this code."""

    text = _("代码“{code}”已被使用。")
    mend = _("请换一个代码，或直接使用已有的单位。")


class ParentIsNotKnown(Refusal):
    """The organisation named as parent is not registered."""

    text = _("上级单位“{parent}”没有登记。")
    mend = _("请先登记上级单位。")


class OrganisationIsNotWellDescribed(Refusal):
    """Name, kind or level is missing or not one the house knows."""

    text = _("单位“{name}”的名称、类别或级别不正确。")
    mend = _("请填写 2 至 120 字的名称，并从列表中选择类别和级别。")


class CreditCodeIsWrong(Refusal):
    """The unified social credit code fails its check."""

    text = _("统一社会信用代码“{uscc}”校验不通过。")
    mend = _("请按证照逐位核对 18 位代码。")


class OrganisationIsNotKnown(Refusal):
    """No organisation has this code or full name."""

    text = _("没有找到单位“{given}”。")
    mend = _("请填写单位代码或完整名称。")


class FacilityListIsNotKnown(Refusal):
    """The file is no list of facilities that can be read."""

    text = _("文件“{file}”不是能识别的单位名单。")
    mend = _("请提供含省、市、区县和名称各列的 csv 或 json。")
