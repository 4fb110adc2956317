"""What holds about papers, pure."""

import hmac
import re
import secrets
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from boai.ground.core.canonical import digest

LONGEST_HOLDER = 100
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0 O 1 I L: people read the code aloud and type it from paper."""
CODE_LENGTH = 8
_SPACES = re.compile(r"\s+")


def new_check_code() -> str:
    """Eight random characters, 39 bits: with the rate limit, nobody guesses one."""
    return "".join(secrets.choice(ALPHABET) for _turn in range(CODE_LENGTH))


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
