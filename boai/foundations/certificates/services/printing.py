"""Printing papers as PDF and as a picture for the phone, from the templates in ``documents/``."""

from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from boai.foundations.certificates.models import Paper
from boai.foundations.certificates.services import proving
from boai.foundations.certificates.values import ISSUED, KINDS, STATES
from boai.foundations.organisations import queries as organisations
from boai.ground.core.clock import CHINA
from boai.ground.core.errors import NotFound
from boai.ground.core.money import in_words, yuan
from boai.ground.core.numbering import tidy
from boai.ground.kit.documents import Document, Form, compose
from boai.ground.kit.qr import qr_svg

LONGEST_POLICY = 1500
"""Keys with more letters (those of ML-DSA have 1,750 each) are no longer for reading aloud."""


def pdf(number: str) -> bytes:
    """The paper as PDF. *Refuses*: ``NotFound``.

    The same paper gives the same bytes, until its proof is published: from then on it carries it.
    """
    return document(number, "pdf").content


def png(number: str) -> bytes:
    """The paper as a picture to save on a phone. *Refuses*: ``NotFound``."""
    return document(number, "png").content


def document(number: str, form: Form = "pdf") -> Document:
    """The paper and the characters in it that no font could draw. *Refuses*: ``NotFound``."""
    paper = Paper.objects.filter(number=tidy(number)).first()
    if paper is None:
        raise NotFound(field="number")
    kind = KINDS[paper.kind]
    template = kind.sheet if form == "pdf" else kind.picture
    return compose(template, _data(paper), form=form, at=paper.issued_at, resolution=192)


def verify_address(number: str, check_code: str) -> str:
    """The full address that the QR code leads to."""
    path = reverse("certificates-verify")
    return f"{settings.BOAI_PUBLIC_URL}{path}?{urlencode({'n': number, 'c': check_code})}"


def _data(paper: Paper) -> dict[str, object]:
    organisation = organisations.row(paper.organisation_id)
    facts = paper.facts
    fen = facts.get("amount_fen")
    goods = facts.get("goods") or []
    address = verify_address(paper.number, paper.check_code)
    issued = paper.issued_at.astimezone(CHINA)
    # A paper that is no longer valid is printed with its stamp alone.
    proof = proving.proof_of(paper.number) if paper.state == ISSUED else None
    return {
        "number": paper.number,
        "code": f"{paper.check_code[:4]} {paper.check_code[4:]}",
        "holder": str(paper.holder),
        "organisation": organisation.name if organisation else "",
        "day": f"{issued.year}年{issued.month}月{issued.day}日",
        "day_iso": f"{issued:%Y-%m-%d}",
        "amount": yuan(fen) if isinstance(fen, int) and fen > 0 else "",
        "words": in_words(fen) if isinstance(fen, int) and fen > 0 else "",
        "goods": [str(line) for line in goods] if isinstance(goods, list) else [str(goods)],
        "purpose": str(facts.get("purpose") or facts.get("appeal") or ""),
        "gift": str(facts.get("gift_number") or ""),
        "qr": qr_svg(address),
        "site": settings.BOAI_PUBLIC_URL + reverse("certificates-verify"),
        "proof": proving.proof_qr(proof),
        "policy": proof.policy if proof and len(proof.policy) <= LONGEST_POLICY else "",
        "stamp": "" if paper.state == ISSUED else STATES[paper.state],
    }
