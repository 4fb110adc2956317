"""The refusals of the room."""

from boai.ground.core.errors import Refusal
from boai.ground.core.text import gettext_noop as _


class PaperKindIsUnknown(Refusal):
    """No such kind of paper."""

    text = _("没有“{kind}”这种证书。")


class SubjectHasPaper(Refusal):
    """There is a valid paper of this kind for the same thing already."""

    text = _("此事项已有一份有效的同类证书 {number}。")
    mend = _("如需更正，请办理换发。")


class HolderHasNoName(Refusal):
    """A paper needs somebody to be handed to."""

    text = _("证书上要写明持有人的名称。")
    mend = _("请填写姓名或单位名称；匿名捐赠请写“爱心人士”。")


class HolderNameIsTooLong(Refusal):
    """More characters than a paper can carry."""

    text = _("持有人名称超过 {limit} 个字。")
    mend = _("请使用简称。")


class PaperIsNotValid(Refusal):
    """It was replaced or cancelled before."""

    text = _("证书 {number} 已不是有效状态（{state}）。")
    mend = _("请查看最新的一份证书。")


class ReasonIsMissing(Refusal):
    """Replacing and cancelling need a reason that the trail keeps."""

    text = _("没有写明原因。")
    mend = _("请写明换发或作废的原因。")


class TooManyChecks(Refusal):
    """Too many wrong numbers or codes from one place."""

    text = _("核验次数过多。")
    mend = _("请稍等几分钟后再试。")


class PaperNotFound(Refusal):
    """Number and code do not fit: which of the two is wrong is not said."""

    text = _("没有查到与此编号和校验码相符的证书。")
    mend = _("请核对证书上印的编号和校验码后再试。")
