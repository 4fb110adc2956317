"""The platform's side of the sandbox: its keys, and notifications signed as the real one signs.

Keys are made once in ``BOAI_HOME/sandbox`` and never leave the machine. Nothing here is used when
``sandbox`` is not among the channels that are switched on.
"""

import base64
import json
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings
from wechatpayv3.utils import rsa_sign

from boai.relief.donations.channels.wechatpay.keys import Merchant
from boai.relief.donations.channels.wechatpay.reading import SIGNATURE_TYPE

MERCHANT = "1900000109"
APP = "wxsandbox00000001"
SUMMARIES = {
    "TRANSACTION.SUCCESS": "支付成功",
    "TRANSACTION.CLOSED": "订单关闭",
    "REFUND.SUCCESS": "退款成功",
}


@dataclass(frozen=True, slots=True)
class Notification:
    """Headers and body as they go over the wire."""

    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class _Own:
    key: RSAPrivateKey
    apiv3_key: str
    serial: str


def merchant() -> Merchant:
    """Our account at the sandbox: what we know of it, its public key included."""
    own = _own(settings.BOAI_HOME)
    return Merchant(
        number=MERCHANT,
        app=APP,
        apiv3_key=own.apiv3_key,
        channel="sandbox",
        platform_keys={own.serial: own.key.public_key()},
    )


def notification(
    *,
    order_number: str,
    amount_fen: int,
    at: datetime,
    transaction: str = "",
    state: str = "SUCCESS",
    notification_id: str = "",
    changes: dict[str, Any] | None = None,
) -> Notification:
    """A notification about an order, encrypted and signed. ``changes`` overwrite the contents, for
    tests of what a hostile or mistaken platform might say."""
    content: dict[str, Any] = {
        "mchid": MERCHANT,
        "appid": APP,
        "out_trade_no": order_number,
        "transaction_id": transaction or f"42000{at:%Y%m%d%H%M%S}{secrets.randbelow(10**8):08d}",
        "trade_type": "JSAPI",
        "trade_state": state,
        "trade_state_desc": "支付成功" if state == "SUCCESS" else "订单已关闭",
        "bank_type": "OTHERS",
        "attach": "",
        "success_time": at.isoformat(timespec="seconds"),
        "payer": {"openid": "sandbox"},
        "amount": {
            "total": amount_fen,
            "payer_total": amount_fen,
            "currency": "CNY",
            "payer_currency": "CNY",
        },
    }
    content.update(changes or {})
    event = "TRANSACTION.SUCCESS" if state == "SUCCESS" else "TRANSACTION.CLOSED"
    return signed(_envelope(content, event, notification_id or secrets.token_hex(16), at), at=at)


def returned(
    *,
    order_number: str,
    transaction: str,
    request: str,
    total_fen: int,
    amount_fen: int,
    at: datetime,
    notification_id: str = "",
    changes: dict[str, Any] | None = None,
) -> Notification:
    """A notification about one refund of an order, told by itself as the platform does."""
    content: dict[str, Any] = {
        "mchid": MERCHANT,
        "out_trade_no": order_number,
        "transaction_id": transaction,
        "out_refund_no": request,
        "refund_id": f"50000{request}"[:32],
        "refund_status": "SUCCESS",
        "success_time": at.isoformat(timespec="seconds"),
        "user_received_account": "支付用户零钱",
        "amount": {
            "total": total_fen,
            "refund": amount_fen,
            "payer_total": total_fen,
            "payer_refund": amount_fen,
        },
    }
    content.update(changes or {})
    told = _envelope(content, "REFUND.SUCCESS", notification_id or secrets.token_hex(16), at)
    return signed(told, at=at)


def signed(body: bytes, *, at: datetime) -> Notification:
    """Sign the exact bytes of a body, as of a moment."""
    own = _own(settings.BOAI_HOME)
    stamp, nonce = str(int(at.timestamp())), secrets.token_hex(16)
    signature = rsa_sign(own.key, f"{stamp}\n{nonce}\n{body.decode()}\n")
    return Notification(
        headers={
            "Content-Type": "application/json",
            "Wechatpay-Serial": own.serial,
            "Wechatpay-Timestamp": stamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Signature": signature,
            "Wechatpay-Signature-Type": SIGNATURE_TYPE,
        },
        body=body,
    )


def _envelope(content: dict[str, Any], event: str, notification_id: str, at: datetime) -> bytes:
    own = _own(settings.BOAI_HOME)
    nonce, associated = secrets.token_hex(6), event.split(".")[0].lower()
    plain = json.dumps(content, ensure_ascii=False).encode()
    sealed = AESGCM(own.apiv3_key.encode()).encrypt(nonce.encode(), plain, associated.encode())
    return json.dumps(
        {
            "id": notification_id,
            "create_time": at.isoformat(timespec="seconds"),
            "resource_type": "encrypt-resource",
            "event_type": event,
            "summary": SUMMARIES[event],
            "resource": {
                "original_type": event.split(".")[0].lower(),
                "algorithm": "AEAD_AES_256_GCM",
                "ciphertext": base64.b64encode(sealed).decode(),
                "associated_data": associated,
                "nonce": nonce,
            },
        },
        ensure_ascii=False,
    ).encode()


@cache
def _own(home: Path) -> _Own:
    path = home / "sandbox" / "platform.json"
    if not path.exists():
        _make(path)
    found = json.loads(path.read_text())
    key = load_pem_private_key(found["private_key"].encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("the sandbox's key is not an RSA key")
    return _Own(key=key, apiv3_key=found["apiv3_key"], serial=found["serial"])


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    key = generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    made = {
        "serial": secrets.token_hex(20).upper(),
        "apiv3_key": secrets.token_hex(16),
        "private_key": pem,
    }
    # Written aside and linked: of two workers that start at once, one wins and both read the same.
    draft = path.with_suffix(f".{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(made, file)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
