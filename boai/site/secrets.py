"""The installation's own secrets: from the environment, else from a file only the operator reads."""

import base64
import json
import os
import secrets
from pathlib import Path


def own_secrets(home: Path) -> dict[str, str]:
    """Read ``BOAI_HOME/secrets.json``; make it (mode 0600) where there is none.

    Keys: ``secret_key`` (sessions), ``field_keys`` (``id:base64[,id:base64]``, newest first),
    ``index_key`` (blind indexes), ``log_key`` (Ed25519 seed of the transparency log, base64).
    The file belongs to the backup's key material, not into the backup itself.
    """
    path = home / "secrets.json"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        made = {
            "secret_key": secrets.token_urlsafe(48),
            "field_keys": f"k1:{_key()}",
            "index_key": _key(),
            "log_key": _key(),
        }
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump(made, file, indent=1)
    found: dict[str, str] = json.loads(path.read_text())
    return found


def field_keys(text: str) -> dict[str, bytes]:
    """Read ``id:base64,id:base64``; the first is the one that seals."""
    pairs = [part.split(":", 1) for part in text.split(",") if part]
    return {key_id: base64.b64decode(key) for key_id, key in pairs}


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
