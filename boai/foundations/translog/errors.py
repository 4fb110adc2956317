"""The refusals of the log."""

from boai.ground.core.errors import Refusal
from boai.ground.core.text import gettext_noop as _


class LeafIsThereAlready(Refusal):
    """A public act has exactly one leaf (I-35)."""

    text = _("公开事项“{ref}”已经记入透明日志。")
    mend = _("每一事项只记一次；更正请另记新事项。")


class LeafIsTooLarge(Refusal):
    """The body is over 65,535 bytes (C9)."""

    text = _("公开事项“{ref}”的内容超过透明日志每条 65535 字节的上限。")
    mend = _("请只公开必要的字段，其余改为摘要。")


class LeafIsNotPlain(Refusal):
    """The facts hold something that has no canonical form, or the reference is malformed."""

    text = _("公开事项“{ref}”含有不能记入透明日志的内容。")
    mend = _("只能记入文字、整数、是非、日期及其列表。")


class LogMayNotGoBack(Refusal):
    """The database holds fewer leaves than were signed before (I-36, F-20)."""

    text = _(
        "透明日志拒绝签名：本机曾签到第 {sealed} 条，而数据库只有 {size} 条。"
        "数据库很可能是从旧备份恢复的。"
    )
    mend = _("请停止服务，恢复最新的数据库备份；切勿删除日志封存文件 {file}。")


class LogWasReplaced(Refusal):
    """The database holds another history than the one that was signed (I-34, I-36)."""

    text = _(
        "透明日志拒绝签名：本机曾签到第 {sealed} 条，而数据库中同一位置的内容与已签名的不同。"
        "数据库很可能被换过，或从旧备份恢复后又记入了新事项。"
    )
    mend = _("请停止服务，恢复最新的数据库备份；切勿删除日志封存文件 {file}。")


class SealIsMissing(Refusal):
    """Leaves have been sequenced, but the sealed size outside the database is gone."""

    text = _("透明日志拒绝签名：数据库已有 {size} 条编号记录，而日志封存文件 {file} 不见了。")
    mend = _("请从备份恢复该文件；恢复与新建是两回事，程序不会自行重建。")


class LogIsDamaged(Refusal):
    """Files of the log do not re-hash to what is in the database or was signed."""

    text = _("透明日志拒绝签名：{file} 的内容与已记录的不符（{found}）。")
    mend = _("请保留现场，用 boai audit 查明出处，再从备份恢复该文件。")


class NothingSignedYet(Refusal):
    """There is no checkpoint so far."""

    text = _("透明日志还没有签过检查点。")
    mend = _("请先启动后台任务，或执行 boai log checkpoint。")


class WitnessDidNotSign(Refusal):
    """A witness was asked for its cosignature and has not given a good one (C12)."""

    text = _("见证方 {witness} 没有签名（{answer}）。")
    mend = _(
        "请核对见证方的地址和公钥；若见证方记得的日志比本机更长，本机很可能用了旧备份，请停止服务查明。"
    )


class PolicyIsUnreadable(Refusal):
    """The policy file holds what a policy may not hold; nothing is published until it is mended."""

    text = _("见证策略文件 {file} 第 {line} 行有误：{reason}。")
    mend = _("请用 boai log policy 修改，或恢复原文件。此前已公布的记录不受影响。")


class PolicyNamesAnotherLog(Refusal):
    """The policy file does not name this log's own key."""

    text = _("见证策略文件 {file} 没有列出本日志的公钥。")
    mend = _("请加上一行：log {vkey}")


class WitnessHasSeenMore(Refusal):
    """A witness remembers a longer or another log: no head may be signed against it (I-36)."""

    text = _("透明日志暂停签名：见证方 {witness} 见过的日志与本机的不一致（{detail}）。")
    mend = _(
        "本机很可能用了旧备份。请执行 boai log recover 查明；"
        "若确信是见证方有误，可用 boai log policy remove 把它移出见证策略。"
    )


class LogIsHeld(Refusal):
    """The log was opened read-only, as after a restore: a person has to look first."""

    text = _("透明日志处于只读状态（自 {since}：{reason}），不签名。")
    mend = _(
        "请执行 boai log recover：它核对封存文件、见证方和公开的检查点，确认一致后才恢复签名。"
    )


class PolicyDoesNotFit(Refusal):
    """A change would leave a policy that says nothing sensible."""

    text = _("见证策略没有改动：{reason}。")
    mend = _("请用 boai log policy show 看现有的策略。")


class CannotRecover(Refusal):
    """What is here does not agree with what was signed or seen elsewhere: nothing is signed."""

    text = _("透明日志不能恢复签名：{reason}。")
    mend = _("请恢复更新的数据库备份或封存文件后再试；恢复不是新建，切勿删除封存文件。")
