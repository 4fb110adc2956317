"""Why a table cannot be read."""

from boai.ground.core.errors import Refusal
from boai.ground.core.text import gettext_noop as _


class FileIsTooLarge(Refusal):
    """More bytes than anybody's list has."""

    text = _("文件有 {size} MB，超过上限 {limit} MB。")
    mend = _("请拆分成几个文件后分别导入。")


class FileInflatesTooMuch(Refusal):
    """A packed file that grows beyond reason when opened: a bomb, or broken."""

    text = _("文件解压后过大（超过 {limit} MB 或压缩比超过 {ratio} 倍），不能打开。")
    mend = _("请用表格软件另存为新的 xlsx 或 csv 文件后再导入。")


class FileHasTooManyParts(Refusal):
    """More entries than a workbook has, or a packed file inside the packed file."""

    text = _("文件内部结构异常（部件过多或层层嵌套），不能打开。")
    mend = _("请用表格软件另存为新的 xlsx 或 csv 文件后再导入。")


class TableHasTooManyRows(Refusal):
    """More rows than one import takes."""

    text = _("表格超过 {limit} 行。")
    mend = _("请拆分成几个文件后分别导入。")


class FileIsNotATable(Refusal):
    """Neither Excel nor OpenDocument nor text in columns."""

    text = _("文件“{name}”不是能识别的表格（支持 xlsx、xls、ods、csv）。")
    mend = _("请用表格软件另存为 xlsx 后再导入。")
