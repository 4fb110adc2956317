"""The refusals of the room."""

from boai.ground.core.errors import Refusal
from boai.ground.core.text import gettext_noop as _


class ItemCodeIsTaken(Refusal):
    """Another item has this code."""

    text = _("物资编码“{code}”已被使用。")
    mend = _("请换一个编码，或直接使用已有的物资。")


class ItemIsNotWellDescribed(Refusal):
    """Name, unit, code or pack is missing or out of range."""

    text = _("物资“{name}”的名称、编码、单位或装量不正确。")
    mend = _("请填写编码、名称和最小计量单位；装量应为正整数。")


class CategoryIsNotKnown(Refusal):
    """No category has this code."""

    text = _("没有编码为“{code}”的物资类别。")
    mend = _("请从类别列表中选择。")


class NameMeansAnotherItem(Refusal):
    """The other name already leads to another item."""

    text = _("名称“{name}”已指向另一种物资。")
    mend = _("请换一个名称，或先停用原来的名称。")


class ProtectiveClassDiffers(Refusal):
    """A name speaks of one protective class and the item has another (KN95 is not N95)."""

    text = _("名称“{name}”所指的防护等级与该物资不同。")
    mend = _("请核对执行标准：KN95（GB 2626）与医用防护口罩（GB 19083）不可混用。")


class ItemListIsNotKnown(Refusal):
    """The file is no list of items that can be read."""

    text = _("文件“{file}”不是能识别的物资目录。")
    mend = _("请提供含物资编码和名称两列的 csv。")


class KitListIsNotWellDescribed(Refusal):
    """A kit's list names other items, each at least once, and is set once."""

    text = _("套装清单有误：须列出至少一种其他物资，数量至少为 1，且每个套装只设一次清单。")
    mend = _("请核对；清单不同的套装请另立一个品种。")


class PartIsNamedTwice(Refusal):
    """Two lines of a kit's list name the same item."""

    text = _("同一种物资在清单里出现了两行。")
    mend = _("请合成一行，写明每套的总数。")
