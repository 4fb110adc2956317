"""What reading a list of goods gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from boai.ground.core.errors import Refusal
from boai.ground.core.text import gettext_noop as _

Direction = Literal["received", "issued"]


@dataclass(slots=True)
class GoodsRow:
    """One row: who gave or got, what, how much in the list's own unit, or why it is unusable."""

    sheet: str
    row: int
    day: date | None
    party: str = ""
    item: str = ""
    spec: str = ""
    unit: str = ""
    quantity: int = 0
    code: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class StatedSum:
    """A total line of the list, against the sum of its quantities (units mixed as in the list)."""

    sheet: str
    row: int
    label: str
    stated: int
    computed: int


@dataclass(slots=True)
class GoodsList:
    """A whole file: rows, totals, remarks (code, sheet)."""

    profile: str
    rows: list[GoodsRow] = field(default_factory=list)
    totals: list[StatedSum] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)


class FileIsNotAListOfGoods(Refusal):
    """No sheet has a heading with a party, an item and a quantity."""

    text = _("文件“{name}”中没有能识别的{wanted}。")
    mend = _("请核对表头：要有{party}、品名和数量三列。")


class ImportNeedsTwoKeepers(Refusal):
    """Historic lists are signed by two keepers of the society; fewer are appointed."""

    text = _("本单位在岗的保管员不足两人，不能导入出入库清单。")
    mend = _("请先为两名工作人员设置保管员岗位。")


class ImportNeedsAStore(Refusal):
    """The society has no store yet."""

    text = _("本单位还没有仓库，不能导入出入库清单。")
    mend = _("请先设立仓库。")


MESSAGES: Mapping[str, str] = {
    "QuantityIsMissing": _("这一行没有数量，请补填后再导入。"),
    "QuantityIsShared": _("数量与上一行合并在一个单元格，已计在上一行，不重复计数。"),
    "QuantityIsNotWhole": _("数量不是能识别的整数，请核对原表。"),
    "QuantityIsNotPositive": _("数量不大于零，请核对原表。"),
    "ItemIsMissing": _("这一行没有品名，请补填后再导入。"),
    "PartyIsMissing": _("这一行没有单位名称，请补填后再导入。"),
    "UnitIsMissing": _("数量没有计量单位，请补填后再导入。"),
    "NotEnoughInStock": _("账上没有足够的此种物资可供出库，须先核对入库记录。"),
    "TextIsTooLong": _("品名、规格或单位名称过长，请缩短后再导入。"),
    "UnitWasKept": _("不知道每{unit}有多少{base}，按表中的“{unit}”记账，没有换算。"),
    "SheetIsNotAList": _("这一工作表没有能识别的表头，未导入。"),
    "DayFromFileName": _("表内没有日期，按文件名取了日期；如不对，请用 --day 指明。"),
    "YearFromSavedDay": _("日期没有年份或年份与文件保存日期矛盾，已按保存日期推定年份。"),
    "DayIsUnknown": _("表内和文件名都没有日期，按导入当天记；请用 --day 指明。"),
}
"""Code of a problem -> what the person who made the file reads."""
