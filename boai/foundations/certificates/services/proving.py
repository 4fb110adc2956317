"""The register of proofs: the log is a stranger to this room, so whoever knows both brings them."""

import zlib
from typing import Protocol

from django.conf import settings
from django.urls import reverse

from boai.foundations.certificates.values import Proof
from boai.ground.kit.qr import packed_qr_svg


class Source(Protocol):
    """Whoever can prove papers: a room above that knows the log."""

    def proof_of_paper(self, number: str) -> Proof | None:
        """The proof of one paper; nothing where it has no leaf."""

    def policy(self) -> str:
        """Which log and which witnesses are believed, as a C2SP tlog-policy."""


_sources: list[Source] = []


def gives_proofs(source: Source) -> None:
    """Register where proofs of papers come from; one source in a house."""
    _sources[:] = [source]


def proof_of(number: str) -> Proof | None:
    """The proof of one paper as it stands now; nothing without a log."""
    return _sources[0].proof_of_paper(number) if _sources else None


def policy() -> str:
    """The policy under which proofs are checked; empty without a log."""
    return _sources[0].policy() if _sources else ""


def proof_qr(proof: Proof | None) -> str:
    """The proof as a QR code to be printed, empty while it is not published or where it cannot fit.

    The code is a link to the check page with the proof behind ``#``: a browser never sends that
    part to anybody. The proof is compressed with zlib and written in decimal digits, 17 for each
    seven bytes, because digits are what a QR code packs most densely.
    """
    if proof is None or not proof.is_published:
        return ""
    address = f"{settings.BOAI_PUBLIC_URL}{reverse('certificates-verify')}#1"
    return packed_qr_svg(address, zlib.compress(proof.bundle.encode(), 9))
