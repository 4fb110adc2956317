"""Doors for everybody: check a paper, take it along."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from boai.foundations.certificates import queries
from boai.foundations.certificates.errors import PaperNotFound
from boai.foundations.certificates.services import printing
from boai.foundations.certificates.values import CheckedPaper
from boai.foundations.certificates.web.limits import count_wrong, refuse_guessing
from boai.ground.core.errors import NotFound, Refusal
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.downloads import file_response
from boai.ground.kit.web.refusals import explain

LONGEST = 60


@require_safe
@door("public")
def verify(request: HttpRequest) -> HttpResponse:
    """Number and check code in, what the paper is out. A wrong number looks like a wrong code."""
    number = request.GET.get("n", "")[:LONGEST]
    code = request.GET.get("c", "")[:LONGEST]
    context: dict[str, object] = {"number": number, "code": code}
    status = 200
    if number or code:
        try:
            context["paper"] = _checked(request, number, code)
        except Refusal as refusal:
            context["refusal"] = explain(refusal)
            status = 429 if refusal.code == "TooManyChecks" else 422
    answer = TemplateResponse(request, "certificates/verify.html", context, status=status)
    answer["Cache-Control"] = "private, no-store"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@require_safe
@door("public")
def paper_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The paper as PDF, for whoever has number and code."""
    paper = _found(request, number)
    return file_response(printing.pdf(paper.number), f"{paper.number}.pdf")


@require_safe
@door("public")
def paper_png(request: HttpRequest, number: str) -> HttpResponse:
    """The paper as a picture, shown in the browser so that a phone can save it."""
    paper = _found(request, number)
    content = printing.png(paper.number)
    return file_response(content, f"{paper.number}.png", "image/png", inline=True)


def _checked(request: HttpRequest, number: str, code: str) -> CheckedPaper:
    refuse_guessing(request)
    found = queries.checked(number, code)
    if found is None:
        count_wrong(request)
        raise PaperNotFound
    return found


def _found(request: HttpRequest, number: str) -> CheckedPaper:
    try:
        return _checked(request, number[:LONGEST], request.GET.get("c", "")[:LONGEST])
    except PaperNotFound:
        raise NotFound from None
