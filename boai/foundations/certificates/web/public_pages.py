"""Doors for everybody: check a paper, take it along, keep its proof."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from boai.foundations.certificates import queries
from boai.foundations.certificates.errors import PaperNotFound
from boai.foundations.certificates.services import limiting, printing, proving, saving
from boai.foundations.certificates.values import Check, CheckedPaper, proof_labels
from boai.foundations.certificates.web.limits import client_of
from boai.ground.core import clock
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
    context: dict[str, object] = {
        "number": number,
        "code": code,
        "policy": proving.policy(),
        "labels": proof_labels(),
        "scripts": [f"certificates/{name}" for name in saving.SCRIPTS],
    }
    status = 200
    if number or code:
        try:
            paper = _checked(request, number, code)
            context |= {"paper": paper, "check": _check_of(paper)}
        except Refusal as refusal:
            context["refusal"] = explain(refusal)
            status = 429 if refusal.code == "TooManyChecks" else 422
    answer = TemplateResponse(request, "certificates/verify.html", context, status=status)
    return _for_the_holder(answer)


@require_safe
@door("public")
def saved(request: HttpRequest, number: str) -> HttpResponse:
    """The proof as one page to keep, that checks itself without a network."""
    paper = _found(request, number)
    check = _check_of(paper)
    if check is None or not check.proof.is_published:
        raise NotFound
    content = saving.saved_page(
        check,
        title=f"{gettext(paper.kind_label)} {paper.number}",
        lines=_lines(paper),
        online=settings.BOAI_PUBLIC_URL + reverse("certificates-verify"),
    )
    name = f"{paper.number}.html"
    return _for_the_holder(file_response(content, name, "text/html; charset=utf-8"))


@require_safe
@door("public")
def bundle(request: HttpRequest, number: str) -> HttpResponse:
    """The proof alone, for any program that reads C2SP tlog-proof."""
    paper = _found(request, number)
    proof = proving.proof_of(paper.number)
    if proof is None or not proof.is_published:
        raise NotFound
    name = f"{paper.number}.tlog-proof"
    answer = file_response(proof.bundle.encode(), name, "text/plain; charset=utf-8")
    return _for_the_holder(answer)


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


def _check_of(paper: CheckedPaper) -> Check | None:
    proof = proving.proof_of(paper.number)
    return Check(proof, paper.proved, proof_labels()) if proof else None


def _lines(paper: CheckedPaper) -> list[tuple[str, str]]:
    """What stands at the head of the kept page: no name; the rest is read from the leaf itself."""
    return [
        (gettext("发出单位"), paper.organisation),
        (gettext("证书编号"), paper.number),
        (gettext("保存时的状态"), gettext(paper.state_label)),
    ]


def _checked(request: HttpRequest, number: str, code: str) -> CheckedPaper:
    client, at = client_of(request), clock.now()
    limiting.refuse_guessing(client, at=at)
    found = queries.checked(number, code)
    if found is None:
        limiting.count_wrong(client, at=at)
        raise PaperNotFound
    return found


def _found(request: HttpRequest, number: str) -> CheckedPaper:
    try:
        return _checked(request, number[:LONGEST], request.GET.get("c", "")[:LONGEST])
    except PaperNotFound:
        raise NotFound from None


def _for_the_holder(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "private, no-store"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
