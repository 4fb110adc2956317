"""A proof as one file to keep: a page that checks itself without a network, from the disk."""

import base64
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import get_language

from boai.foundations.certificates.values import Check

_STATIC = Path(__file__).resolve().parents[1] / "static" / "certificates"
SCRIPTS = ("hashes.js", "ed25519.js", "notes.js", "proof.js", "page.js")
STYLES = ("check.css", "saved.css")


def saved_page(check: Check, *, title: str, lines: Sequence[tuple[str, str]], online: str) -> bytes:
    """The page with program, proof and policy inside. ``lines`` are public facts; no names.

    ``online`` is the address where the state of today can be seen. The file's own content policy
    lets nothing run but this script, and nothing be fetched at all.
    """
    context: Mapping[str, object] = {
        "check": check,
        "title": title,
        "lines": lines,
        "online": online,
        "is_file": True,
    }
    script, style = _joined(SCRIPTS), _joined(STYLES)
    policy = (
        f"default-src 'none'; script-src 'sha256-{_digest(script)}'; "
        f"style-src 'sha256-{_digest(style)}'; base-uri 'none'; form-action 'none'"
    )
    language = "en" if get_language() == "en" else "zh-CN"
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n"
        f"{render_to_string('certificates/saved.html', dict(context))}\n"
        f"<script>{script}</script>\n</html>\n"
    ).encode()


@cache
def _joined(names: tuple[str, ...]) -> str:
    return "\n".join((_STATIC / name).read_text(encoding="utf-8") for name in names)


@cache
def _digest(text: str) -> str:
    return base64.b64encode(sha256(text.encode()).digest()).decode()
