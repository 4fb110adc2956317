"""The refusals of the room."""

from boai.ground.core.errors import Refusal
from boai.ground.core.text import gettext_noop as _


class DoesNotBalance(Refusal):
    """A line does not balance, or the opening is not the closing of the bulletin before (I-29)."""

    text = _("公示的收支不平衡，不能发布：{lines}。")
    mend = _("请重新编制；若仍不平衡，请用 boai audit 查账。")


class NeedsAnotherPerson(Refusal):
    """Whoever prepared a bulletin may not publish it (I-32)."""

    text = _("编制人不能发布自己编制的公示。")
    mend = _("请由另一位有发布权限的同事核对后发布。")


class NobodySigns(Refusal):
    """The actor is not a person."""

    text = _("公示须由具体的人编制和发布。")
    mend = _("请用本人账号登录后办理。")


class DayIsNotOver(Refusal):
    """A bulletin for a day that has not begun, or before its series begins (H05)."""

    text = _("{day} 不在本项目可公示的日期之内。")
    mend = _("请选择从公告次日起、不晚于今天的日期。")


class EarlierDayIsMissing(Refusal):
    """Days are published in their order, none left out (H05)."""

    text = _("{day} 的公示尚未发布。")
    mend = _("请按日期先后逐日编制和发布，收支为零的日子也要公示。")


class DayIsPublished(Refusal):
    """The day has its bulletin."""

    text = _("{day} 的公示已经发布。")
    mend = _("发现差错时请办理更正，更正会成为新的一版，旧版保留。")


class LogIsBehind(Refusal):
    """Acts wait for their place in the log; a bulletin would miss them."""

    text = _("还有 {count} 项公开事项尚未记入透明日志。")
    mend = _("请稍候几秒再编制。")


class WitnessesAreAwaited(Refusal):
    """What a bulletin would count is signed, and not yet cosigned by enough witnesses (I-37)."""

    text = _("还有 {count} 项公开事项正等待见证方联署（已有 {have} 家，至少要 {needed} 家）。")
    mend = _("请稍后再编制；若一直如此，请在透明日志页查看哪家见证方没有联署。")


class ContentHasChanged(Refusal):
    """The draft is no longer what the log gives: somebody touched it, or it was replaced."""

    text = _("草稿的内容与透明日志重新计算的结果不一致。")
    mend = _("请撤下这份草稿，重新编制。")


class NotADraft(Refusal):
    """Published and withdrawn bulletins stay as they are (I-30)."""

    text = _("这份公示已经发布或撤下，不能再变动。")
    mend = _("发现差错时请办理更正。")


class NothingToCorrect(Refusal):
    """Only a published bulletin can be corrected, and a reason is needed."""

    text = _("只能更正已发布的公示，并须写明原因。")
    mend = _("请核对编号，写明更正原因。")


class NumberIsUnknown(Refusal):
    """No gift, expense, lot, waybill or bulletin has this number."""

    text = _("没有找到编号“{number}”。")
    mend = _("请核对编号：可以是捐赠、支出、批次或运单的编号。")


class LogDoesNotFit(Refusal):
    """The exported log is not there, or holds no such bulletin."""

    text = _("文件夹“{folder}”里没有可用的日志，或其中没有这份公示。")
    mend = _("请先用 boai log export 导出日志。")
