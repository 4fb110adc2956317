"""The counter, on a phone or a desk: cash with two signatures, goods announced."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from boai.foundations.catalogue import queries as catalogue
from boai.foundations.organisations import queries as organisations
from boai.ground.core.errors import NotFound
from boai.ground.core.money import in_words, yuan
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage
from boai.ground.kit.web.doors import door
from boai.relief.donations import queries
from boai.relief.donations.services import counter, registering
from boai.relief.donations.values import AnnouncedGift
from boai.relief.donations.web.staff_forms import CashForm, GoodsForm, GoodsLines, appeal_choices

MOST_NAMES = 600
"""Names offered while typing; any other name of the catalogue is understood as well."""


def _giver(given: dict[str, Any]) -> dict[str, Any]:
    names = ("donor_name", "phone", "named", "display_name", "message", "purpose", "directed_to")
    return {name: given[name] for name in names}


@door("donations.cash")
class RegisterCash(ActPage):
    """The first signature: counted and registered."""

    title = _("现金捐赠登记")
    intro = _("清点现金后登记；由另一位同事复核签字后才入账。")
    frame = "focus"
    template_name = "donations/cash.html"
    form_class = CashForm
    submit_label = _("我已清点，登记")

    def form_kwargs(self) -> dict[str, Any]:
        """The appeals that are open."""
        return {"appeals": appeal_choices(self.actor.organisation_id)}

    def initial(self) -> dict[str, Any]:
        """The first open appeal."""
        return {"appeal": appeal_choices(self.actor.organisation_id)[0][0]}

    def act(self, form: Any) -> str:
        """One call."""
        given = form.cleaned_data
        return counter.register_cash_gift(
            self.actor,
            organisation_id=self.actor.organisation_id or 0,
            appeal_id=int(given["appeal"]) if given["appeal"] else None,
            amount_fen=given["amount"],
            at=self.at,
            **_giver(given),
        )

    def done_url(self, outcome: str) -> str:
        """The gift."""
        return reverse("donations-gift", args=[outcome])

    def message(self, outcome: str) -> str:
        """What comes next."""
        return gettext("已登记，请另一位同事用自己的账号复核签字。")


@door("donations.cash")
class CountersignCash(ActPage):
    """The second signature."""

    title = _("现金捐赠复核")
    frame = "focus"
    submit_label = _("金额无误，签字确认")
    confirm = _("确认您已亲自清点，金额无误？签字后入账。")
    success = _("已签字，捐赠已入账，证书和感谢信已生成。")

    def context(self) -> dict[str, Any]:
        """What is signed."""
        row = queries.gift(self.kwargs["number"])
        if row is None or row.organisation_id != self.actor.organisation_id:
            raise NotFound
        fen = row.amount_fen or 0
        return {
            "facts": [
                (gettext(_("编号")), row.number),
                (gettext(_("金额")), f"¥{yuan(fen)}"),
                (gettext(_("大写")), in_words(fen) if fen else ""),
                (gettext(_("项目")), row.appeal_title or gettext(_("不限定项目"))),
            ],
            "back_url": self.done_url(None),
        }

    def act(self, form: Any) -> str:
        """One call."""
        return counter.countersign_cash_gift(self.actor, number=self.kwargs["number"], at=self.at)

    def done_url(self, outcome: Any) -> str:
        """The gift."""
        return reverse("donations-gift", args=[self.kwargs["number"]])


class _RegisterGoods(ActPage):
    """Announce a gift of goods; the store expects it from now on."""

    frame = "focus"
    template_name = "donations/goods.html"
    form_class = GoodsForm
    lines_class = GoodsLines
    submit_label = _("登记，通知仓库")
    draft = True
    overseas = False

    def form_kwargs(self) -> dict[str, Any]:
        """Appeals, also suspended ones for goods under way."""
        return {"appeals": appeal_choices(self.actor.organisation_id, late=True)}

    def initial(self) -> dict[str, Any]:
        """The first open appeal."""
        return {"appeal": appeal_choices(self.actor.organisation_id, late=True)[0][0]}

    def context(self) -> dict[str, Any]:
        """Names to choose from as one types."""
        return {
            "item_names": [item.name for item in catalogue.all_items()][:MOST_NAMES],
            "unit_names": [unit.name for unit in organisations.of_kind("hospital")][:MOST_NAMES],
        }

    def act(self, form: Any) -> AnnouncedGift:
        """One call."""
        given = form.cleaned_data
        lines = [line.line() for line in self.lines or []]
        papers = [given["quality_paper"], given["price_paper"]]
        return registering.announce_gift_in_kind(
            self.actor,
            organisation_id=self.actor.organisation_id or 0,
            appeal_id=int(given["appeal"]) if given["appeal"] else None,
            lines=[line for line in lines if line is not None],
            donor_kind=given["donor_kind"],
            uscc=given["uscc"],
            overseas=self.overseas,
            late_reason=given["late_reason"],
            documents=[(file.name, file.read()) for file in papers if file],
            at=self.at,
            **_giver(given),
        )

    def done_url(self, outcome: AnnouncedGift) -> str:
        """The gift."""
        return reverse("donations-gift", args=[outcome.number])

    def message(self, outcome: AnnouncedGift) -> str:
        """What comes next."""
        return gettext("已登记。仓库收货双人签字后，捐赠自动确认并生成证书。")


@door("donations.register")
class RegisterHomeGoods(_RegisterGoods):
    """Goods from home."""

    title = _("境内物资捐赠登记")


@door("donations.register-overseas")
class RegisterOverseasGoods(_RegisterGoods):
    """Goods from overseas, by their own receivers (S0-28)."""

    title = _("境外物资捐赠登记")
    overseas = True
