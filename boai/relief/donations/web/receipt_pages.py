"""Receipts asked for from where the gift is: one gift, or many at once."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext

from boai.ground.core.clock import day_of, start_of
from boai.ground.core.errors import NotFound
from boai.ground.core.money import yuan
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage
from boai.ground.kit.web.doors import door
from boai.relief.donations import queries
from boai.relief.donations.models import Gift
from boai.relief.donations.services import receipting
from boai.relief.donations.values import CHANNELS, GiftRow
from boai.relief.donations.web.staff_forms import YuanField
from boai.relief.receipts import queries as receipts
from boai.relief.receipts.values import MEDIUM_LABELS, STATE_LABELS, STATE_TONES

EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)
MEDIA = [(key, gettext_lazy(label)) for key, label in MEDIUM_LABELS.items()]


class ReceiptForm(forms.Form):
    """What the receipt is to say."""

    payer = forms.CharField(
        label=gettext_lazy("交款人"),
        max_length=400,
        help_text=gettext_lazy("与捐赠人身份证件或营业执照上的名称一致；要求匿名的填“匿名”。"),
    )
    payer_uscc = forms.CharField(
        label=gettext_lazy("统一社会信用代码"),
        max_length=18,
        required=False,
        help_text=gettext_lazy("单位捐赠填写，个人留空。"),
    )
    amount_fen = YuanField(
        label=gettext_lazy("金额（元）"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=gettext_lazy("不超过尚可开票的金额；可分几张开具。"),
    )
    medium = forms.ChoiceField(label=gettext_lazy("种类"), choices=MEDIA)
    note = forms.CharField(label=gettext_lazy("备注"), max_length=800, required=False)


class ManyForm(forms.Form):
    """Which gifts."""

    since = forms.DateField(
        label=gettext_lazy("起始日期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=gettext_lazy("截止日期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("渠道"),
        required=False,
        choices=[
            ("", gettext_lazy("全部")),
            *((key, gettext_lazy(label)) for key, label in CHANNELS.items()),
        ],
    )
    medium = forms.ChoiceField(label=gettext_lazy("种类"), choices=MEDIA)

    def clean(self) -> dict[str, Any]:
        """Days of our time, in order."""
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and not EARLIEST <= since <= until <= LATEST:
            self.add_error(
                "until", gettext_lazy("截止日期不能早于起始日期，年份须在 2000 至 2199 之间。")
            )
        return given


def receipts_of_gift(request: HttpRequest, row: GiftRow, net_fen: int | None) -> dict[str, Any]:
    """What the gift's page says about receipts, and whether this reader may ask for one."""
    known = receipts.allowance(row.ref)
    free = known.free_fen if known else net_fen
    confirmed = row.state == "confirmed"
    return {
        "allowance": known,
        "receipts": [
            {
                "serial": each.serial,
                "amount_fen": each.amount_fen,
                "state": gettext(STATE_LABELS[each.state]),
                "tone": STATE_TONES[each.state],
            }
            for each in receipts.receipts_of(row.ref)
        ],
        "free_fen": free,
        "may_receipt": confirmed
        and row.kind == "cash"
        and bool(free)
        and request.may("receipts.draw"),  # type: ignore[attr-defined]
    }


@door("receipts.draw")
class AskReceipt(ActPage):
    """The first person draws a receipt up."""

    title = _("填开票据")
    frame = "focus"
    form_class = ReceiptForm
    submit_label = _("提交，待另一人复核")
    success = _("已提交，待另一人复核开具。")

    def gift(self) -> Gift:
        """The gift. *Raises* ``NotFound`` for another society's."""
        rows = Gift.objects.select_related("donor", "appeal").filter(
            number=self.kwargs["number"], organisation_id=self.actor.organisation_id or 0
        )
        row = rows.first()
        if row is None:
            raise NotFound
        return row

    def free(self, gift: Gift) -> int:
        """What may still be asked for."""
        known = receipts.allowance(f"donations.gift:{gift.number}")
        return known.free_fen if known else queries.net_of_many([gift])[gift.pk]

    def initial(self) -> dict[str, Any]:
        gift = self.gift()
        return {
            "payer": receipting.payer_of(gift),
            "payer_uscc": gift.donor.uscc if gift.donor else "",
            "amount_fen": yuan(self.free(gift)),
        }

    def context(self) -> Mapping[str, Any]:
        gift = self.gift()
        facts = [
            (gettext("捐赠编号"), gift.number),
            (gettext("捐赠金额"), f"¥{yuan(gift.amount_fen)}" if gift.amount_fen else ""),
            (gettext("尚可开票"), f"¥{yuan(self.free(gift))}"),
            (gettext("项目"), gift.appeal.title if gift.appeal else gettext("不限定项目")),
        ]
        return {"facts": facts, "back_url": reverse("donations-gift", args=[gift.number])}

    def act(self, form: Any) -> Any:
        return receipting.ask_receipt(
            self.actor, gift_number=self.gift().number, at=self.at, **form.cleaned_data
        )

    def done_url(self, outcome: Any) -> str:
        return reverse("donations-gift", args=[self.kwargs["number"]])


@door("receipts.draw")
class AskReceipts(ActPage):
    """A receipt for every gift of some days that has none yet."""

    title = _("成批填开票据")
    intro = _("为所选日期确认的捐款逐笔填开，交款人取捐赠人名称；由另一人复核后取号开具。")
    frame = "focus"
    form_class = ManyForm
    submit_label = _("填开，待另一人复核")

    def initial(self) -> dict[str, Any]:
        return {"since": day_of(self.at), "until": day_of(self.at)}

    def context(self) -> Mapping[str, Any]:
        return {"back_url": reverse("receipts-list")}

    def numbers(self, since: date, until: date, channel: str) -> list[str]:
        """Confirmed money of the society in these days, one more than one act takes."""
        rows = Gift.objects.filter(
            organisation_id=self.actor.organisation_id or 0,
            kind="cash",
            state="confirmed",
            confirmed_at__gte=start_of(since),
            confirmed_at__lt=start_of(until + timedelta(days=1)),
        )
        if channel:
            rows = rows.filter(channel=channel)
        most = receipting.MOST_AT_ONCE + 1
        return list(rows.order_by("pk").values_list("number", flat=True)[:most])

    def act(self, form: Any) -> Any:
        given = form.cleaned_data
        numbers = self.numbers(given["since"], given["until"], given["channel"])
        return receipting.ask_receipts(
            self.actor, gift_numbers=numbers, medium=given["medium"], at=self.at
        )

    def message(self, outcome: Any) -> str:
        count = len(outcome)
        return ngettext(
            "已填开 {n} 张，待另一人复核。", "已填开 {n} 张，待另一人复核。", count
        ).format(n=count)

    def done_url(self, outcome: Any) -> str:
        return reverse("receipts-waiting")
