"""Pages for the three administrators."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from boai.foundations.identity import queries
from boai.foundations.identity.services import appointing
from boai.foundations.identity.values import NOT_POSTS, ROLES, PostRow, UserRow
from boai.foundations.identity.web.second_factor import has_second_factor
from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotFound
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage, actor_of
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.lists import Column, Filter, ListPage


@door("identity.see")
class Staff(ListPage):
    """The accounts of one's own organisation."""

    title = _("人员与岗位")
    template_name = "identity/staff.html"
    intro = _("一人一个账号；任何人不得给自己授予岗位；系统、安全、审计三类管理员由三个人担任。")
    columns = [
        Column(
            "name",
            _("姓名"),
            link=lambda row: reverse("identity-user", args=[row.user_id]),
        ),
        Column("username", _("用户名"), sort=True),
        Column(
            "roles", _("岗位"), value=lambda row: "、".join(gettext(ROLES[r]) for r in row.roles)
        ),
        Column(
            "is_active",
            _("状态"),
            kind="state",
            value=lambda row: gettext("在用") if row.is_active else gettext("停用"),
            tone=lambda row: "good" if row.is_active else "bad",
        ),
        Column("opened_at", _("开立时间"), kind="moment", sort=True),
    ]
    filters = [
        Filter(
            "role",
            _("岗位"),
            choices=[(code, name) for code, name in ROLES.items() if code not in NOT_POSTS],
            apply=lambda rows, role: [row for row in rows if role in row.roles],
        )
    ]
    search_hint = _("姓名、用户名")
    order = "username"
    file_name = "staff"

    def rows(self) -> list[UserRow]:
        """Of this organisation."""
        here = self.actor.organisation_id
        return queries.staff_of(here) if here is not None else []

    def search(self, rows: list[UserRow], text: str) -> list[UserRow]:
        """By name or user name; names are sealed, so this reads what was opened."""
        return [row for row in rows if text in row.name or text.lower() in row.username]

    def context(self) -> Mapping[str, Any]:
        """The way to a new account."""
        return {"may_open": queries.may(self.actor, "identity.open-account")}


def _row(actor: Actor, user_id: int) -> UserRow:
    """A user of the actor's own organisation; others look as if they were not there."""
    here = actor.organisation_id
    found = next((row for row in queries.staff_of(here or 0) if row.user_id == user_id), None)
    if found is None:
        raise NotFound
    return found


@door("identity.see")
def user(request: HttpRequest, user_id: int) -> HttpResponse:
    """One account and its posts."""
    actor = actor_of(request)
    row = _row(actor, user_id)
    posts: Sequence[PostRow] = queries.posts_of(user_id)
    return TemplateResponse(
        request,
        "identity/user.html",
        {
            "title": row.name,
            "row": row,
            "second_factor": has_second_factor(user_id),
            "here": actor.organisation_id,
            "posts": [(post, gettext(ROLES[post.role])) for post in posts],
            "may_appoint": queries.may(
                actor, "identity.appoint", organisation_id=actor.organisation_id
            ),
            "may_close": queries.may(
                actor, "identity.open-account", organisation_id=actor.organisation_id
            ),
        },
    )


class AccountForm(forms.Form):
    """A verified person and how they will sign in first."""

    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)
    identity_number = forms.CharField(
        label=gettext_lazy("身份证件号码"),
        max_length=30,
        help_text=gettext_lazy("加密保存，只用于认定同一个人，不在任何页面显示。"),
    )
    phone = forms.CharField(label=gettext_lazy("手机"), max_length=20, required=False)
    username = forms.CharField(label=gettext_lazy("用户名"), max_length=64)
    password = forms.CharField(
        label=gettext_lazy("初始密码"),
        max_length=128,
        widget=forms.PasswordInput,
        help_text=gettext_lazy("至少 10 位。请当面交给本人，并要求登录后修改。"),
    )

    def clean_password(self) -> str:
        """As strong as everybody's."""
        given = str(self.cleaned_data["password"])
        validate_password(given)
        return given


@door("identity.open-account")
class OpenAccount(ActPage):
    """Open an account without rights."""

    title = _("开立账号")
    intro = _("账号开立后没有任何权限；岗位由安全管理员另行授予。")
    form_class = AccountForm
    submit_label = _("开立")
    success = _("账号已开立。")

    def act(self, form: AccountForm) -> int:
        """Register the person if need be, open the account."""
        given = form.cleaned_data
        return appointing.enrol(
            self.actor,
            name=given["name"],
            identity_number=given["identity_number"],
            phone=given["phone"] or None,
            organisation_id=self.actor.organisation_id or 0,
            username=given["username"],
            password=given["password"],
            at=self.at,
        )

    def done_url(self, outcome: int) -> str:
        """The new account."""
        return reverse("identity-user", args=[outcome])


class RoleForm(forms.Form):
    """Which post."""

    role = forms.ChoiceField(label=gettext_lazy("岗位"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["role"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(c, gettext(n)) for c, n in ROLES.items() if c not in NOT_POSTS]


@door("identity.appoint")
class Appoint(ActPage):
    """Give an account a post."""

    title = _("授予岗位")
    form_class = RoleForm
    submit_label = _("授予")
    confirm = _("确认授予这一岗位？对方下次打开页面即生效。")
    success = _("岗位已授予。")

    def act(self, form: RoleForm) -> int:
        """Appoint, in the actor's own organisation."""
        _row(self.actor, self.kwargs["user_id"])
        return appointing.appoint(
            self.actor,
            user_id=self.kwargs["user_id"],
            organisation_id=self.actor.organisation_id or 0,
            role=form.cleaned_data["role"],
            at=self.at,
        )

    def done_url(self, outcome: int) -> str:
        """The account."""
        return reverse("identity-user", args=[self.kwargs["user_id"]])

    def context(self) -> Mapping[str, Any]:
        """Who."""
        row = _row(self.actor, self.kwargs["user_id"])
        return {"facts": [(gettext("姓名"), row.name), (gettext("用户名"), row.username)]}


@door("identity.appoint")
class EndPost(ActPage):
    """End a post."""

    title = _("结束岗位")
    submit_label = _("结束岗位")
    danger = True
    confirm = _("确认结束？对方下次打开页面即失去权限。")
    success = _("岗位已结束。")

    def act(self, form: forms.Form) -> int:
        """End it."""
        post = self.post_row()
        appointing.end_post(self.actor, post_id=post.post_id, at=self.at)
        return post.user_id

    def post_row(self) -> PostRow:
        """The post, if it belongs to the actor's organisation."""
        here = self.actor.organisation_id
        for row in queries.posts([here] if here is not None else [], ended=True):
            if row.post_id == self.kwargs["post_id"]:
                return row
        raise NotFound

    def done_url(self, outcome: int) -> str:
        """The list."""
        return reverse("identity-staff")

    def context(self) -> Mapping[str, Any]:
        """Which post of whom."""
        post = self.post_row()
        return {
            "facts": [
                (gettext("姓名"), queries.person_name(post.person_id)),
                (gettext("岗位"), gettext(ROLES[post.role])),
            ]
        }


@door("identity.open-account")
class CloseAccount(ActPage):
    """Close an account."""

    title = _("停用账号")
    submit_label = _("停用")
    danger = True
    confirm = _("确认停用？对方立即不能再办理任何事项。")
    success = _("账号已停用。")

    def act(self, form: forms.Form) -> None:
        """Close it."""
        _row(self.actor, self.kwargs["user_id"])
        appointing.close_account(self.actor, user_id=self.kwargs["user_id"], at=self.at)

    def done_url(self, outcome: None) -> str:
        """The list."""
        return reverse("identity-staff")

    def context(self) -> Mapping[str, Any]:
        """Whose."""
        row = _row(self.actor, self.kwargs["user_id"])
        return {"facts": [(gettext("姓名"), row.name), (gettext("用户名"), row.username)]}
