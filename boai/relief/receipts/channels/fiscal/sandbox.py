"""A platform as the finance department runs one, for the demo and for tests: it numbers, signs with
Ed25519, keeps a register that can be asked, refuses what does not fit, and answers a key that comes
again with its first answer.

Key and register are files under ``BOAI_HOME/fiscal-sandbox``; nothing here is used when ``sandbox``
is not among the channels that are switched on.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from boai.ground.core.canonical import canonical, digest

NEEDED = ("code", "number", "payer", "payee", "amount_fen", "collector", "reviewer", "issued_on")


@dataclass(frozen=True, slots=True)
class Platform:
    """The platform and its register, one file a key."""

    home: Path

    def public_key(self) -> bytes:
        """The key that its answers are held against."""
        return self._key().public_key().public_bytes_raw()

    def submit(self, key: str, content: dict[str, Any]) -> dict[str, Any]:
        """Take a receipt in. The same key with the same content gets its first answer, with another
        content it is refused; nothing is ever issued twice."""
        own = digest(content)
        known = self._read(key)
        if known is None:
            made = {"digest": own, "content": content, "answer": self._judged(key, content)}
            known = self._written_once(key, made)
        if known["digest"] != own:
            return self._signed({"key": key, "result": "refused", "reason": "同一请求号内容不同"})
        answer: dict[str, Any] = known["answer"]
        return answer

    def query(self, key: str) -> dict[str, Any] | None:
        """The answer that a key was given."""
        known = self._read(key)
        return None if known is None else dict(known["answer"])

    def issued(self) -> int:
        """How many receipts the register holds as issued."""
        files = self._register().glob("*.json")
        found = [json.loads(path.read_text("utf-8"))["answer"]["result"] for path in files]
        return found.count("issued")

    def _judged(self, key: str, content: dict[str, Any]) -> dict[str, Any]:
        reason = self._reason_against(content)
        if reason:
            return self._signed({"key": key, "result": "refused", "reason": reason})
        check = hashlib.sha256(self._seed() + key.encode()).hexdigest()
        code = str(int(check[:12], 16))[-6:].zfill(6)
        return self._signed({"key": key, "result": "issued", "check_code": code})

    def _reason_against(self, content: dict[str, Any]) -> str:
        missing = [name for name in NEEDED if not content.get(name)]
        if missing:
            return f"缺少要素：{'、'.join(missing)}"
        if content["amount_fen"] < 0:
            first = self._read(content.get("original", ""))
            if first is None or first["answer"]["result"] != "issued":
                return "没有找到被冲红的票据"
            if first["content"]["amount_fen"] != -content["amount_fen"]:
                return "红票金额与原票不符"
        return ""

    def _signed(self, answer: dict[str, Any]) -> dict[str, Any]:
        return {**answer, "signature": self._key().sign(canonical(answer)).hex()}

    def _register(self) -> Path:
        return self.home / "register"

    def _place(self, key: str) -> Path:
        return self._register() / f"{hashlib.sha256(key.encode()).hexdigest()}.json"

    def _read(self, key: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = json.loads(self._place(key).read_text("utf-8"))
        except FileNotFoundError:
            return None
        return found

    def _written_once(self, key: str, made: dict[str, Any]) -> dict[str, Any]:
        """Of two that come with one key at a moment the first is kept, and both are told of it."""
        _write_once(self._place(key), json.dumps(made, ensure_ascii=False).encode())
        return self._read(key) or made

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._seed())

    def _seed(self) -> bytes:
        path = self.home / "platform.key"
        if not path.exists():
            _write_once(path, Ed25519PrivateKey.generate().private_bytes_raw())
        return path.read_bytes()


def _write_once(path: Path, content: bytes) -> None:
    """Written aside and linked: a file is whole or not there, and never written twice."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
