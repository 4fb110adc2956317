"""References between rooms: ``room.kind:key``, plain text, no foreign key."""

import re
from dataclasses import dataclass

_SHAPE = re.compile(r"[a-z]+\.[a-z-]+:[0-9A-Za-z._-]{1,80}")


@dataclass(frozen=True, slots=True)
class Ref:
    """Names one thing of one room, such as ``donations.gift:JZ20200129000123K``."""

    room: str
    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.room}.{self.kind}:{self.key}"

    @classmethod
    def parse(cls, text: str) -> "Ref":
        """Read the text form. *Raises* ``ValueError`` for anything else."""
        if not _SHAPE.fullmatch(text):
            raise ValueError(f"not a reference: {text[:100]!r}")
        where, key = text.split(":", 1)
        room, kind = where.split(".", 1)
        return cls(room, kind, key)
