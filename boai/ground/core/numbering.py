"""Numbers that people read aloud: prefix, day, running number, check character."""

import unicodedata
from datetime import date

from stdnum.iso7064 import mod_37_36


def numbered(prefix: str, day: date, running: int) -> str:
    """A public number such as ``JZ20200129000123K``.

    Two letters for the kind, the day, a running number of at least six digits, and an ISO 7064
    MOD 37,36 check character that finds every single wrong character and nearly every swap.
    """
    body = f"{prefix}{day:%Y%m%d}{running:06d}"
    return body + str(mod_37_36.calc_check_digit(body))


def is_well_formed(number: str) -> bool:
    """Whether the check character fits; hyphens, spaces and small letters are forgiven."""
    return bool(mod_37_36.is_valid(tidy(number)))


def tidy(number: str) -> str:
    """The stored form of a number as somebody typed it (also in full-width characters)."""
    plain = unicodedata.normalize("NFKC", number)
    return "".join(c for c in plain if c.isprintable() and not c.isspace() and c != "-").upper()[
        :64
    ]
