"""What holds about names and numbers, pure."""

import re
import unicodedata

from boai.foundations.identity.values import check_character

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
_PASSPORT = re.compile(r"[A-Z0-9]{5,14}")
_RESIDENT = re.compile(r"\d{17}[\dX]")


def tidy_identity_number(text: str) -> str:
    """One spelling for one number: full-width digits, blanks and small x forgiven."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(c for c in plain.upper() if c.isalnum())


def identity_number_fits(number: str) -> bool:
    """Whether a tidy number can be one: resident number with check character (GB 11643), else a
    passport or permit of another length."""
    if _RESIDENT.fullmatch(number):
        return check_character(number[:17]) == number[17]
    return bool(_PASSPORT.fullmatch(number))
