"""The desk of whoever prepares and publishes bulletins."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext

from boai.ground.core.clock import day_of
from boai.ground.core.errors import NotFound
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.lists import Column, ListPage
from boai.window.disclosure import permissions, queries
from boai.window.disclosure.services import bulletins
from boai.window.disclosure.values import BulletinRow
from boai.window.disclosure.web.bulletin_pages import series_title

WHOLE = "all"
"""How an address names the series of the whole society."""


@door("disclosure.see")
class Work(ListPage):
    """Days that miss a bulletin, drafts that wait for the second person."""

    title = _("每日公示")
    intro = _("公告次日起逐日编制，由另一人核对后发布；收支为零的日子也要公示。")
    template_name = "disclosure/work.html"
    columns = [
        Column("day", _("日期"), kind="day"),
        Column("appeal_title", _("项目")),
        Column(
            "state",
            _("状态"),
            kind="state",
            value=lambda row: gettext("待发布") if row.draft_id else gettext("待编制"),
            tone=lambda row: "info" if row.draft_id else "warn",
        ),
        Column(
            "act",
            _("办理"),
            value=lambda row: gettext("核对发布") if row.draft_id else gettext("编制"),
            link=lambda row: (
                reverse("disclosure-draft", args=[row.draft_id])
                if row.draft_id
                else reverse("disclosure-prepare", args=[row.appeal, row.day.isoformat()])
            ),
            export=False,
        ),
    ]
    exports = False
    empty_title = _("没有待办的公示")
    empty_text = _("每个项目到今天为止的公示都已发布。")
    empty_icon = "check2-circle"

    def rows(self) -> Any:
        """Of the actor's own society."""
        if self.actor.organisation_id is None:
            return []
        return queries.missing_days(self.actor.organisation_id, day_of(self.at))

    def context(self) -> Mapping[str, Any]:
        """Drafts, and the last that were published."""
        own = self.actor.organisation_id or 0
        return {
            "drafts": [(row, series_title(row.appeal)) for row in queries.drafts(own)],
            "published": [
                (queries.row_of(found), series_title(found.appeal))
                for found in queries.published(own)[:20]
            ],
            "today": day_of(self.at).isoformat(),
            "may_prepare": permissions.may_prepare(self.actor, own),
        }


@door("disclosure.prepare")
class Prepare(ActPage):
    """Compile the draft of one day."""

    title = _("编制公示")
    submit_label = _("从透明日志编制")
    success = _("草稿已编好，请由另一人核对发布。")

    def _day(self) -> date:
        try:
            return date.fromisoformat(self.kwargs["day"])
        except ValueError:
            raise NotFound from None

    def _appeal(self) -> str:
        return "" if self.kwargs["appeal"] == WHOLE else str(self.kwargs["appeal"])

    def context(self) -> Mapping[str, Any]:
        """Which day of which series."""
        return {
            "facts": [
                (gettext("项目"), series_title(self._appeal())),
                (gettext("日期"), self._day().isoformat()),
            ]
        }

    def act(self, form: forms.Form) -> BulletinRow:
        """Prepare."""
        return bulletins.prepare(
            self.actor,
            organisation_id=self.actor.organisation_id or 0,
            appeal=self._appeal(),
            day=self._day(),
            at=self.at,
        )

    def done_url(self, outcome: BulletinRow) -> str:
        """To the draft."""
        return reverse("disclosure-draft", args=[outcome.id])


class _OnDraft(ActPage):
    """What is done with one draft."""

    template_name = "disclosure/draft.html"

    def _draft(self) -> BulletinRow:
        row = queries.bulletin_by_id(self.kwargs["bulletin_id"])
        if row is None or row.organisation_id != self.actor.organisation_id:
            raise NotFound
        return row

    def context(self) -> Mapping[str, Any]:
        """The whole content, as it would be published."""
        row = self._draft()
        return {"bulletin": row, "content": row.content, "series": series_title(row.appeal)}

    def done_url(self, outcome: Any) -> str:
        """Back to the work list."""
        return reverse("disclosure-work")


@door("disclosure.see")
class Publish(_OnDraft):
    """The second person looks, and publishes. The service refuses whoever may not."""

    title = _("核对并发布公示")
    submit_label = _("发布")
    confirm = _("确认发布？发布后不能改动，只能另出更正版。")
    success = _("公示已发布，正在记入透明日志。")

    def act(self, form: forms.Form) -> BulletinRow:
        """Publish."""
        return bulletins.publish(self.actor, bulletin_id=self._draft().id, at=self.at)

    def done_url(self, outcome: BulletinRow) -> str:
        """To the published page."""
        return reverse("disclosure-bulletin", args=[outcome.number])


@door("disclosure.prepare")
class Withdraw(_OnDraft):
    """Put a draft aside."""

    title = _("撤下草稿")
    submit_label = _("撤下")
    danger = True
    success = _("草稿已撤下。")

    def act(self, form: forms.Form) -> None:
        """Withdraw."""
        bulletins.withdraw(self.actor, bulletin_id=self._draft().id, at=self.at)


class CorrectForm(forms.Form):
    """Why."""

    reason = forms.CharField(max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = gettext("更正原因（将随更正版公布）")


@door("disclosure.prepare")
class Correct(ActPage):
    """Compile a new version of a published day."""

    title = _("更正公示")
    form_class = CorrectForm
    submit_label = _("编制更正版")
    success = _("更正版草稿已编好，请由另一人核对发布。")

    def context(self) -> Mapping[str, Any]:
        """Which bulletin."""
        row = queries.bulletin(self.kwargs["number"])
        if row is None or row.organisation_id != self.actor.organisation_id:
            raise NotFound
        return {
            "facts": [(gettext("公示编号"), row.number), (gettext("日期"), row.day.isoformat())]
        }

    def act(self, form: Any) -> BulletinRow:
        """Correct."""
        return bulletins.correct(
            self.actor,
            number=self.kwargs["number"],
            reason=form.cleaned_data["reason"],
            at=self.at,
        )

    def done_url(self, outcome: BulletinRow) -> str:
        """To the draft."""
        return reverse("disclosure-draft", args=[outcome.id])
