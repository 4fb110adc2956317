"""Taking a whole file back: asked for, confirmed by another, or given up."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from boai.foundations.identity import queries as identity
from boai.ground.core.money import yuan
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage
from boai.ground.kit.web.doors import door
from boai.relief.donations.models import Gift, Intake, IntakeUndo
from boai.relief.donations.services import undoing
from boai.relief.donations.web.intake_pages import intake_of


class UndoForm(forms.Form):
    """Why the whole file is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("撤销原因"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class _UndoAct(ActPage):
    """One act about the taking back of one file of the reader's society."""

    frame = "focus"
    danger = True

    def intake(self) -> Intake:
        """The file. *Raises* ``NotFound`` for another society's."""
        return intake_of(self.request, self.kwargs["intake_id"])

    def context(self) -> Mapping[str, Any]:
        row = self.intake()
        standing = Gift.objects.filter(intake_id=row.pk, state="confirmed").aggregate(
            gifts=Count("pk"), amount=Sum("amount_fen")
        )
        facts = [
            (gettext("文件"), row.file),
            (gettext("将冲销的捐赠"), f"{standing['gifts']:,}"),
            (gettext("合计金额"), f"¥{yuan(standing['amount'] or 0)}"),
        ]
        undo = IntakeUndo.objects.filter(intake_id=row.pk, state="proposed").first()
        if undo is not None:
            facts.append((gettext("申请人"), identity.person_name(undo.proposed_by)))
            facts.append((gettext("撤销原因"), undo.reason))
        return {"facts": facts, "back_url": self.done_url(None)}

    def done_url(self, outcome: Any) -> str:
        return reverse("donations-intake", args=[self.kwargs["intake_id"]])


@door("donations.reverse")
class ProposeUndo(_UndoAct):
    """The first person asks."""

    title = _("撤销整个文件")
    intro = _(
        "文件带来的每一笔捐赠都会冲销，证书和感谢信作废；有一笔已使用或已退款，就整个不撤销。"
        "须由另一名同事复核。"
    )
    form_class = UndoForm
    submit_label = _("提交，待另一人复核")
    success = _("已提交，待另一人复核。")

    def act(self, form: Any) -> int:
        return undoing.propose_undo(
            self.actor,
            intake_id=self.intake().pk,
            reason=form.cleaned_data["reason"],
            at=self.at,
        )


@door("donations.reverse")
class ConfirmUndo(_UndoAct):
    """The second person agrees: it is done now."""

    title = _("复核撤销")
    intro = _("请核对原因。确认后立即冲销文件带来的每一笔捐赠，不能恢复。")
    submit_label = _("确认撤销整个文件")
    confirm = _("确认冲销这个文件带来的全部捐赠？")

    def act(self, form: Any) -> int:
        return undoing.confirm_undo(self.actor, intake_id=self.intake().pk, at=self.at)

    def message(self, outcome: int) -> str:
        return gettext("已冲销 {count} 笔捐赠。").format(count=outcome)


@door("donations.reverse")
class WithdrawUndo(_UndoAct):
    """Give the undoing up."""

    title = _("放弃撤销")
    submit_label = _("放弃撤销")
    success = _("已放弃撤销，捐赠保持不变。")

    def act(self, form: Any) -> None:
        undoing.withdraw_undo(self.actor, intake_id=self.intake().pk, at=self.at)
