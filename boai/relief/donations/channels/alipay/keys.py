"""Whose word counts: Alipay's public key, our application, our seller number and our own key."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import requests
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from boai.relief.donations.channels.wechatpay.keys import public_key

GATEWAY = "https://openapi.alipay.com/gateway.do"
SECONDS = 8

Post = Callable[[str, Mapping[str, str]], bytes]
"""Carries a signed question to an address and brings the answer's bytes."""


def over_http(address: str, parameters: Mapping[str, str]) -> bytes:
    """The question as a form over HTTPS. *Raises* what ``requests`` raises."""
    answer = requests.post(address, data=dict(parameters), timeout=SECONDS, allow_redirects=False)
    answer.raise_for_status()
    return answer.content


@dataclass(frozen=True, slots=True)
class Account:
    """One merchant account at Alipay. ``seller`` is its sixteen-digit number, ``2088...``."""

    app: str
    seller: str
    platform_key: RSAPublicKey
    own_key: RSAPrivateKey
    channel: str = "alipay"
    gateway: str = GATEWAY
    post: Post = over_http


def configured() -> Account | None:
    """The real account, where the environment names one.

    ``BOAI_ALIPAY`` is the path of a JSON file readable by the operator only, with ``app_id``,
    ``seller_id``, ``private_key`` and ``alipay_public_key`` (paths of PEM files) and, for Alipay's
    own test platform, ``gateway``.
    """
    path = os.environ.get("BOAI_ALIPAY", "")
    if not path:
        return None
    return _read(path, Path(path).stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: str, _changed: int) -> Account:
    """The account of a file as it stands. Reading a private key takes a tenth of a second, far too
    long for every notification."""
    given = json.loads(Path(path).read_text())
    return Account(
        app=str(given["app_id"]),
        seller=str(given["seller_id"]),
        platform_key=public_key(Path(given["alipay_public_key"]).read_bytes()),
        own_key=private_key(Path(given["private_key"]).read_bytes()),
        gateway=str(given.get("gateway", GATEWAY)),
    )


def private_key(pem: bytes) -> RSAPrivateKey:
    """The RSA key of a PEM file."""
    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("not an RSA key")
    return key
