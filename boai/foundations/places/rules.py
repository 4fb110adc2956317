"""What a row of a division list means; pure."""

from boai.foundations.places.values import Level

FAKE_CITIES = frozenset({"1101", "1201", "3101", "4190", "4290", "4690", "5001", "5002", "6590"})
"""Rows of the statistics list at city level that are no cities (市辖区, 县, 省直辖县级行政区划)."""

_NOT_COUNTIES = frozenset({"460321", "460322", "460323"})
"""The statistics list's own rows for the islands of Sansha."""


def is_statistical_only(code: str) -> bool:
    """Whether a county row is a zone that only the statistics count (131 rows in 2023).

    Development zones have 7 as fifth digit, the forest districts of Daxing'anling 6; no lawful
    division uses either.
    """
    return len(code) == 6 and (code[4] in "67" or code in _NOT_COUNTIES)


def level_of(code: str) -> Level:
    """The level of a code padded with noughts to six or more digits."""
    if len(code) > 6:
        return "street"
    if code.endswith("0000"):
        return "province"
    return "city" if code.endswith("00") else "county"


def padded(code: str) -> str:
    """Two, four or six digits to at least six."""
    return code.ljust(6, "0")


def lawful_parent(code: str) -> str:
    """The code of the parent by position, skipping cities that are none."""
    level = level_of(code)
    if level == "province":
        return ""
    if level == "street":
        return code[:6]
    if level == "city" or code[:4] in FAKE_CITIES:
        return code[:2] + "0000"
    return code[:4] + "00"
