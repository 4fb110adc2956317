"""The sandbox's cashier page. Absent unless the sandbox is switched on."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from boai.ground.core import clock
from boai.ground.core.errors import Refusal
from boai.ground.kit.web.doors import door
from boai.relief.donations.channels.alipay import cashier as alipay_cashier
from boai.relief.donations.channels.alipay import platform as alipay_platform
from boai.relief.donations.channels.sandbox import cashier
from boai.relief.donations.services.giving import payable
from boai.relief.donations.web.shown import order_by_token

SAYS = {"sandbox": cashier.say, alipay_platform.CHANNEL: alipay_cashier.say}
"""The fakes that have a cashier here, by channel."""


@door("public")
@never_cache
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """Shows the order; on paying, the sandbox signs and calls back as the platform does."""
    order = order_by_token(token)
    if order is None or order.channel not in SAYS or order.channel not in settings.BOAI_CHANNELS:
        raise Http404
    if order.state != "placed":
        return HttpResponseRedirect(reverse("donations-done", args=[token]))
    at = clock.now()
    expired = False
    try:
        payable(order, at)
    except Refusal:
        expired = True
    if request.method == "POST" and not expired:
        outcome = "CLOSED" if request.POST.get("outcome") == "close" else "SUCCESS"
        say = SAYS[order.channel]
        say(order_number=order.number, amount_fen=order.amount_fen, outcome=outcome, at=at)
        if outcome == "CLOSED":
            return HttpResponseRedirect(reverse("donations-give", args=[order.appeal.slug]))
        return HttpResponseRedirect(reverse("donations-done", args=[token]))
    return render(request, "donations/sandbox_pay.html", {"order": order, "expired": expired})
