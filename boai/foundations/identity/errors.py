"""How identity says no."""

from boai.ground.core.errors import Refusal
from boai.ground.core.text import gettext_noop as _


class IdentityNumberIsNotValid(Refusal):
    """The identity number is malformed or its check character does not fit."""

    text = _("身份证件号码不正确，校验位不符。")
    mend = _("请对照证件逐位核对后重新填写。")


class NameIsNotUsable(Refusal):
    """The name is empty or longer than any name."""

    text = _("姓名不能为空，也不能超过 60 个字。")
    mend = _("请填写与身份证件一致的姓名。")


class PersonIsKnownUnderAnotherName(Refusal):
    """The identity number is registered with another name."""

    text = _("该证件号码已登记在另一姓名之下。")
    mend = _("请核对证件；如姓名有更改，请由安全管理员办理更名。")


class PersonHasAnAccountHere(Refusal):
    """One person, one active account per organisation (I-21)."""

    text = _("此人在本单位已有在用账号，一人在一个单位只能有一个账号。")
    mend = _("请使用已有账号，或先停用旧账号。")


class UsernameIsTaken(Refusal):
    """Another account has this user name."""

    text = _("用户名“{username}”已被使用。")
    mend = _("请换一个用户名。")


class UsernameIsNotUsable(Refusal):
    """The user name has characters or a length that are not allowed."""

    text = _("用户名只能由 2 至 64 个小写字母、数字、点、横线、下划线组成。")
    mend = _("请修改用户名。")


class NobodyAppointsThemselves(Refusal):
    """The actor is the person to be appointed (I-26)."""

    text = _("任何人不得给自己授予岗位，管理员也不例外。")
    mend = _("请由另一位安全管理员办理。")


class AdministratorsAreThreePersons(Refusal):
    """System, security and audit administrator must not meet in one person (I-26)."""

    text = _("系统、安全、审计三类管理员必须由不同的人担任。")
    mend = _("请另选人员，或先结束其原有管理员岗位。")


class PostIsHeldAlready(Refusal):
    """The account holds this role here already, or the person does through another account."""

    text = _("此人在该单位已有岗位，不能重复授予。")
    mend = _("请核对其现有岗位。")


class RoleIsNotAPost(Refusal):
    """The role code does not exist or is not given to people."""

    text = _("没有“{role}”这一岗位。")
    mend = _("请从岗位列表中选择。")


class PostHasEnded(Refusal):
    """The post was ended before."""

    text = _("该岗位已经结束。")
    mend = _("无需再次办理。")


class AccountIsClosed(Refusal):
    """The account is not active."""

    text = _("该账号已停用。")
    mend = _("请先核对账号状态。")


class NotYourPost(Refusal):
    """The chosen organisation is not one in which the user holds a post."""

    text = _("您在该单位没有在任岗位。")
    mend = _("请从列表中选择自己的岗位。")


class MustBeTwoPeople(Refusal):
    """Two signatures by one natural person (I-18, I-21)."""

    text = _("此事须由两位不同的人分别签字，您已经签过。")
    mend = _("请由另一位同事登录自己的账号签字。")
