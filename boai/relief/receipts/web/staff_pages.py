"""Pages that show: receipts, what waits for the second person, one receipt and its paper."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext

from boai.foundations.identity import queries as identity
from boai.foundations.trail import queries as trail
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.masks import masked_name
from boai.ground.kit.web.acts import actor_of
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.downloads import file_response
from boai.ground.kit.web.lists import Column, Filter, ListPage
from boai.relief.receipts import documents, permissions, queries
from boai.relief.receipts.models import Receipt, Slip
from boai.relief.receipts.rules import tidy_serial
from boai.relief.receipts.values import (
    DEEDS,
    FISCAL_LABELS,
    FISCAL_TONES,
    KIND_LABELS,
    MEDIUM_LABELS,
    SLIP_LABELS,
    STATE_LABELS,
    STATE_TONES,
    FiscalState,
    Kind,
    State,
)
from boai.relief.receipts.web import shown


def _choices(labels: dict[str, str]) -> list[tuple[str, str]]:
    return [(key, gettext(label)) for key, label in labels.items()]


@door("receipts.see")
class Receipts(ListPage):
    """Every receipt of the reader's society, payers masked by role."""

    title = _("捐赠票据")
    template_name = "receipts/receipts.html"
    columns = [
        Column(
            "serial",
            _("票据号码"),
            kind="ref",
            link=lambda row: reverse("receipts-receipt", args=[row.serial]),
            sort=True,
        ),
        Column("kind", _("正红"), value=lambda row: gettext(KIND_LABELS[row.kind])),
        Column(
            "medium", _("种类"), value=lambda row: gettext(MEDIUM_LABELS[row.medium]), screen=False
        ),
        Column("payer", _("交款人"), value=lambda row: row.payer_shown),
        Column(
            "subject", _("捐赠编号"), value=lambda row: shown.subject_shown(row.allowance.subject)
        ),
        Column("amount_fen", _("金额"), kind="money", sort=True),
        Column("collector_name", _("收款人"), screen=False),
        Column("reviewer_name", _("复核人"), screen=False),
        Column("issued_at", _("开票时间"), kind="moment", sort=True),
        Column(
            "state",
            _("状态"),
            kind="state",
            value=lambda row: gettext(STATE_LABELS[row.state]),
            tone=lambda row: STATE_TONES[row.state],
        ),
    ]
    filters = [
        Filter("state", _("状态"), choices=lambda: _choices(STATE_LABELS)),
        Filter("kind", _("正红"), choices=lambda: _choices(KIND_LABELS)),
        Filter(
            "since",
            _("起始日期"),
            kind="day",
            apply=lambda rows, value: rows.filter(issued_on__gte=value),
        ),
        Filter(
            "until",
            _("截止日期"),
            kind="day",
            apply=lambda rows, value: rows.filter(issued_on__lte=value),
        ),
    ]
    search_hint = _("票据号码、捐赠编号")
    order = "-issued_at"
    file_name = "receipts"
    empty_title = _("还没有票据")
    empty_text = _("从捐赠页面填开，另一人复核后开具。")
    empty_icon = "receipt"

    def rows(self) -> QuerySet[Receipt]:
        """The society's own."""
        own = Receipt.objects.filter(organisation_id=self.actor.organisation_id or 0)
        return own.select_related("allowance")

    def search(self, rows: QuerySet[Receipt], text: str) -> QuerySet[Receipt]:
        """By serial, by bare number, by what it is about."""
        serial = tidy_serial(text)
        if serial:
            return rows.filter(serial=serial)
        plain = text.strip()
        if plain.isascii() and plain.isdigit() and len(plain) <= 10:
            return rows.filter(number=int(plain))
        return rows.filter(allowance__subject__endswith=f":{plain.upper()}")

    def decorate(self, page: list[Any]) -> list[Any]:
        """Payers, whole or masked."""
        masked = permissions.sees_masked(self.actor)
        for row in page:
            row.payer_shown = masked_name(row.payer) if masked else row.payer
        return page

    def context(self) -> dict[str, Any]:
        """What waits, and what is left to write on."""
        return {
            "waiting": queries.waiting_slips(self.actor.organisation_id or 0).count(),
            "left": shown.stock_left(self.actor),
        }


@door("receipts.see")
class Waiting(ListPage):
    """What waits for the second person, oldest first."""

    title = _("票据复核")
    template_name = "receipts/waiting.html"
    columns = [
        Column(
            "asked_at",
            _("填开时间"),
            kind="moment",
            sort=True,
            link=lambda row: reverse("receipts-review", args=[row.pk]),
        ),
        Column("kind", _("办理"), value=lambda row: gettext(SLIP_LABELS[row.kind])),
        Column("payer", _("交款人"), value=lambda row: row.payer_shown),
        Column(
            "subject", _("捐赠编号"), value=lambda row: shown.subject_shown(row.allowance.subject)
        ),
        Column(
            "serial", _("票据号码"), value=lambda row: row.receipt.serial if row.receipt else ""
        ),
        Column("amount", _("金额"), kind="money", value=lambda row: row.amount_shown),
        Column("asked_by_name", _("填开人"), value=lambda row: row.asked_by_name),
    ]
    filters = [Filter("kind", _("办理"), choices=lambda: _choices(SLIP_LABELS))]
    order = "asked_at"
    file_name = "receipts-waiting"
    empty_title = _("没有待复核的票据")
    empty_text = _("填开、作废、红冲都由另一人在这里复核。")
    empty_icon = "check2-circle"

    def rows(self) -> QuerySet[Slip]:
        """The society's own."""
        return queries.waiting_slips(self.actor.organisation_id or 0)

    def decorate(self, page: list[Any]) -> list[Any]:
        """Names and amounts of what is asked for."""
        names = identity.person_names({row.asked_by_id for row in page})
        masked = permissions.sees_masked(self.actor)
        for row in page:
            name = (row.receipt.payer if row.receipt else row.payer) or ""
            row.payer_shown = masked_name(name) if masked and name else name
            row.asked_by_name = names.get(row.asked_by_id, "")
            row.amount_shown = row.receipt.amount_fen if row.receipt else row.amount_fen
        return page

    def context(self) -> dict[str, Any]:
        """Whether this reader is a second person for any of them."""
        others = self.rows().exclude(asked_by_id=self.actor.person_id or 0)
        may = permissions.may_here(self.actor, "receipts.review")
        return {"reviewable": others.filter(kind="issue").count() if may else 0}


@door("receipts.see")
def receipt(request: HttpRequest, serial: str) -> HttpResponse:
    """One receipt in full. *Refuses*: ``NotFound``, also for another society's."""
    actor = actor_of(request)
    found = shown.own_receipt(actor, serial)
    checked = queries.as_checked(found)
    row = checked.row
    may = permissions.may_here(actor, "receipts.draw")
    open_slip = found.slips.filter(state="waiting").first()
    takes_back = may and row.kind == Kind.BLUE and row.state == State.ISSUED and not open_slip
    voiding = getattr(found, "voiding", None)
    context = {
        "row": row,
        "checked": checked,
        "state_label": gettext(STATE_LABELS[row.state]),
        "tone": STATE_TONES[row.state],
        "facts": shown.facts_of_receipt(checked, shown.payer_shown(actor, checked.payer)),
        "subject_number": shown.subject_shown(row.subject),
        "open_slip": open_slip,
        "voiding": voiding,
        "may_void": takes_back
        and row.handed_at is None
        and row.fiscal_state not in (FiscalState.SENT, FiscalState.ISSUED),
        "may_reverse": takes_back,
        "may_hand_over": may and row.handed_at is None and row.state != State.VOIDED,
        "masked": permissions.sees_masked(actor),
        "fiscal": getattr(found, "transmission", None),
        "fiscal_label": gettext(FISCAL_LABELS[row.fiscal_state]) if row.fiscal_state else "",
        "fiscal_tone": FISCAL_TONES.get(row.fiscal_state, ""),
        "acts": [
            {"deed": gettext(DEEDS.get(act.verb, act.verb)), "at": act.at}
            for act in trail.acts_on(row.ref)
        ],
    }
    return TemplateResponse(request, "receipts/receipt.html", context)


@door("receipts.draw")
def voucher_pdf(request: HttpRequest, serial: str) -> HttpResponse:
    """The paper, for those who hand it over. *Refuses*: ``NotFound``."""
    checked = queries.as_checked(shown.own_receipt(actor_of(request), serial))
    content = documents.voucher(checked, shown.check_address(checked), at=checked.row.issued_at)
    return file_response(content, f"{checked.row.serial}.pdf", inline=True)
