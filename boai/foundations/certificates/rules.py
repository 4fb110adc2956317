"""What holds about papers, pure."""

import hmac
import re
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from boai.foundations.certificates.values import PUBLIC_FACTS
from boai.ground.core.canonical import digest, filled

LONGEST_HOLDER = 100
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0 O 1 I L: people read the code aloud and type it from paper."""
CODE_LENGTH = 8
_LETTERS = bytes((ALPHABET + "?")[byte % 32].encode()[0] for byte in range(256))
_NO_LETTER = bytes(byte for byte in range(256) if byte % 32 == len(ALPHABET))
_SPACES = re.compile(r"\s+")


def new_check_code() -> str:
    """Eight random characters, 39 bits: with the rate limit, nobody guesses one."""
    return new_check_codes(1)[0]


def new_check_codes(count: int) -> list[str]:
    """As many check codes, drawn at once. Five bits of a random byte choose the letter; the one
    pattern without a letter is thrown away, so that all letters are equally likely."""
    wanted, letters = count * CODE_LENGTH, ""
    while len(letters) < wanted:
        drawn = secrets.token_bytes((wanted - len(letters)) * 17 // 16 + 16)
        letters += drawn.translate(_LETTERS, _NO_LETTER).decode()
    return [letters[at : at + CODE_LENGTH] for at in range(0, wanted, CODE_LENGTH)]


def tidy_code(text: str) -> str:
    """A check code as somebody typed it, in its stored form."""
    plain = unicodedata.normalize("NFKC", text[:40]).upper()
    return "".join(c for c in plain if c.isalnum())


def codes_agree(given: str, stored: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(tidy_code(given).encode(), stored.encode())


def tidy_holder(name: str) -> str:
    """A name in one line."""
    return _SPACES.sub(" ", name).strip()


def paper_digest(
    *,
    number: str,
    kind: str,
    organisation_id: int,
    subject: str,
    holder: str,
    facts: Mapping[str, Any],
    check_code: str,
    template_version: str,
    replaces: str,
    issued_at: datetime,
) -> str:
    """The digest over all that the paper says; law certificates-01 computes it again."""
    return digest(
        {
            "number": number,
            "kind": kind,
            "organisation": organisation_id,
            "subject": subject,
            "holder": holder,
            "facts": dict(facts),
            "check_code": check_code,
            "template": template_version,
            "replaces": replaces,
            "issued_at": issued_at,
        }
    )


def paper_digests(columns: Mapping[str, Sequence[Any]]) -> list[str]:
    """As ``paper_digest`` for many papers, given by the columns of what is digested."""
    names = sorted(columns)
    contents = filled(names, [columns[name] for name in names])
    return [sha256(content.encode()).hexdigest() for content in contents]


def public_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Those facts of a paper that may stand in its leaf; lists of goods in one line."""
    shown = {name: facts[name] for name in PUBLIC_FACTS if facts.get(name)}
    return {
        name: "、".join(map(str, value)) if isinstance(value, list) else value
        for name, value in shown.items()
    }
