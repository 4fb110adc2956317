"""Channels against the books: the accounts of a day, one account with what is left over, its acts."""

import tempfile
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils.translation import gettext

from boai.foundations.identity import queries as identity
from boai.ground.core.clock import day_of
from boai.ground.core.errors import NotFound, NotPermitted
from boai.ground.core.money import yuan
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.lists import Column, Filter, ListPage
from boai.relief.donations.channels.bills import read_bill
from boai.relief.donations.models.reconciling import FollowedItem
from boai.relief.donations.services import reconciling, reconciling_days
from boai.relief.donations.services.reconciling import AccountDay, LeftOver
from boai.relief.donations.values import CHANNELS
from boai.relief.donations.web.reconciling_forms import BillForm, NoteForm, PairForm

SIDES = {
    "channel": _("仅渠道有"),
    "books": _("仅账上有"),
    "amount": _("金额不一致"),
    "refund": _("退款不一致"),
    "double": _("重复入账"),
}
TONES = {"channel": "bad", "books": "bad", "amount": "bad", "refund": "warn", "double": "warn"}


def _day(text: str, default: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return default


def _place(row: AccountDay) -> list[str]:
    return [row.day.isoformat(), row.channel, row.merchant or "-"]


def _stands(row: AccountDay) -> tuple[str, str]:
    if row.closed:
        return gettext("已关闭"), "plain"
    if not row.heard:
        return gettext("没有渠道记录"), "warn"
    if row.left_over or row.difference_fen:
        return gettext("待核对"), "warn"
    return gettext("已平"), "good"


@door("donations.reverse")
class Days(ListPage):
    """The accounts of one day."""

    title = _("渠道对账")
    intro = _("渠道的账单和通知与账上的捐赠逐笔按交易单号核对，每天以零差额结束，或写明差额。")
    template_name = "donations/reconciling.html"
    columns = [
        Column(
            "channel",
            _("渠道"),
            value=lambda row: gettext(CHANNELS.get(row.channel, row.channel)),
            link=lambda row: reverse("donations-reconciling-day", args=_place(row)),
        ),
        Column("merchant", _("账户")),
        Column("heard_count", _("渠道笔数"), kind="number", total=True),
        Column("heard_fen", _("渠道金额"), kind="money", total=True),
        Column("books_count", _("账上笔数"), kind="number", total=True),
        Column("books_fen", _("账上金额"), kind="money", total=True),
        Column("heard_difference_fen", _("差额"), kind="money", total=True),
        Column("left_over", _("未对上"), kind="number", total=True),
        Column(
            "state",
            _("状态"),
            kind="state",
            value=lambda row: _stands(row)[0],
            tone=lambda row: _stands(row)[1],
        ),
    ]
    file_name = "reconciling"
    empty_title = _("这一天没有渠道收款")
    empty_text = _("换一天查看，或上传渠道账单。")
    empty_icon = "check-circle"

    def rows(self) -> list[AccountDay]:
        """The accounts of the reader's own society."""
        return reconciling.accounts(self.actor.organisation_id or 0, self.day())

    def day(self) -> date:
        """The day that is looked at; yesterday unless said."""
        yesterday = day_of(self.at) - timedelta(days=1)
        return _day(self.request.GET.get("day", ""), yesterday)

    def context(self) -> dict[str, Any]:
        day = self.day()
        return {
            "day": day,
            "before": (day - timedelta(days=1)).isoformat(),
            "after": (day + timedelta(days=1)).isoformat(),
        }


@door("donations.reverse")
class Day(ListPage):
    """One account on one day: both sides, what is left over, how it was closed."""

    title = _("渠道对账")
    template_name = "donations/reconciling_day.html"
    columns = [
        Column(
            "side",
            _("情况"),
            kind="state",
            value=lambda row: gettext(SIDES[row.left.side]),
            tone=lambda row: TONES[row.left.side],
        ),
        Column("reference", _("交易单号"), value=lambda row: row.left.reference),
        Column(
            "channel_fen",
            _("渠道金额"),
            kind="money",
            blank=True,
            value=lambda row: row.left.channel_fen,
        ),
        Column(
            "books_fen",
            _("账上金额"),
            kind="money",
            blank=True,
            value=lambda row: row.left.books_fen,
        ),
        Column("gift", _("捐赠"), value=lambda row: row.gift, link=lambda row: row.pair_url),
        Column("age", _("天数"), kind="number"),
        Column("owner", _("负责人"), value=lambda row: row.owner, link=lambda row: row.follow_url),
        Column("note", _("说明")),
    ]
    filters = [Filter("side", _("情况"), choices=list(SIDES.items()))]
    file_name = "left-over"
    empty_title = _("全部对上")
    empty_text = _("渠道与账上逐笔一致，可以关闭这一天。")
    empty_icon = "check-circle"

    def own(self) -> tuple[int, str, str, date]:
        """Society, channel, merchant and day of the address."""
        return place_of(self.actor.organisation_id or 0, self.kwargs)

    def rows(self) -> list[Any]:
        """What is left over, with who looks after it."""
        organisation_id, _channel, _merchant, day = self.own()
        left = reconciling.left_over(*self.own())
        found = reconciling_days.proposals(left)
        followed = _followed(organisation_id, [row.item for row in left])
        names = identity.person_names(sorted({row.owner for row in followed.values()}))
        today = day_of(self.at)
        shown = []
        for row in left:
            known, near = followed.get(row.item), found.get(row.item)
            shown.append(Shown(row, self.kwargs, known, names, near, (today - day).days))
        return shown

    def context(self) -> dict[str, Any]:
        row = reconciling.account_day(*self.own())
        closings = reconciling.closings_of(*self.own())
        names = identity.person_names(sorted({closing.by for closing in closings}))
        label, tone = _stands(row)
        return {
            "title": f"{gettext(CHANNELS.get(row.channel, row.channel))} · {row.day.isoformat()}",
            "account": row,
            "label": label,
            "tone": tone,
            "place": _place(row),
            "closings": [(closing, names.get(closing.by, "")) for closing in closings],
            "back_url": reverse("donations-reconciling") + f"?day={row.day.isoformat()}",
        }


class Shown:
    """A row of what is left over, as the page shows it."""

    def __init__(
        self,
        left: LeftOver,
        place: Mapping[str, Any],
        followed: FollowedItem | None,
        names: Mapping[int, str],
        near: reconciling_days.Proposal | None,
        age: int,
    ) -> None:
        self.left, self.side, self.age = left, left.side, age
        self.pk = left.item
        self.owner = names.get(followed.owner, "") if followed else gettext("认领")
        self.note = followed.note if followed else ""
        here = [place["day"], place["channel"], place["merchant"]]
        self.follow_url = _with(reverse("donations-reconciling-follow", args=here), left.item)
        self.gift, self.pair_url = left.gift_number, ""
        if near is not None:
            self.gift = gettext("{gift}，同额，姓名相似 {alike}%").format(
                gift=near.gift_number, alike=near.alike
            )
        if left.line_id is not None and left.side == "channel":
            self.gift = self.gift or gettext("指定捐赠")
            self.pair_url = reverse("donations-reconciling-pair", args=[*here, left.line_id])
            if near is not None:
                self.pair_url += f"?gift={near.gift_number}"


def _with(address: str, item: str) -> str:
    return f"{address}?{urlencode({'item': item})}"


def _followed(organisation_id: int, items: list[str]) -> dict[str, FollowedItem]:
    rows = FollowedItem.objects.filter(organisation_id=organisation_id, item__in=items)
    return {row.item: row for row in rows.order_by("pk")}


def place_of(organisation_id: int, kwargs: Mapping[str, Any]) -> tuple[int, str, str, date]:
    """Society, channel, merchant, day. *Raises* ``NotFound`` for an address without a day."""
    try:
        day = date.fromisoformat(kwargs["day"])
    except ValueError:
        raise NotFound from None
    merchant = "" if kwargs["merchant"] == "-" else kwargs["merchant"]
    return organisation_id, kwargs["channel"], merchant, day


class DayAct(ActPage):
    """An act about one account and day."""

    frame = "focus"
    form_class: type[forms.Form] = NoteForm

    def own(self) -> dict[str, Any]:
        """What every act of a day is told."""
        organisation_id, channel, merchant, day = place_of(
            self.actor.organisation_id or 0, self.kwargs
        )
        return {
            "organisation_id": organisation_id,
            "channel": channel,
            "merchant": merchant,
            "day": day,
        }

    def context(self) -> Mapping[str, Any]:
        row = reconciling.account_day(*place_of(self.actor.organisation_id or 0, self.kwargs))
        facts = [
            (gettext("渠道"), gettext(CHANNELS.get(row.channel, row.channel))),
            (gettext("账户"), row.merchant or "—"),
            (gettext("日期"), row.day.isoformat()),
            (gettext("差额"), f"¥{yuan(row.difference_fen)}" if row.heard else gettext("未知")),
            (gettext("未对上"), str(row.left_over)),
        ]
        return {"facts": facts, "back_url": self.done_url(None)}

    def done_url(self, outcome: Any) -> str:
        here = [self.kwargs["day"], self.kwargs["channel"], self.kwargs["merchant"]]
        return reverse("donations-reconciling-day", args=here)


@door("donations.reverse")
class CloseDay(DayAct):
    """One person closes the day, with a note where something is left."""

    title = _("关闭这一天")
    submit_label = _("关闭")
    success = _("已关闭，此后的改动须先重新打开。")

    def act(self, form: Any) -> Any:
        return reconciling_days.close_day(
            self.actor, **self.own(), note=form.cleaned_data["note"], at=self.at
        )


@door("donations.reverse")
class ReopenDay(DayAct):
    """Open it again, with the reason."""

    title = _("重新打开这一天")
    submit_label = _("重新打开")
    success = _("已重新打开，原来的关闭记录保留。")

    def act(self, form: Any) -> Any:
        return reconciling_days.reopen_day(
            self.actor, **self.own(), note=form.cleaned_data["note"], at=self.at
        )


@door("donations.reverse")
class PairLine(DayAct):
    """A person names the counterpart of a line."""

    title = _("认作同一笔")
    form_class = PairForm
    submit_label = _("认作同一笔")
    success = _("已配对。")

    def initial(self) -> dict[str, Any]:
        return {"gift_number": self.request.GET.get("gift", "")[:40]}

    def act(self, form: Any) -> Any:
        return reconciling_days.pair(
            self.actor,
            organisation_id=self.own()["organisation_id"],
            line_id=self.kwargs["line_id"],
            gift_number=form.cleaned_data["gift_number"].strip(),
            note=form.cleaned_data["note"],
            at=self.at,
        )


@door("donations.reverse")
class FollowItem(DayAct):
    """Whoever sends this looks after the item from now on."""

    title = _("认领未对上的一笔")
    submit_label = _("由我负责")
    success = _("已认领。")

    def act(self, form: Any) -> Any:
        if self.actor.person_id is None:
            raise NotPermitted
        return reconciling_days.follow(
            self.actor,
            organisation_id=self.own()["organisation_id"],
            item=self.request.GET.get("item", "")[:200],
            owner=self.actor.person_id,
            note=form.cleaned_data["note"],
            at=self.at,
        )


@door("donations.reverse")
class TakeInBill(ActPage):
    """A channel's own bill is laid beside the books."""

    title = _("上传渠道账单")
    intro = _("只用于对账，不会入账；同一账单重复上传不会重复计算。")
    frame = "focus"
    form_class = BillForm
    submit_label = _("上传")

    def initial(self) -> dict[str, Any]:
        return {name: self.request.GET.get(name, "")[:64] for name in ("channel", "merchant")}

    def context(self) -> Mapping[str, Any]:
        return {"back_url": reverse("donations-reconciling")}

    def act(self, form: Any) -> Any:
        given = form.cleaned_data
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"bill{Path(given['file'].name).suffix[:8]}"
            with path.open("wb") as copy:
                for chunk in given["file"].chunks():
                    copy.write(chunk)
            lines = read_bill(path, given["file"].name)
        self.days = sorted({line.day for line in lines})
        return reconciling_days.take_in_bill(
            self.actor,
            organisation_id=self.actor.organisation_id or 0,
            channel=given["channel"],
            merchant=given["merchant"].strip(),
            file=given["file"].name,
            lines=lines,
            at=self.at,
        )

    def message(self, outcome: Any) -> str:
        return gettext("新收下 {new} 行，此前已有 {known} 行。").format(
            new=outcome[0], known=outcome[1]
        )

    def done_url(self, outcome: Any) -> str:
        return reverse("donations-reconciling") + f"?day={self.days[-1].isoformat()}"
