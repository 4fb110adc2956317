"""``/gifts/``: the giver finds a gift again and changes the consent to be named."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from boai.ground.core import clock
from boai.ground.core.errors import Refusal
from boai.ground.kit.web.acts import actor_of
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.refusals import explain
from boai.relief.donations.services import looking, naming
from boai.relief.donations.web.public_forms import LookUpForm, NamingForm
from boai.relief.donations.web.shown import gift_page


@door("public")
@never_cache
def look_up(request: HttpRequest) -> HttpResponse:
    """The form, and below it the gift that was found. Wrong and missing look the same."""
    form = LookUpForm(request.POST or None, initial={"number": request.GET.get("number", "")[:40]})
    context: dict[str, Any] = {"form": form}
    if request.method != "POST":
        return render(request, "donations/look_up.html", context)
    if not form.is_valid():
        return render(request, "donations/look_up.html", context, status=422)
    given = form.cleaned_data
    try:
        if "naming" in request.POST:
            context |= _change(request, given)
        row = looking.look_up(**given, client=client_of(request), at=clock.now())
    except Refusal as refusal:
        form.add_error(None, explain(refusal).sentence)
        return render(request, "donations/look_up.html", context, status=422)
    context |= gift_page(row)
    context["query_code"] = given["query_code"]
    context.setdefault(
        "naming_form",
        NamingForm(
            initial={"named": row.named, "display_name": row.public_name if row.named else ""}
        ),
    )
    return render(request, "donations/gift_found.html", context)


def _change(request: HttpRequest, given: dict[str, Any]) -> dict[str, Any]:
    form = NamingForm(request.POST)
    form.is_valid()
    try:
        naming.change_naming(
            actor_of(request),
            number=given["number"],
            query_code=given["query_code"],
            named=form.cleaned_data.get("named", False),
            display_name=form.cleaned_data.get("display_name", ""),
            client=client_of(request),
            at=clock.now(),
        )
    except Refusal as refusal:
        words = explain(refusal)
        if words.field in form.fields:
            form.add_error(words.field, words.sentence)
            return {"naming_form": form}
        raise
    return {"naming_told": gettext("署名设置已更改，立即生效。")}


def client_of(request: HttpRequest) -> str:
    """The address a request comes from; it is only ever kept as a keyed digest."""
    return str(request.META.get("REMOTE_ADDR", ""))
