"""Numbers that people read aloud: prefix, day, running number, check character."""

import unicodedata
from collections.abc import Iterable
from datetime import date

from stdnum.iso7064 import mod_37_36


def numbered(prefix: str, day: date, running: int) -> str:
    """A public number such as ``JZ20200129000123K``.

    Two letters for the kind, the day, a running number of at least six digits, and an ISO 7064
    MOD 37,36 check character that finds every single wrong character and nearly every swap.
    """
    body = f"{prefix}{day:%Y%m%d}{running:06d}"
    return body + str(mod_37_36.calc_check_digit(body))


_MODULUS = 36
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_STEPS = [
    [((before or _MODULUS) * 2 % (_MODULUS + 1) + value) % _MODULUS for value in range(_MODULUS)]
    for before in range(_MODULUS)
]
"""The state of ISO 7064 MOD 37,36 after one more character, by the state before."""
_CHECKS = [
    _ALPHABET[(1 - (state or _MODULUS) * 2 % (_MODULUS + 1)) % _MODULUS] for state in range(36)
]
"""The check character that closes a number, by the state."""


def numbered_many(prefix: str, day: date, running: Iterable[int]) -> list[str]:
    """As ``numbered`` for a whole set: what all have in common is summed up once."""
    head = f"{prefix}{day:%Y%m%d}"
    start = _MODULUS // 2
    for letter in head:
        start = _STEPS[start][_ALPHABET.index(letter)]
    made, before, stem, last = [], -1, "", _STEPS[0]
    for number in running:
        tens, digit = divmod(number, 10)
        if tens != before:  # ten numbers differ in their last digit only
            before, stem, state = tens, f"{head}{tens:05d}", start
            for figure in f"{tens:05d}":
                state = _STEPS[state][ord(figure) - 48]
            last = _STEPS[state]
        made.append(f"{stem}{digit}{_CHECKS[last[digit]]}")
    return made


def is_well_formed(number: str) -> bool:
    """Whether the check character fits; hyphens, spaces and small letters are forgiven."""
    return bool(mod_37_36.is_valid(tidy(number)))


def tidy(number: str) -> str:
    """The stored form of a number as somebody typed it (also in full-width characters)."""
    plain = unicodedata.normalize("NFKC", number)
    return "".join(c for c in plain if c.isprintable() and not c.isspace() and c != "-").upper()[
        :64
    ]
