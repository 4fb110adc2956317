"""Doors for everybody: is this receipt valid, and does its record still say what it said."""

from ipaddress import ip_address, ip_network

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from boai.foundations.certificates.services import limiting
from boai.ground.core import clock
from boai.ground.core.errors import NotFound, Refusal
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.downloads import file_response
from boai.ground.kit.web.refusals import explain
from boai.relief.receipts import documents, queries
from boai.relief.receipts.errors import ReceiptIsNotFound
from boai.relief.receipts.values import STATE_LABELS, STATE_TONES, CheckedReceipt
from boai.relief.receipts.web import shown

LONGEST = 60


@require_safe
@door("public")
def check(request: HttpRequest) -> HttpResponse:
    """Number and check code in, what the receipt is out. A wrong number looks like a wrong code."""
    number = request.GET.get("n", "")[:LONGEST]
    code = request.GET.get("c", "")[:LONGEST]
    context: dict[str, object] = {"number": number, "code": code}
    status = 200
    if number or code:
        try:
            found = _checked(request, number, code)
            context |= {
                "receipt": found,
                "row": found.row,
                "state_label": gettext(STATE_LABELS[found.row.state]),
                "tone": STATE_TONES[found.row.state],
                "facts": shown.facts_of_receipt(found, found.payer),
            }
        except Refusal as refusal:
            context["refusal"] = explain(refusal)
            status = 429 if refusal.code == "TooManyChecks" else 422
    answer = TemplateResponse(request, "receipts/check.html", context, status=status)
    return _for_the_holder(answer)


@require_safe
@door("public")
def voucher_pdf(request: HttpRequest, serial: str) -> HttpResponse:
    """The paper as PDF, for whoever has number and code."""
    try:
        found = _checked(request, serial[:LONGEST], request.GET.get("c", "")[:LONGEST])
    except ReceiptIsNotFound:
        raise NotFound from None
    if not found.untouched:
        raise NotFound
    content = documents.voucher(found, shown.check_address(found), at=found.row.issued_at)
    return _for_the_holder(file_response(content, f"{found.row.serial}.pdf"))


def _checked(request: HttpRequest, number: str, code: str) -> CheckedReceipt:
    """As every public look-up of the house: twenty wrong tries in ten minutes, then a pause."""
    client, at = _client(request), clock.now()
    limiting.refuse_guessing(client, at=at)
    found = queries.checked(number, code)
    if found is None:
        limiting.count_wrong(client, at=at)
        raise ReceiptIsNotFound
    return found


def _client(request: HttpRequest) -> str:
    """Whose tries are counted together: an address, of IPv6 the 64 bits that a household shares."""
    given = str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ip_address(given)
    except ValueError:
        return given
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else given


def _for_the_holder(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "private, no-store"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
