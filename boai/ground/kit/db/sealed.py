"""Personal data at rest: sealed columns and blind indexes.

A sealed value is AES-256-GCM with a fresh nonce; table and column are bound in as associated data,
so that a value copied to another column does not open. The envelope carries the key's id, so keys
can be changed while both are valid. Search for equality goes through a blind index: HMAC-SHA256
under a key of its own over the normalised value.
"""

import hmac
import os
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


def seal(value: str, place: str) -> bytes:
    """Encrypt text for one place (``table.column``) under the newest key."""
    return seal_bytes(value.encode(), place)


def seal_bytes(content: bytes, place: str) -> bytes:
    """As ``seal`` for what is no text: a file that holds personal data, bound to its place."""
    key_id, key = next(iter(settings.BOAI_FIELD_KEYS.items()))
    nonce = os.urandom(12)
    head = bytes([1, len(key_id)]) + key_id.encode()
    return head + nonce + _cipher(key).encrypt(nonce, content, place.encode())


def seal_many(values: Sequence[str], place: str) -> list[bytes]:
    """As ``seal`` for a whole set, each under a nonce of its own; empty text stays empty bytes."""
    key_id, key = next(iter(settings.BOAI_FIELD_KEYS.items()))
    head, bound = bytes([1, len(key_id)]) + key_id.encode(), place.encode()
    encrypt, random = _cipher(key).encrypt, os.urandom(12 * len(values))
    sealed = []
    for at, value in enumerate(values):
        nonce = random[12 * at : 12 * at + 12]
        sealed.append(head + nonce + encrypt(nonce, value.encode(), bound) if value else b"")
    return sealed


def unseal(envelope: bytes, place: str) -> str:
    """Open an envelope of ``seal``. *Raises* ``cryptography.exceptions.InvalidTag`` or ``KeyError``."""
    return unseal_bytes(envelope, place).decode()


def unseal_bytes(envelope: bytes, place: str) -> bytes:
    """Open an envelope of ``seal_bytes``. *Raises* as ``unseal``."""
    length = envelope[1]
    key = settings.BOAI_FIELD_KEYS[envelope[2 : 2 + length].decode()]
    nonce, sealed = envelope[2 + length : 14 + length], envelope[14 + length :]
    return _cipher(key).decrypt(nonce, sealed, place.encode())


@lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCM:
    """The keys are few, and preparing one takes as long as opening a value with it."""
    return AESGCM(key)


def blind_index(purpose: str, value: str) -> str:
    """A keyed digest of a normalised value: equal values are found, nothing can be read back.

    ``purpose`` (for example ``"phone"``) keeps equal values of different kinds apart.
    """
    return hmac.digest(settings.BOAI_INDEX_KEY, f"{purpose}\0{value}".encode(), "sha256").hex()


if TYPE_CHECKING:
    _Base = models.BinaryField[Any, Any]
else:
    _Base = models.BinaryField  # generic to the type checker only


class SealedText(_Base):
    """A text column that is encrypted at rest. Empty text and ``None`` are stored as they are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    @property
    def _place(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """As any field; ``editable`` is always off."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        return name, path, list(args), dict(kwargs)

    def from_db_value(
        self, value: Any, expression: Any, connection: BaseDatabaseWrapper
    ) -> str | None:
        """Open on reading."""
        if value is None:
            return None
        raw = bytes(value)
        return unseal(raw, self._place) if raw else ""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Seal on writing."""
        if isinstance(value, str):
            value = seal(value, self._place) if value else b""
        return super().get_db_prep_value(value, connection, prepared)

    def to_python(self, value: Any) -> Any:
        """Text stays text."""
        return value

    def value_to_string(self, obj: models.Model) -> str:
        """Never serialised in clear."""
        raise TypeError("sealed text is not serialised")
