"""The log as everybody may read it: files for programs, one page for people."""

import re
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from boai.foundations.translog import files, queries
from boai.ground.kit.web.doors import door
from boai.ground.merkle import verify

_TILE = re.compile(
    r"(entries|[0-9]|[1-5][0-9]|6[0-3])/(x[0-9]{3}/)*[0-9]{3}(\.p/([1-9][0-9]{0,2}))?"
)
HEADS_SHOWN = 20
_PLAIN = "text/plain; charset=utf-8"


@door("public")
def about(request: HttpRequest) -> HttpResponse:
    """What the log is, how to check it, and where it stands."""
    heads = queries.recent_heads(HEADS_SHOWN)
    published = queries.published_head()
    return render(
        request,
        "translog/about.html",
        {
            "newest": heads[0] if heads else None,
            "published": published,
            "witnessed": queries.witnessed(published.size) if published else None,
            "heads": heads,
            "waiting": queries.leaves_waiting(),
            "policy": queries.log_policy_text(),
            "vkey": queries.verifier_key(),
            "address": f"{settings.BOAI_PUBLIC_URL}/log/",
        },
    )


@door("public")
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The published head with its cosignatures; kept by caches for seconds only (C10)."""
    note = files.read_checkpoint()
    if note is None:
        raise Http404(_("透明日志还没有签过检查点。"))
    return _text(note, "max-age=5")


@door("public")
def vkey(request: HttpRequest) -> HttpResponse:
    """The key with which anyone checks the head."""
    return _text(f"{files.signer().key}\n", "max-age=3600")


@door("public")
def policy(request: HttpRequest) -> HttpResponse:
    """Who watches this log and how many are enough: for programs that check a proof offline."""
    return _text(queries.log_policy_text(), "max-age=60")


@door("public")
def tile(request: HttpRequest, rest: str) -> HttpResponseBase:
    """A tile or an entry bundle, as it lies on the disk; full ones never change (C10)."""
    path = files.folder() / "tile" / rest
    if not _TILE.fullmatch(rest) or not path.is_file():
        raise Http404(_("透明日志里没有这一片。"))
    answer = FileResponse(path.open("rb"), content_type="application/octet-stream")
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer


@door("public")
def proof(request: HttpRequest, ref: str) -> HttpResponse:
    """The proof of one leaf, checkable without a network."""
    text = None if "\0" in ref else queries.proof_bundle(ref)
    if text is None:
        raise Http404(_("这一事项尚未记入透明日志，请稍后再看。"))
    return _text(text, "max-age=5")


@door("public")
def leaf(request: HttpRequest, ref: str) -> HttpResponse:
    """The leaf itself, byte for byte as the tree hashes it."""
    row = None if "\0" in ref else queries.leaf_of(ref)
    if row is None:
        raise Http404(_("透明日志里没有这一事项。"))
    answer = HttpResponse(row.body.encode(), content_type="application/json; charset=utf-8")
    answer["Cache-Control"] = "max-age=60"
    return answer


@door("public")
def verifier(request: HttpRequest) -> HttpResponse:
    """The public verifier: one file of Python, standard library only."""
    source = Path(verify.__file__).read_bytes()
    answer = HttpResponse(source, content_type="text/x-python; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="boai-verify.py"'
    return answer


def _text(content: str, caching: str) -> HttpResponse:
    answer = HttpResponse(content.encode(), content_type=_PLAIN)
    answer["Cache-Control"] = f"public, {caching}"
    return answer
