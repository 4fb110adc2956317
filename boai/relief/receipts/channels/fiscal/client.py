"""Our side: send a receipt, ask after one, and believe nothing that is not signed by the platform.

The real exchange (财政电子票据对接报文规范) is agreed with each province's platform; it belongs in a
folder beside this one with the same three methods. Until then the sandbox stands for it.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings

from boai.ground.core.canonical import canonical
from boai.relief.receipts.channels.fiscal import sandbox
from boai.relief.receipts.values import FiscalAnswer


class Speaks(Protocol):
    """What a platform is asked."""

    def submit(self, key: str, content: dict[str, Any]) -> dict[str, Any]: ...
    def query(self, key: str) -> dict[str, Any] | None: ...
    def public_key(self) -> bytes: ...


class AnswerIsForged(ValueError):
    """An answer without the platform's signature, or about something else."""


@dataclass(frozen=True, slots=True)
class Client:
    """A platform that is switched on, with the key that its answers are held against."""

    platform: Speaks
    key: bytes

    def submit(self, key: str, content: dict[str, Any]) -> FiscalAnswer:
        """Send one receipt under its idempotency key. *Raises* ``AnswerIsForged``, ``OSError``."""
        return self._believed(key, self.platform.submit(key, content))

    def query(self, key: str) -> FiscalAnswer | None:
        """What the platform knows of a key. *Raises* ``AnswerIsForged``, ``OSError``."""
        found = self.platform.query(key)
        return self._believed(key, found) if found is not None else None

    def _believed(self, key: str, answer: dict[str, Any]) -> FiscalAnswer:
        signed = {name: value for name, value in answer.items() if name != "signature"}
        try:
            signature = bytes.fromhex(str(answer["signature"]))
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, canonical(signed))
        except (InvalidSignature, KeyError, ValueError) as wrong:
            raise AnswerIsForged(key) from wrong
        if answer.get("key") != key:
            raise AnswerIsForged(key)
        return FiscalAnswer(
            issued=answer["result"] == "issued",
            check_code=str(answer.get("check_code", ""))[:20],
            reason=str(answer.get("reason", ""))[:200],
            signature=str(answer["signature"]),
        )


def client() -> Client | None:
    """The platform that is switched on; nothing where receipts wait until one is."""
    if "sandbox" in settings.BOAI_CHANNELS:
        platform = sandbox.Platform(settings.BOAI_HOME / "fiscal-sandbox")
        return Client(platform, platform.public_key())
    return None
