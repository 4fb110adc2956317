"""Pages that act: review, send back, withdraw, void, reverse, hand over."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import ngettext

from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage
from boai.ground.kit.web.doors import door
from boai.relief.receipts import queries
from boai.relief.receipts.models import Slip
from boai.relief.receipts.services import asking, closing, reviewing
from boai.relief.receipts.values import SlipKind, SlipState
from boai.relief.receipts.web import shown
from boai.relief.receipts.web.forms import ReasonForm

MOST_AT_ONCE = 500


class OfOneSlip(ActPage):
    """An act on one slip of the actor's own society."""

    frame = "focus"

    def slip(self) -> Slip:
        """The slip. *Raises* ``NotFound``."""
        return shown.own_slip(self.actor, self.kwargs["slip_id"])

    def context(self) -> Mapping[str, Any]:
        slip = self.slip()
        return {
            "facts": shown.facts_of_slip(self.actor, slip),
            "slip": slip,
            "waiting": slip.state == SlipState.WAITING,
            "own": slip.asked_by_id == self.actor.person_id,
            "back_url": reverse("receipts-waiting"),
        }

    def done_url(self, outcome: Any) -> str:
        return reverse("receipts-waiting")


@door("receipts.review")
class Review(OfOneSlip):
    """The second person agrees."""

    title = _("复核票据")
    template_name = "receipts/review.html"
    submit_label = _("已核对，同意")
    confirm = _("复核后立即生效，号码不能收回。确认？")
    success = _("已复核。")

    def act(self, form: Any) -> Any:
        return reviewing.review(self.actor, slip_id=self.kwargs["slip_id"], at=self.at)

    def done_url(self, outcome: Any) -> str:
        if outcome:
            return reverse("receipts-receipt", args=[outcome[0]])
        return reverse("receipts-waiting")


@door("receipts.review")
class SendBack(OfOneSlip):
    """The second person does not agree."""

    title = _("退回填开人")
    form_class = ReasonForm
    submit_label = _("退回")
    success = _("已退回。")

    def act(self, form: Any) -> Any:
        return reviewing.send_back(
            self.actor,
            slip_id=self.kwargs["slip_id"],
            answer=form.cleaned_data["reason"],
            at=self.at,
        )


@door("receipts.draw")
class Withdraw(OfOneSlip):
    """The first person takes it back."""

    title = _("撤回办票单")
    submit_label = _("撤回")
    confirm = _("撤回后须重新填开。确认？")
    success = _("已撤回。")

    def act(self, form: Any) -> Any:
        return reviewing.withdraw(self.actor, slip_id=self.kwargs["slip_id"], at=self.at)


@door("receipts.review")
class ReviewMany(ActPage):
    """Everything that others have drawn up, in one act: issuing only, taking back is looked at."""

    title = _("成批复核开票")
    frame = "focus"
    submit_label = _("已核对清单，全部开具")
    confirm = _("将按清单取号开具，号码不能收回。确认？")
    template_name = "receipts/review_many.html"

    def slips(self) -> list[Slip]:
        """What this person may review, oldest first."""
        rows = queries.waiting_slips(self.actor.organisation_id or 0).filter(kind=SlipKind.ISSUE)
        return list(rows.exclude(asked_by_id=self.actor.person_id or 0)[:MOST_AT_ONCE])

    def context(self) -> Mapping[str, Any]:
        slips = self.slips()
        for slip in slips:
            slip.payer_shown = shown.payer_shown(self.actor, slip.payer)  # type: ignore[attr-defined]
            slip.subject_number = shown.subject_shown(slip.allowance.subject)  # type: ignore[attr-defined]
        return {
            "slips": slips,
            "total": sum(slip.amount_fen or 0 for slip in slips),
            "left": shown.stock_left(self.actor),
            "back_url": reverse("receipts-waiting"),
            "chosen": ",".join(str(slip.pk) for slip in slips),
        }

    def act(self, form: Any) -> Any:
        # Only what stood on the list: what came in since then waits for the next look.
        given = self.request.POST.get("chosen", "").split(",")[:MOST_AT_ONCE]
        wanted = {
            int(part) for part in given if part.isascii() and part.isdigit() and len(part) < 19
        }
        ids = [slip.pk for slip in self.slips() if slip.pk in wanted]
        return reviewing.review_many(self.actor, slip_ids=ids, at=self.at)

    def message(self, outcome: Any) -> str:
        count = len(outcome)
        return ngettext("已开具 {n} 张票据。", "已开具 {n} 张票据。", count).format(n=count)

    def done_url(self, outcome: Any) -> str:
        return reverse("receipts-list")


class OfOneReceipt(ActPage):
    """An act on one receipt of the actor's own society."""

    frame = "focus"

    def context(self) -> Mapping[str, Any]:
        checked = queries.as_checked(shown.own_receipt(self.actor, self.kwargs["serial"]))
        payer = shown.payer_shown(self.actor, checked.payer)
        back = reverse("receipts-receipt", args=[checked.row.serial])
        return {"facts": shown.facts_of_receipt(checked, payer), "back_url": back}

    def done_url(self, outcome: Any) -> str:
        return reverse("receipts-receipt", args=[self.kwargs["serial"]])


@door("receipts.draw")
class AskVoid(OfOneReceipt):
    """Ask that a receipt nobody has taken be voided."""

    title = _("申请作废")
    intro = _("只限尚未交付捐赠人的票据；号码保留，不再使用。由另一人复核后生效。")
    form_class = ReasonForm
    submit_label = _("提交，待另一人复核")
    danger = True
    success = _("已提交，待另一人复核。")
    kind = SlipKind.VOID

    def act(self, form: Any) -> Any:
        shown.own_receipt(self.actor, self.kwargs["serial"])
        return asking.ask_back(
            self.actor,
            serial=self.kwargs["serial"],
            kind=self.kind,
            reason=form.cleaned_data["reason"],
            at=self.at,
        )


@door("receipts.draw")
class AskReverse(AskVoid):
    """Ask that a receipt be reversed by a red one."""

    title = _("申请红冲")
    intro = _("开出一张金额相反的红票，原票整张失效；其余部分可重新开票。由另一人复核后生效。")
    kind = SlipKind.REVERSE


@door("receipts.draw")
class HandOver(OfOneReceipt):
    """The giver has it."""

    title = _("登记已交付")
    intro = _("登记后这张票据不能再作废，只能红冲。")
    submit_label = _("捐赠人已收到")
    success = _("已登记交付。")

    def act(self, form: Any) -> Any:
        shown.own_receipt(self.actor, self.kwargs["serial"])
        return closing.hand_over(self.actor, serial=self.kwargs["serial"], at=self.at)
