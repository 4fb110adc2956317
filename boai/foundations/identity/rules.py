"""What holds about names and numbers, pure."""

import re
import unicodedata

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
_PASSPORT = re.compile(r"[A-Z0-9]{5,14}")
_RESIDENT = re.compile(r"\d{17}[\dX]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


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


def check_character(body: str) -> str:
    """The 18th character of a resident identity number (ISO 7064 MOD 11-2)."""
    total = sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True))
    return "10X98765432"[total % 11]
