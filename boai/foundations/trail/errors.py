"""The refusals of the room."""

from boai.ground.core.errors import Refusal
from boai.ground.core.text import gettext_noop as _


class EvidenceIsEmpty(Refusal):
    """No content came."""

    text = _("没有收到文件内容。")
    mend = _("请重新选择照片或文件。")


class EvidenceIsTooLarge(Refusal):
    """More bytes or more pixels than the house keeps."""

    text = _("文件“{filename}”太大。")
    mend = _("请上传不超过 10 MB、4000 万像素的照片或 PDF。")


class EvidenceKindIsNotTaken(Refusal):
    """Neither a picture that can be read nor a PDF."""

    text = _("文件“{filename}”不是可接受的照片或 PDF。")
    mend = _("请上传 JPEG、PNG、WebP 照片或 PDF 文件。")
