"""Giving on the phone: the list of appeals, the appeal, and the page after payment."""

from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from boai.foundations.certificates.services import printing
from boai.ground.core import clock
from boai.ground.core.errors import Refusal
from boai.ground.kit.web.acts import actor_of, submission_of
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.downloads import file_response
from boai.ground.kit.web.refusals import explain
from boai.relief.donations import queries
from boai.relief.donations.channels import checkout, gateways
from boai.relief.donations.web.public_forms import GiveForm
from boai.relief.donations.web.shown import appeal_cards, order_by_token, result_of, typed_yuan

FILES = {
    "certificate.png": ("donation-certificate", "png", "捐赠证书.png", "image/png"),
    "certificate.pdf": ("donation-certificate", "pdf", "捐赠证书.pdf", "application/pdf"),
    "letter.png": ("thank-you-letter", "png", "感谢信.png", "image/png"),
    "letter.pdf": ("thank-you-letter", "pdf", "感谢信.pdf", "application/pdf"),
}
PAY_HOSTS = ["https://wx.tenpay.com", "https://*.alipay.com", "https://*.alipaydev.com"]
"""Where the form's answer may send the giver: browsers hold the redirect to ``form-action`` too."""


@door("public")
def appeals(request: HttpRequest) -> HttpResponse:
    """``/give/``: every appeal the public may see."""
    return render(request, "donations/appeals.html", {"cards": appeal_cards()})


@door("public")
@never_cache
@csp_update({"form-action": PAY_HOSTS})  # type: ignore[arg-type]
def give(request: HttpRequest, slug: str) -> HttpResponse:
    """``/give/<appeal>/``: one appeal and the form to give to it."""
    appeal = queries.appeal(slug)
    if appeal is None or appeal.state in ("draft", "approved"):
        raise Http404
    collecting = [found.channel for found in gateways.gateways()]
    form = GiveForm(request.POST or None, channels=collecting)
    key, http = submission_of(request), 200
    if request.method == "POST":
        http = 422
        if form.is_valid():
            done = _start(request, appeal.id, form, key)
            if done is not None:
                return done
    context = {
        "appeal": appeal,
        "totals": queries.totals(appeal_id=appeal.id),
        "recent": queries.love_list(appeal_id=appeal.id, limit=6),
        "rule": queries.rule_text(appeal.id),
        "suggested": [typed_yuan(fen) for fen in appeal.suggested_fen],
        "form": form,
        "key": key,
        "is_open": appeal.state == "open",
    }
    return render(request, "donations/give.html", context, status=http)


def _start(request: HttpRequest, appeal_id: int, form: GiveForm, key: str) -> HttpResponse | None:
    given = form.cleaned_data
    try:
        placed = checkout.start_payment(
            actor_of(request),
            appeal_id=appeal_id,
            amount_fen=given["amount"],
            form_key=key[:64],
            name=given["display_name"],
            phone=given["phone"],
            named=given["named"],
            message=given["message"],
            channel=given.get("channel", ""),
            on_phone="Mobi" in request.headers.get("User-Agent", "Mobi"),
            at=clock.now(),
        )
    except Refusal as refusal:
        words = explain(refusal)
        form.add_error(words.field if words.field in form.fields else None, words.sentence)
        return None
    return HttpResponseRedirect(placed.pay_url)


@door("public")
@never_cache
def done(request: HttpRequest, token: str) -> HttpResponse:
    """``/give/done/<token>/``: the certificate, the letter, the number, the way to the trace."""
    order = order_by_token(token)
    if order is None:
        raise Http404
    if order.gift_id is None:
        return render(request, "donations/waiting.html", {"order": order})
    return render(request, "donations/done.html", result_of(order))


@door("public")
@never_cache
def paper_file(request: HttpRequest, token: str, name: str) -> HttpResponse:
    """A paper of a paid order, as picture or PDF; whoever has the address of the page has it."""
    order = order_by_token(token)
    if order is None or order.gift is None or name not in FILES:
        raise Http404
    kind, form, file_name, media = FILES[name]
    number = queries.paper_number(order.gift.number, kind)
    if number is None:
        raise Http404
    content = printing.png(number) if form == "png" else printing.pdf(number)
    inline = request.GET.get("save") is None
    return file_response(content, _(file_name), media, inline=inline)
