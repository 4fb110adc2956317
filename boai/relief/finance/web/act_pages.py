"""Pages that act: propose, decide, countersign, pay, call off, receive, confirm."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from boai.foundations.catalogue import queries as catalogue
from boai.foundations.identity import queries as identity
from boai.foundations.ledger import queries as ledger
from boai.foundations.organisations import queries as organisations
from boai.ground.core.clock import day_of
from boai.ground.core.errors import NotFound
from boai.ground.core.money import yuan
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage
from boai.ground.kit.web.doors import door
from boai.relief.finance import queries
from boai.relief.finance.services import disbursing
from boai.relief.finance.values import (
    KIND_LABELS,
    CountedPurchase,
    DisbursementRow,
    Kind,
    OrderedLine,
    State,
)
from boai.relief.finance.web import forms
from boai.relief.warehouse import queries as warehouse

OWN, OTHER = "own", "other"
MAY_ATTEND = ("APP", "PRG", "ACC", "SUP", "PUBL", "TSK")


class OfOneDisbursement(ActPage):
    """An act on one disbursement of the actor's own society."""

    def disbursement(self) -> DisbursementRow:
        """The disbursement. *Refuses* ``NotFound``, also for another society's."""
        found = queries.disbursement(self.kwargs["number"])
        if found is None or found.organisation_id != self.actor.organisation_id:
            raise NotFound
        return found

    def context(self) -> dict[str, Any]:
        """What is acted on, above the form."""
        row = self.disbursement()
        payee = organisations.row(row.payee_organisation_id)
        return {
            "facts": [
                (gettext("拨付编号"), row.number),
                (gettext("方式"), gettext(KIND_LABELS[row.kind])),
                (gettext("收款单位"), payee.name if payee else ""),
                (gettext("金额"), f"{yuan(row.amount_fen)} 元"),
                (gettext("基金"), ledger.fund(row.fund_id).name),
                (gettext("用途"), row.purpose),
            ]
        }

    def done_url(self, outcome: Any) -> str:
        """Back to the disbursement."""
        return reverse("finance-disbursement", args=[self.kwargs["number"]])


@door("finance.propose")
class Propose(ActPage):
    """Ask for money from a fund."""

    title = _("申请拨付")
    intro = _("提交后等待集体决策；决策登记后由出纳付款。")
    form_class = forms.ProposeForm
    lines_class = forms.LineFormSet
    template_name = "finance/propose.html"
    submit_label = _("提交申请")
    draft = True
    success = _("已提交，等待集体决策。")

    def form_kwargs(self) -> dict[str, Any]:
        """The society's funds with money, and what it may be spent for."""
        funds = [f for f in ledger.funds_of(self.actor.organisation_id or 0) if f.balance > 0]
        appeals = {f.appeal: f.purpose or f.name for f in funds if f.appeal}
        return {
            "funds": [(f.id, f"{f.name}（{yuan(f.balance)} 元）") for f in funds],
            "serves": [
                (OWN, gettext("与基金的限定用途一致")),
                *appeals.items(),
                (OTHER, gettext("其他用途")),
            ],
        }

    def make_lines(self, data: Any = None, files: Any = None) -> Any:
        """Lines with the catalogue's items to choose from."""
        items: list[tuple[Any, str]] = [("", "—")]
        items += [(item.id, f"{item.name}（{item.unit}）") for item in catalogue.all_items()]
        return forms.LineFormSet(data, files, prefix="lines", form_kwargs={"items": items})

    def act(self, form: Any) -> str:
        """Propose."""
        given = form.cleaned_data
        lines = [f.cleaned_data for f in self.lines or () if f.cleaned_data.get("item")]
        id = disbursing.propose_disbursement(
            self.actor,
            organisation_id=self.actor.organisation_id or 0,
            fund_id=given["fund"],
            kind=given["kind"],
            payee_organisation_id=given["payee"],
            amount=given["amount"],
            purpose=given["purpose"],
            serves={OWN: None, OTHER: ""}.get(given["serves"], given["serves"]),
            lines=[
                OrderedLine(x["item"], x["quantity"], x["price"], x.get("spec", "")) for x in lines
            ]
            if given["kind"] == Kind.PURCHASE
            else (),
            at=self.at,
        )
        row = queries.disbursement_by_id(id)
        return row.number if row else ""

    def done_url(self, outcome: Any) -> str:
        """The new disbursement."""
        return reverse("finance-disbursement", args=[outcome])


@door("finance.record-decision")
class Decide(OfOneDisbursement):
    """Record the collective decision."""

    title = _("登记集体决策")
    intro = _("“三重一大”决策记录：会议、日期、参会人员、决议。登记后不能修改。")
    form_class = forms.DecideForm
    submit_label = _("登记决策")
    confirm = _("登记后不能修改，确认内容与会议纪要一致？")
    success = _("决策已登记。")

    def form_kwargs(self) -> dict[str, Any]:
        """Who may have attended, and what else waits for a decision."""
        organisation_id = self.actor.organisation_id or 0
        people = {
            person.person_id: person.name
            for role in MAY_ATTEND
            for person in identity.people_with_role(organisation_id, role)
        }
        here = self.disbursement()
        others = [
            (row.id, f"{row.number} · {yuan(row.amount_fen)} 元 · {row.purpose[:30]}")
            for row in queries.disbursements(organisation_id)
            if row.state == State.PROPOSED and row.basis == "collective" and row.id != here.id
        ]
        return {"people": list(people.items()), "others": others[:50]}

    def initial(self) -> dict[str, Any]:
        """Today."""
        return {"held_on": day_of(self.at)}

    def act(self, form: Any) -> int:
        """Record."""
        given = form.cleaned_data
        file = given.get("evidence")
        return disbursing.record_collective_decision(
            self.actor,
            disbursement_ids=[self.disbursement().id, *given.get("also", ())],
            meeting=given["meeting"],
            held_on=given["held_on"],
            attendees=given["attendees"],
            approved=given["approved"],
            minutes=given["minutes"],
            evidence=file.read() if file else None,
            filename=file.name if file else "",
            at=self.at,
        )


@door("finance.decide")
class Countersign(OfOneDisbursement):
    """Countersign a directed payment."""

    title = _("核对定向捐赠")
    intro = _("捐赠人的指定即为拨付依据。请核对捐赠凭据上的受赠单位与金额。")
    submit_label = _("核对无误，签字")
    success = _("已签字，等待付款。")

    def act(self, form: Any) -> None:
        """Sign."""
        disbursing.countersign_direction(
            self.actor, disbursement_id=self.disbursement().id, at=self.at
        )


@door("finance.pay")
class Pay(OfOneDisbursement):
    """Pay."""

    title = _("付款")
    form_class = forms.PayForm
    submit_label = _("确认付款")
    confirm = _("确认已按此金额付给该单位？付款记账后只能冲销。")
    success = _("付款已记账。")

    def form_kwargs(self) -> dict[str, Any]:
        """The society's bank accounts."""
        rows = ledger.balances(self.actor.organisation_id or 0, kind="bank")
        return {"banks": [(r.ref, f"{r.ref}（{yuan(r.amount)} 元）") for r in rows]}

    def act(self, form: Any) -> str:
        """Pay."""
        return disbursing.pay(
            self.actor,
            disbursement_id=self.disbursement().id,
            bank=form.cleaned_data["bank"],
            at=self.at,
        )


@door("finance.propose")
class CallOff(OfOneDisbursement):
    """Give up a disbursement that was not paid."""

    title = _("撤销拨付")
    form_class = forms.ReasonForm
    submit_label = _("撤销")
    danger = True
    success = _("已撤销。")

    def act(self, form: Any) -> None:
        """Call off."""
        disbursing.call_off(
            self.actor,
            disbursement_id=self.disbursement().id,
            reason=form.cleaned_data["reason"],
            at=self.at,
        )


@door("finance.receive-purchase")
class Receive(OfOneDisbursement):
    """Count bought goods into the store."""

    title = _("采购收货")
    intro = _("清点后由另一位保管员复核签字，物资即入账，价值按采购价计。")
    form_class = forms.StoreForm
    lines_class = forms.CountedFormSet
    submit_label = _("清点完毕，签字")
    success = _("已开出入库验收单，等待复核。")

    def form_kwargs(self) -> dict[str, Any]:
        """The society's stores."""
        stores = warehouse.stores(self.actor.organisation_id or 0)
        return {"stores": [(row.id, row.name) for row in stores]}

    def make_lines(self, data: Any = None, files: Any = None) -> Any:
        """One row for each purchase line."""
        row = self.disbursement()
        items = catalogue.items_by_ids([line.item_id for line in row.lines])
        bought = [
            (line.id, f"{items[line.item_id].name} {line.spec} × {line.quantity}")
            for line in row.lines
        ]
        return forms.CountedFormSet(
            data,
            files,
            prefix="lines",
            initial=[{"line": line.id} for line in row.lines],
            form_kwargs={"bought": bought},
        )

    def act(self, form: Any) -> int:
        """Count in."""
        counted = [f.cleaned_data for f in self.lines or () if f.cleaned_data.get("quantity")]
        return disbursing.receive_purchase(
            self.actor,
            disbursement_id=self.disbursement().id,
            store_id=form.cleaned_data["store"],
            counted=[
                CountedPurchase(
                    x["line"],
                    x["quantity"],
                    lot_number=x.get("lot_number", ""),
                    expires_on=x.get("expires_on"),
                    produced_on=x.get("produced_on"),
                    bin=x.get("bin", ""),
                )
                for x in counted
            ],
            at=self.at,
        )

    def done_url(self, outcome: Any) -> str:
        """The note that waits for the second keeper."""
        note = warehouse.received_note(outcome)
        return reverse("warehouse-note", args=[note.number if note else outcome])


@door("finance.confirm")
class Confirm(ActPage):
    """The payee says that the money came."""

    title = _("确认收款")
    frame = "focus"
    submit_label = _("款项已收到")
    success = _("已确认，谢谢。")

    def disbursement(self) -> DisbursementRow:
        """A disbursement to the actor's organisation. *Refuses* ``NotFound``."""
        found = queries.disbursement(self.kwargs["number"])
        if found is None or found.payee_organisation_id != self.actor.organisation_id:
            raise NotFound
        return found

    def context(self) -> dict[str, Any]:
        """Who paid, how much, what for."""
        row = self.disbursement()
        payer = organisations.row(row.organisation_id)
        return {
            "facts": [
                (gettext("付款单位"), payer.name if payer else ""),
                (gettext("金额"), f"{yuan(row.amount_fen)} 元"),
                (gettext("用途"), row.purpose),
                (gettext("拨付编号"), row.number),
            ]
        }

    def act(self, form: Any) -> None:
        """Confirm."""
        disbursing.confirm_receipt(self.actor, disbursement_id=self.disbursement().id, at=self.at)

    def done_url(self, outcome: Any) -> str:
        """What was paid to us, with its confirmation."""
        return reverse("finance-received-one", args=[self.disbursement().number])
