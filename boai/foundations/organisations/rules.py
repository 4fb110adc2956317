"""What names mean; pure."""

import re
import unicodedata

_IGNORED = re.compile(r"[\s·•.,，。、“”\"'‘’《》〈〉_-]+")
_BRACKETED = re.compile(r"\(([^()]*)\)")
_INSTITUTION = re.compile(r"(医院|卫生院|保健院|中心|红十字会|防治院|疗养院|学院)$")


def normal_name(text: str) -> str:
    """The form in which names are compared: width, spaces, points and brackets' shape ignored.

    Nothing is guessed: no prefix is dropped, no abbreviation opened. That is what aliases are for.
    """
    plain = unicodedata.normalize("NFKC", text).replace("\u200b", "")
    plain = re.sub(r"[【\[〔{]", "(", plain)
    plain = re.sub(r"[】\]〕}]", ")", plain)
    return _IGNORED.sub("", plain).upper()[:120]


def names_within(text: str) -> tuple[str, ...]:
    """Names that a written name with brackets holds: 甲医院(乙医院) names 甲医院 and 乙医院 too.

    Only parts that end like an institution's name count, so (西院) or (筹) make no alias.
    """
    plain = unicodedata.normalize("NFKC", text)
    parts = [_BRACKETED.sub("", plain).strip(), *(p.strip() for p in _BRACKETED.findall(plain))]
    if len(parts) == 1:
        return ()
    return tuple(
        part
        for part in dict.fromkeys(parts)
        if len(part) >= 4 and _INSTITUTION.search(part) and part != plain
    )


def uscc_is_well_formed(text: str) -> bool:
    """Whether an 18 character unified social credit code passes its check (GB 32100-2015)."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    if len(text) != 18 or any(c not in letters for c in text):
        return False
    total = sum(letters.index(c) * pow(3, i, 31) for i, c in enumerate(text[:17]))
    return letters[(31 - total % 31) % 31] == text[17]
