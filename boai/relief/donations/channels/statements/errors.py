"""Why a whole file is not taken in."""

from boai.ground.core.errors import Refusal
from boai.ground.core.text import gettext_noop as _


class FileIsNotAListOfGifts(Refusal):
    """No sheet has a heading with an amount and a donor, number or day."""

    text = _("文件“{name}”中没有能识别的捐款名单或账户流水。")
    mend = _("请核对表头：至少要有金额，以及捐赠人、交易单号或日期中的一列。")


class ProfileDoesNotFit(Refusal):
    """The list is of another family than the one asked for."""

    text = _("指定的格式“{given}”与表格不符，表格是“{found}”。")
    mend = _("请改用或省略 --profile（可用：{known}）。")


class StatementBreaksOff(Refusal):
    """A camt or MT940 file that cannot be read to its end."""

    text = _("对账单“{name}”在 {place} 处无法读下去，没有导入任何内容。")
    mend = _("请向银行重新下载完整的文件；不要用表格软件或编辑器另存。")


class FileHasAPassword(Refusal):
    """A workbook that opens with a password only."""

    text = _("文件“{name}”设有打开密码，不能读取。")
    mend = _("请用表格软件取消密码、另存后再上传。")


class FileIsNoStatement(Refusal):
    """A picture, a paper, an archive: nothing with rows."""

    text = _("文件“{name}”不是表格或对账单。")
    mend = _(
        "请上传 xlsx、xls、ods、csv、txt，或银行的 camt（xml）、MT940（sta）文件；压缩包请先解压。"
    )
