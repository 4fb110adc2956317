"""Whose word counts: the platform's public keys, our merchant number, application and key."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate


@dataclass(frozen=True, slots=True)
class Merchant:
    """One merchant account at WeChat Pay.

    ``platform_keys``: by serial number of the platform's certificate, or by public key id
    (``PUB_KEY_ID_...``). Anything signed under another serial is refused before it is looked at.
    """

    number: str
    app: str
    apiv3_key: str
    channel: str = "wechatpay"
    platform_keys: dict[str, RSAPublicKey] = field(default_factory=dict)
    certificate_serial: str = ""
    private_key: str = ""


def configured() -> Merchant | None:
    """The real merchant account, where the environment names one.

    ``BOAI_WECHATPAY`` is the path of a JSON file readable by the operator only, with ``mchid``,
    ``appid``, ``apiv3_key``, ``serial``, ``private_key`` (path) and ``platform_keys`` (serial or
    public key id to path of certificate or public key).
    """
    path = os.environ.get("BOAI_WECHATPAY", "")
    if not path:
        return None
    given = json.loads(Path(path).read_text())
    return Merchant(
        number=given["mchid"],
        app=given["appid"],
        apiv3_key=given["apiv3_key"],
        certificate_serial=given["serial"],
        private_key=Path(given["private_key"]).read_text(),
        platform_keys={
            serial.upper(): public_key(Path(where).read_bytes())
            for serial, where in given["platform_keys"].items()
        },
    )


def public_key(pem: bytes) -> RSAPublicKey:
    """The RSA key of a PEM certificate or public key."""
    key: object
    if b"BEGIN CERTIFICATE" in pem:
        key = load_pem_x509_certificate(pem).public_key()
    else:
        key = load_pem_public_key(pem)
    if not isinstance(key, RSAPublicKey):
        raise ValueError("not an RSA key")
    return key
