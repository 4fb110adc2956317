"""Waybills for keepers and everybody who may look."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext

from boai.foundations.trail.queries import evidence_of
from boai.foundations.trail.services.evidence import read
from boai.ground.core.actors import Actor
from boai.ground.core.clock import now
from boai.ground.core.errors import NotFound
from boai.ground.core.numbering import tidy
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage, actor_of
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.downloads import file_response
from boai.ground.kit.web.lists import Column, Filter, ListPage
from boai.ground.kit.web.navigation import may
from boai.relief.dispatch import permissions, queries
from boai.relief.dispatch.documents import waybill_pdf
from boai.relief.dispatch.models import Waybill
from boai.relief.dispatch.services import loading, returning
from boai.relief.dispatch.web import shown
from boai.relief.dispatch.web.forms import LoadForm, SignLoadingForm


def waybill_of(actor: Actor, number: str, *, sender_only: bool = False) -> Waybill:
    """A waybill that the actor's organisation sends or receives. *Raises* ``NotFound``."""
    row = (
        Waybill.objects.select_related("receiver", "organisation", "delivery")
        .filter(number=tidy(number))
        .first()
    )
    if row is None or not permissions.may_see(actor, row.organisation_id, row.receiver_id):
        raise NotFound
    if sender_only and row.organisation_id != actor.organisation_id:
        raise NotFound
    return row


@door("dispatch.see")
class Waybills(ListPage):
    """All waybills that my organisation sends or receives."""

    title = _("运单")
    columns = [
        Column(
            "number",
            _("运单号"),
            kind="ref",
            link=lambda row: reverse("dispatch-waybill", args=[row.number]),
        ),
        Column("receiver_name", _("收货单位")),
        Column(
            "state",
            _("状态"),
            kind="state",
            value=lambda row: shown.word(shown.STATES, row.state),
            tone=lambda row: shown.tone(shown.STATES, row.state),
        ),
        Column("route", _("路线"), value=lambda row: gettext(shown.ROUTES[row.route])),
        Column("pieces", _("件数"), "quantity", sort="pieces"),
        Column("vehicle", _("车牌号")),
        Column("ordered_at", _("开单时间"), kind="moment", sort="ordered_at"),
        Column("departed_at", _("发车时间"), kind="moment", sort="departed_at"),
    ]
    filters = [
        Filter("state", _("状态"), choices=[(key, pair[0]) for key, pair in shown.STATES.items()]),
        Filter("route", _("路线"), choices=[(k, shown.ROUTES[k]) for k in ("direct", "relay")]),
        Filter(
            "day",
            _("发车日期"),
            kind="day",
            apply=lambda rows, day: rows.filter(departed_on=day),
        ),
    ]
    search_hint = _("运单号、收货单位、车牌号")
    order = "-ordered_at"
    file_name = "waybills"
    empty_title = _("还没有运单")
    empty_text = _("调拨批准后自动开出运单。")
    empty_icon = "truck"

    def rows(self) -> Any:
        mine = self.actor.organisation_id
        return Waybill.objects.filter(Q(organisation_id=mine) | Q(receiver_id=mine)).annotate(
            pieces=Sum("lines__quantity")
        )

    def search(self, rows: Any, text: str) -> Any:
        return rows.filter(
            Q(number__icontains=tidy(text))
            | Q(receiver__name__icontains=text)
            | Q(vehicle__icontains=text)
        )

    def decorate(self, page: list[Any]) -> Sequence[Any]:
        return shown.dress_waybills(page)


@door("dispatch.see")
def waybill(request: HttpRequest, number: str) -> HttpResponse:
    """One waybill: its way, its lines, its signatures, its differences."""
    actor = actor_of(request)
    row = waybill_of(actor, number)
    signed = getattr(row, "delivery", None)
    names = shown.people(
        [row.loaded_by_id, row.countersigned_by_id, signed.received_by_id if signed else None]
    )
    differences = queries.discrepancies(waybill_id=row.pk)
    subject = f"dispatch.waybill:{row.number}"
    context = {
        "title": gettext("运单"),
        "waybill": row,
        "state_word": shown.word(shown.STATES, row.state),
        "state_tone": shown.tone(shown.STATES, row.state),
        "route": gettext(shown.ROUTES[row.route]),
        "lines": shown.dress_lines(row),
        "signed": signed,
        "loader": names[row.loaded_by_id],
        "second": names[row.countersigned_by_id],
        "receiver": names[signed.received_by_id] if signed else "",
        "steps": _steps(row, signed),
        "evidence": evidence_of(subject),
        "sending": row.organisation_id == actor.organisation_id,
        "receiving": row.receiver_id == actor.organisation_id,
        "can_load": may(request, "dispatch.load"),
        "can_sign": may(request, "dispatch.deliver"),
        "can_settle": may(request, "dispatch.settle"),
        "can_send_back": bool(signed) and any(n > 0 for n in returning.still_there(row).values()),
        "returns": [
            (
                one,
                shown.word(shown.RETURN_STATES, one.state),
                shown.tone(shown.RETURN_STATES, one.state),
            )
            for one in queries.returns(waybill_id=row.pk)
        ],
        "own_loading": row.loaded_by_id == actor.person_id,
        "differences": [
            (
                one,
                gettext(shown.DIFFERENCES[one.kind]),
                shown.word(shown.DIFFERENCE_STATES, one.state),
                shown.tone(shown.DIFFERENCE_STATES, one.state),
                gettext(shown.OUTCOMES[one.outcome]) if one.outcome else "",
            )
            for one in differences
        ],
    }
    return TemplateResponse(request, "dispatch/waybill.html", context)


def _steps(row: Waybill, signed: Any) -> list[dict[str, Any]]:
    done = [row.ordered_at, row.loaded_at, row.departed_at, signed and signed.delivered_at]
    labels = [gettext("开单"), gettext("装车"), gettext("发车"), gettext("签收")]
    first_open = next((n for n, at in enumerate(done) if not at), len(done))
    return [
        {
            "label": label,
            "at": at,
            "state": "done" if at else "now" if n == first_open else "todo",
        }
        for n, (label, at) in enumerate(zip(labels, done, strict=True))
    ]


@door("dispatch.see")
def paper(request: HttpRequest, number: str) -> HttpResponse:
    """The waybill as PDF, with the QR code that leads the receiver to the signing page."""
    row = waybill_of(actor_of(request), number)
    content = waybill_pdf(row, shown.sign_address(row.number), now())
    return file_response(content, f"{row.number}.pdf", inline=True)


@door("dispatch.see")
def photo(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """A picture of the hand-over, for those who may see the waybill."""
    row = waybill_of(actor_of(request), number)
    if key not in {one.key for one in evidence_of(f"dispatch.waybill:{row.number}")}:
        raise NotFound
    found = read(key)
    if found is None:
        raise NotFound
    return file_response(found[0], f"{row.number}.jpg", found[1], inline=True)


class LoadingAct(ActPage):
    """A page of the keeper about one waybill of the own organisation."""

    frame = "focus"

    def waybill(self) -> Waybill:
        """The waybill. *Raises* ``NotFound`` for another sender's."""
        return waybill_of(self.actor, self.kwargs["number"], sender_only=True)

    def context(self) -> Mapping[str, Any]:
        row = self.waybill()
        names = shown.people([row.loaded_by_id])
        return {
            "waybill": row,
            "lines_shown": shown.dress_lines(row),
            "route": gettext(shown.ROUTES[row.route]),
            "first": names[row.loaded_by_id],
            "own": row.loaded_by_id == self.actor.person_id,
            "back_url": reverse("dispatch-waybill", args=[row.number]),
        }

    def done_url(self, outcome: Any) -> str:
        return reverse("dispatch-waybill", args=[self.kwargs["number"]])


@door("dispatch.load")
class Load(LoadingAct):
    """The first keeper picks by bin and first expiry, loads and signs."""

    title = _("拣货装车")
    template_name = "dispatch/load.html"
    form_class = LoadForm
    submit_label = _("已装车，签字")
    success = _("已签字。请另一名保管员核对后签字发车。")

    def initial(self) -> dict[str, Any]:
        return {"carrier": self.waybill().carrier}

    def context(self) -> Mapping[str, Any]:
        found = dict(super().context())
        return {**found, "ready": found["waybill"].state == "ordered"}

    def act(self, form: Any) -> Any:
        given = form.cleaned_data
        return loading.load(
            self.actor,
            waybill_id=self.waybill().pk,
            vehicle=given["vehicle"],
            carrier=given["carrier"],
            driver=given["driver"],
            at=self.at,
        )


@door("dispatch.load")
class CountersignLoading(LoadingAct):
    """The second keeper checks the load and lets the vehicle go."""

    title = _("复核发车")
    template_name = "dispatch/load.html"
    form_class = SignLoadingForm
    submit_label = _("核对无误，签字发车")
    confirm = _("签字后物资出账、转为在途。确认？")
    success = _("已签字，物资在途。")

    def initial(self) -> dict[str, Any]:
        return {"digest": self.waybill().loading_digest}

    def context(self) -> Mapping[str, Any]:
        found = dict(super().context())
        ready = found["waybill"].state == "loading" and not found["own"]
        return {**found, "ready": ready, "countersigning": True}

    def act(self, form: Any) -> Any:
        return loading.countersign(
            self.actor,
            waybill_id=self.waybill().pk,
            digest=form.cleaned_data["digest"],
            at=self.at,
        )


@door("dispatch.load")
class Unload(LoadingAct):
    """Take the loading back."""

    title = _("撤回装车")
    intro = _("撤回后可重新拣货装车。")
    submit_label = _("撤回")
    danger = True
    success = _("已撤回装车。")

    def act(self, form: Any) -> Any:
        return loading.unload(self.actor, waybill_id=self.waybill().pk, at=self.at)
