"""The authorisation matrix: one file, read by enforcement and by tests alike."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from boai.foundations.identity.values import ROLES

PATH = Path(__file__).parent.with_name("matrix.toml")

_SCOPE = re.compile(r"[OAUTPC](M)?(2)?(C)?")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class MatrixIsBroken(ValueError):
    """The file does not read as a matrix; the house does not start."""


class ActionHasNoLine(LookupError):
    """Code asks for an action that the matrix does not know: a fault in the program."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a role may do in one action.

    ``reach``: O own records, A records assigned to me, U my unit, T my unit and below, P public
    fields, C collective. ``masked`` fields, ``second`` person, ``collective`` decision.
    """

    reach: str
    masked: bool = False
    second: bool = False
    collective: bool = False

    @classmethod
    def parse(cls, code: str) -> "Grant":
        """Read a scope code such as ``U``, ``UM``, ``U2``, ``AC``."""
        if not _SCOPE.fullmatch(code):
            raise MatrixIsBroken(f"not a scope: {code!r}")
        rest = code[1:]
        collective = code[0] == "C" or "C" in rest
        return cls("A" if code[0] == "C" else code[0], "M" in rest, "2" in rest, collective)

    @property
    def signs(self) -> bool:
        """Whether the act is a signature that counts: with a second person or in a committee."""
        return self.second or self.collective


Matrix = Mapping[str, Mapping[str, Grant]]


def _lines(tables: dict[str, Any]) -> Iterator[tuple[str, Mapping[str, Grant]]]:
    for room, actions in tables.items():
        if not _NAME.fullmatch(room) or not isinstance(actions, dict):
            raise MatrixIsBroken(f"not a room: {room!r}")
        for verb, grants in actions.items():
            if not _NAME.fullmatch(verb) or not isinstance(grants, dict):
                raise MatrixIsBroken(f"not an action: {room}.{verb}")
            unknown = set(grants) - set(ROLES)
            if unknown:
                raise MatrixIsBroken(f"{room}.{verb} names unknown roles {sorted(unknown)}")
            read = {role: Grant.parse(code) for role, code in grants.items()}
            yield f"{room}.{verb}", MappingProxyType(read)


def read(text: str) -> Matrix:
    """Read a matrix. *Raises* ``MatrixIsBroken`` for unknown roles, scopes or shapes."""
    try:
        return MappingProxyType(dict(_lines(tomllib.loads(text))))
    except tomllib.TOMLDecodeError as error:
        raise MatrixIsBroken(str(error)) from error


@cache
def matrix() -> Matrix:
    """The matrix of this house."""
    return read(PATH.read_text(encoding="utf-8"))


def line(action: str) -> Mapping[str, Grant]:
    """Who may do an action. *Raises* ``ActionHasNoLine``."""
    try:
        return matrix()[action]
    except KeyError:
        raise ActionHasNoLine(f"matrix.toml has no line for {action!r}") from None
