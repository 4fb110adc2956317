"""The refusals of the room."""

from boai.ground.core.errors import Refusal
from boai.ground.core.text import gettext_noop as _


class DivisionListIsNotKnown(Refusal):
    """The file is neither of the china-division family nor a GB/T 2260 table."""

    text = _("文件“{file}”不是能识别的行政区划表。")
    mend = _("请提供 china-division 的 csv，或含 Source、Revision、Code、Name 四列的 tsv。")
