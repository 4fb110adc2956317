"""Pages for staff."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from boai.foundations.organisations import queries
from boai.foundations.organisations.models import Alias, Organisation
from boai.foundations.organisations.rules import normal_name
from boai.foundations.organisations.services import registering
from boai.foundations.organisations.web.forms import AliasForm, RegisterForm
from boai.foundations.organisations.web.words import KIND_WORDS, KINDS, LEVEL_WORDS, LEVELS
from boai.foundations.places import queries as places
from boai.ground.core.errors import NotFound
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.lists import Column, Filter, ListPage


def _link(row: Organisation) -> str:
    return reverse("organisations-one", args=[row.pk])


_COLUMNS = (
    Column("name", _("名称"), link=_link, sort="normal_name"),
    Column("code", _("代码"), kind="ref", sort=True),
    Column("kind", _("类别"), kind="state", value=lambda row: KIND_WORDS[row.kind]),
    Column("level", _("级别"), kind="state", value=lambda row: LEVEL_WORDS[row.level]),
    Column("parent", _("上级单位"), value=lambda row: row.parent.name if row.parent else ""),
    Column("division_code", _("区划代码")),
)


@door("organisations.see")
class Organisations(ListPage):
    """Search among societies and outside bodies."""

    title = _("单位")
    template_name = "organisations/list.html"
    columns = _COLUMNS
    filters = (
        Filter("kind", _("类别"), choices=KINDS),
        Filter("level", _("级别"), choices=LEVELS),
    )
    search_hint = _("名称、别名、代码")
    order = "code"
    file_name = "organisations"
    empty_text = _("没有符合条件的单位。")

    def rows(self) -> QuerySet[Organisation]:
        """All of them: names of institutions are public."""
        return Organisation.objects.select_related("parent")

    def search(self, rows: QuerySet[Organisation], text: str) -> QuerySet[Organisation]:
        """By any part of the name, an alias, or the beginning of the code."""
        normal = normal_name(text)
        other = Alias.objects.filter(normal_name__contains=normal).values("organisation_id")
        return rows.filter(
            Q(normal_name__contains=normal) | Q(code__istartswith=text) | Q(pk__in=other)
        )

    def context(self) -> Mapping[str, Any]:
        """The button for a new one."""
        may = getattr(self.request, "may", None)
        if callable(may) and may("organisations.register"):
            return {"new_url": reverse("organisations-register")}
        return {}


@door("organisations.see")
class OneOrganisation(ListPage):
    """One organisation: its line up, its aliases, what is directly below."""

    template_name = "organisations/one.html"
    columns = _COLUMNS[:4]
    filters = (Filter("kind", _("类别"), choices=KINDS),)
    search_hint = _("名称或代码")
    order = "code"
    file_name = "organisations-below"
    empty_title = _("没有下级单位")

    def rows(self) -> QuerySet[Organisation]:
        """The organisations directly below. *Refuses*: ``NotFound``."""
        own = queries.row(self.kwargs["organisation_id"])
        if own is None:
            raise NotFound
        return Organisation.objects.filter(parent_id=own.id)

    def search(self, rows: QuerySet[Organisation], text: str) -> QuerySet[Organisation]:
        """By any part of the name or the beginning of the code."""
        return rows.filter(Q(normal_name__contains=normal_name(text)) | Q(code__istartswith=text))

    def context(self) -> Mapping[str, Any]:
        """The organisation itself. *Refuses*: ``NotFound``."""
        own = queries.row(self.kwargs["organisation_id"])
        if own is None:
            raise NotFound
        above = queries.rows(queries.ancestor_ids(own.id))
        line = [above[pk] for pk in reversed(queries.ancestor_ids(own.id))]
        aliases = Alias.objects.filter(organisation_id=own.id).order_by("name")
        facts = [
            (gettext("代码"), own.code),
            (gettext("类别"), gettext(KIND_WORDS[own.kind])),
            (gettext("级别"), gettext(LEVEL_WORDS[own.level]) if own.level else "—"),
            (gettext("所在地"), places.full_name(own.division_code) or own.division_code or "—"),
            (gettext("别名"), "、".join(alias.name for alias in aliases) or "—"),
        ]
        return {"own": own, "line": line, "facts": facts, "title": own.name}


@door("organisations.register")
class RegisterOrganisation(ActPage):
    """Register an organisation."""

    title = _("登记单位")
    form_class = RegisterForm
    submit_label = _("登记")
    success = _("单位已登记。")

    def act(self, form: Any) -> int:
        """Register it."""
        given = form.cleaned_data
        return registering.register(
            self.actor,
            code=given["code"],
            name=given["name"],
            kind=given["kind"],
            level=given["level"],
            parent_id=given["parent"],
            division_code=given["division_code"],
            uscc=given["uscc"] or None,
            at=self.at,
        )

    def done_url(self, outcome: Any) -> str:
        """The new organisation's page."""
        return reverse("organisations-one", args=[outcome])


@door("organisations.register")
class AddAlias(ActPage):
    """Let an organisation be found by another name."""

    title = _("添加别名")
    form_class = AliasForm
    submit_label = _("添加")
    success = _("别名已添加。")

    def context(self) -> Mapping[str, Any]:
        """Whose name it is. *Refuses*: ``NotFound``."""
        own = queries.row(self.kwargs["organisation_id"])
        if own is None:
            raise NotFound
        return {"facts": [(gettext("单位"), own.name)]}

    def act(self, form: Any) -> None:
        """Add it."""
        registering.add_alias(
            self.actor,
            organisation_id=self.kwargs["organisation_id"],
            name=form.cleaned_data["name"],
            at=self.at,
        )

    def done_url(self, outcome: Any) -> str:
        """Back to the organisation."""
        return reverse("organisations-one", args=[self.kwargs["organisation_id"]])
