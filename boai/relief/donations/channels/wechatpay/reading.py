"""From a raw notification to verified news, or a refusal. The same path for real and for sandbox.

Order of the checks: method of signature and serial (before any key is touched, and never a call out
to fetch unknown certificates), age, signature over the exact bytes, shape, decryption, contents.
Signature and decryption are those of ``wechatpayv3``; the five-minute window, the known serials and
the comparison with the order are ours, because the library has none of them.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, NoReturn

from wechatpayv3.utils import aes_decrypt, rsa_verify

from boai.ground.core.clock import CHINA
from boai.relief.donations.channels.wechatpay.keys import Merchant
from boai.relief.donations.errors import NotificationIsNotGenuine
from boai.relief.donations.values import PaidNews, RefundNews

WINDOW_SECONDS = 300
LARGEST_BODY = 64 * 1024
SIGNATURE_TYPE = "WECHATPAY2-SHA256-RSA2048"
HEADERS = (
    "Wechatpay-Serial",
    "Wechatpay-Timestamp",
    "Wechatpay-Nonce",
    "Wechatpay-Signature",
)
_PAID = {"TRANSACTION.SUCCESS": "SUCCESS"}


def read_notification(
    headers: Mapping[str, str], body: bytes, merchants: Sequence[Merchant], *, at: datetime
) -> PaidNews | RefundNews:
    """Verify and open a notification. *Refuses*: ``NotificationIsNotGenuine`` with a reason word."""
    if len(body) > LARGEST_BODY:
        _refuse("too-large")
    if headers.get("Content-Encoding", "identity") not in ("", "identity"):
        _refuse("encoded-body")
    if headers.get("Wechatpay-Signature-Type", SIGNATURE_TYPE) != SIGNATURE_TYPE:
        _refuse("other-algorithm")
    serial, stamp, nonce, signature = (headers.get(name, "") for name in HEADERS)
    if not (serial and stamp and nonce and signature) or len(signature) > 1024:
        _refuse("missing-header")
    merchant = next((m for m in merchants if serial.upper() in m.platform_keys), None)
    if merchant is None:
        _refuse("unknown-serial")
    _refuse_age(stamp, at)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        _refuse("not-text")
    key = merchant.platform_keys[serial.upper()]
    if not _signed(stamp, nonce, text, signature, key):
        _refuse("bad-signature")
    envelope = _document(text)
    content = _opened(envelope, merchant)
    if str(envelope.get("event_type", "")).startswith("REFUND."):
        return _refund(envelope, content, merchant, at)
    return _news(envelope, content, merchant, at)


def _refuse(reason: str) -> NoReturn:
    raise NotificationIsNotGenuine(reason=reason)


def _signed(stamp: str, nonce: str, text: str, signature: str, key: Any) -> bool:
    try:
        return bool(rsa_verify(stamp, nonce, text, signature, key))
    except ValueError:
        return False


def _refuse_age(stamp: str, at: datetime) -> None:
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
        _refuse("bad-time")
    if abs(at.timestamp() - int(stamp)) > WINDOW_SECONDS:
        _refuse("old-time")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def _document(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        _refuse("not-json")
    if not isinstance(found, dict):
        _refuse("not-json")
    return found


def _opened(envelope: dict[str, Any], merchant: Merchant) -> dict[str, Any]:
    resource = envelope.get("resource")
    if envelope.get("resource_type") != "encrypt-resource" or not isinstance(resource, dict):
        _refuse("other-resource")
    if resource.get("algorithm") != "AEAD_AES_256_GCM":
        _refuse("other-algorithm")
    parts = [resource.get(name) or "" for name in ("nonce", "ciphertext", "associated_data")]
    if not all(isinstance(part, str) for part in parts):
        _refuse("other-resource")
    try:
        plain = aes_decrypt(*parts, merchant.apiv3_key)
    except (ValueError, UnicodeDecodeError):
        plain = None
    if plain is None:
        _refuse("not-decrypted")
    return _document(plain)


def _news(
    envelope: dict[str, Any], content: dict[str, Any], merchant: Merchant, at: datetime
) -> PaidNews:
    if content.get("mchid") != merchant.number:
        _refuse("other-merchant")
    if content.get("appid") != merchant.app:
        _refuse("other-app")
    state = content.get("trade_state")
    kind = envelope.get("event_type")
    amount = content.get("amount")
    if not isinstance(amount, dict):
        amount = {}
    total = amount.get("total")
    paid = state == "SUCCESS"
    if paid and _PAID.get(str(kind)) != "SUCCESS":
        _refuse("other-event")
    if paid and (isinstance(total, bool) or not isinstance(total, int)):
        _refuse("bad-amount")
    names = [envelope.get("id"), content.get("out_trade_no")]
    if paid:
        names.append(content.get("transaction_id"))
    if not all(isinstance(name, str) and 0 < len(name) <= 64 for name in names):
        _refuse("missing-number")
    if state not in ("SUCCESS", "CLOSED", "REVOKED", "PAYERROR", "NOTPAY", "USERPAYING"):
        _refuse("unknown-state")
    return PaidNews(
        channel=merchant.channel,
        merchant=merchant.number,
        app=merchant.app,
        notification_id=str(names[0]),
        order_number=str(names[1]),
        transaction=str(content.get("transaction_id") or ""),
        amount_fen=total if isinstance(total, int) else 0,
        currency=str(amount.get("currency", "CNY")),
        outcome="paid" if paid else "closed",
        paid_at=moment(content.get("success_time"), at),
        content_digest=sha256(json.dumps(content, sort_keys=True).encode()).hexdigest(),
    )


def _refund(
    envelope: dict[str, Any], content: dict[str, Any], merchant: Merchant, at: datetime
) -> RefundNews:
    """One refund; only one that went through says anything of money."""
    if content.get("mchid") != merchant.number:
        _refuse("other-merchant")
    done = envelope.get("event_type") == "REFUND.SUCCESS"
    if not done or content.get("refund_status") != "SUCCESS":
        _refuse("refund-not-done")
    amount = content.get("amount")
    back = amount.get("refund") if isinstance(amount, dict) else None
    if isinstance(back, bool) or not isinstance(back, int) or back <= 0:
        _refuse("bad-amount")
    names = [envelope.get("id")]
    names += [content.get(n) for n in ("out_trade_no", "transaction_id", "out_refund_no")]
    if not all(isinstance(name, str) and 0 < len(name) <= 64 for name in names):
        _refuse("missing-number")
    return RefundNews(
        channel=merchant.channel,
        merchant=merchant.number,
        notification_id=str(names[0]),
        order_number=str(names[1]),
        transaction=str(names[2]),
        request=str(names[3]),
        amount_fen=back,
        in_all=False,
        refunded_at=moment(content.get("success_time"), at),
        content_digest=sha256(json.dumps(content, sort_keys=True).encode()).hexdigest(),
    )


def moment(text: Any, at: datetime) -> datetime:
    """A moment as the platform writes it; ``at`` where it says none."""
    if not text:
        return at
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        _refuse("bad-time")
    if found.tzinfo is None:
        _refuse("bad-time")
    return found.astimezone(CHINA)
