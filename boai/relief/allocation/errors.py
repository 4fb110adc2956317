"""The refusals of the room."""

from boai.ground.core.errors import Refusal
from boai.ground.core.text import gettext_noop as _


class NeedIsNotWellDescribed(Refusal):
    """No goods named, or a quantity that is no whole number above zero."""

    text = _("需求的物资名称或数量不正确。")
    mend = _("请写明物资；数量填大于 0 的整数，没有具体数量请留空。")


class NeedIsSettled(Refusal):
    """The need is no longer open."""

    text = _("该需求已经结束，不能再修改。")
    mend = _("如仍有需要，请重新发布。")


class ListIsFrozen(Refusal):
    """List 1 of that day exists already."""

    text = _("{day} 的可供调拨清单已经生成，不能重复生成。")
    mend = _("请直接使用已有清单。")


class ListIsNotThatDay(Refusal):
    """List 1 is drawn up for the day after, or for the same day, never for the past."""

    text = _("不能为 {day} 生成可供调拨清单。")
    mend = _("清单只能为当日或次日生成。")


class RequestIsEmpty(Refusal):
    """No line asks for anything."""

    text = _("没有填写任何数量。")
    mend = _("请至少填写一行的数量。")


class ReasonIsMissing(Refusal):
    """Nobody says why."""

    text = _("没有写明理由。")
    mend = _("请用 2 至 500 字写明理由。")


class MoreThanTheList(Refusal):
    """The line of list 1 has less left."""

    text = _("“{item}”在清单中只剩 {left}，少于所填的 {wanted}。")
    mend = _("请减少数量，或分次申请。")


class NotOnTheList(Refusal):
    """The line is not one of this list, or the lot not one of the line."""

    text = _("所选物资不在这份可供调拨清单中。")
    mend = _("请从清单中选择。")


class DirectedToAnother(Refusal):
    """The giver named another unit (I-6)."""

    text = _("“{item}”是定向捐赠给其他单位的物资。")
    mend = _("请选择非定向或定向给本单位的物资。")


class OutOfOrder(Refusal):
    """The step does not follow from the present state (H07)."""

    text = _("申请 {number} 当前为“{state}”，不能进行这一步。")
    mend = _("顺序为：提交申请、专班拟配、集体决策、发运。")


class RequestIsYourOwn(Refusal):
    """Who submitted a request may not propose on it (H07, I-22)."""

    text = _("申请由您提交，不能由您本人拟订分配方案。")
    mend = _("请由专班的另一位成员拟订。")


class LotCannotGo(Refusal):
    """The lot is not available now: gone, expired, recalled, in quarantine."""

    text = _("批次 {lot} 现在不可调拨，或可用数量少于 {wanted}。")
    mend = _("请刷新后重新选择批次。")


class NotWhatWasAsked(Refusal):
    """The proposal holds goods that the request does not ask for, or more than it asks."""

    text = _("分配方案超出了申请的物资或数量。")
    mend = _("请按申请的品种拟订，数量不超过申请数。")


class ContentIsNotWhatWasShown(Refusal):
    """What was decided is not what the request now holds (I-23)."""

    text = _("申请 {number} 的内容与决策时所见不一致，决策不能生效。")
    mend = _("请重新拟订方案并再次提请决策。")


class NeedListIsNotKnown(Refusal):
    """The file is no list of hospitals' needs that can be read."""

    text = _("文件“{file}”不是能识别的医院需求表。")
    mend = _("请提供医院需求 JSON，或含三级表头的需求登记 csv。")
