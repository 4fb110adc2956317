"""The platforms' side: what was paid and what went back, in books that the house never reads.

Each speaks its own protocol through the house's real address. ``Said`` is one delivery as it goes
over the wire; a repetition is signed anew, as the platforms do it.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from wechatpayv3.utils import rsa_sign

from boai.relief.donations.channels.alipay import platform as alipay
from boai.relief.donations.channels.wechatpay.reading import SIGNATURE_TYPE

WECHAT_PATH, ALIPAY_PATH = "/api/v1/notify/wechatpay/", "/api/v1/notify/alipay/"
OLD = timedelta(hours=27)


@dataclass(slots=True)
class Paid:
    """One order in the books of its platform. ``back``: what went back, by request."""

    number: str
    amount: int
    transaction: str = ""
    state: str = "open"
    back: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """One delivery. ``id`` is the notification's number where it is genuine."""

    path: str
    body: bytes
    headers: Mapping[str, str]
    id: str = ""


Speak = Callable[[datetime], Said]
"""Says something, signed as of a moment."""


class Platform(Protocol):
    """What the storm asks of a platform."""

    channel: str
    merchant: str
    books: dict[str, Paid]

    def tells(self, number: str, what: str, **wrong: Any) -> Speak:
        """A genuine message: ``paid``, ``closed`` or ``back`` (of the newest refund). ``wrong`` are
        contents that contradict: ``amount``, ``merchant``, ``order``, ``transaction``, ``id``."""
        ...

    def forges(self, number: str, how: str, chance: Random) -> Speak:
        """Something that is not genuine."""
        ...


FORGERIES = ("foreign-key", "altered", "old", "no-signature", "malformed", "other-merchant")


@dataclass(slots=True)
class WeChat:
    """WeChat Pay v3, or the house's own sandbox of it: the same words under other keys."""

    channel: str
    merchant: str
    app: str
    key: RSAPrivateKey
    apiv3_key: str
    serial: str
    foreign: RSAPrivateKey
    books: dict[str, Paid] = field(default_factory=dict)

    def tells(self, number: str, what: str, **wrong: Any) -> Speak:
        """As ``Platform.tells``."""
        body, id = self._body(number, what, wrong)
        return lambda at: Said(WECHAT_PATH, body, self._signed(body, at, self.key), id)

    def forges(self, number: str, how: str, chance: Random) -> Speak:
        """As ``Platform.forges``."""
        wrong = {"merchant": "1900000999"} if how == "other-merchant" else {}
        body, _id = self._body(number, "paid", wrong)
        if how == "malformed":
            body = chance.choice([b"", b"[]", b"{", body[:-40], b"\xff" + body, b"[" * 3000])
            return lambda at: Said(WECHAT_PATH, body, self._signed(body, at, self.key))
        if how == "altered":
            bad = body.replace(b'"create_time"', b'"create_tine"')
            return lambda at: Said(WECHAT_PATH, bad, self._signed(body, at, self.key))
        if how == "foreign-key":
            return lambda at: Said(WECHAT_PATH, body, self._signed(body, at, self.foreign))
        if how == "no-signature":
            return lambda at: Said(WECHAT_PATH, body, {})
        age = timedelta(seconds=301) if how == "old" else timedelta(0)
        return lambda at: Said(WECHAT_PATH, body, self._signed(body, at - age, self.key))

    def fetch(self, number: str) -> tuple[int, str]:
        """The answer to a question about an order."""
        paid = self.books.get(number)
        if paid is None:
            return 404, '{"code": "ORDER_NOT_EXIST"}'
        state = {"open": "NOTPAY", "paid": "SUCCESS", "closed": "CLOSED"}[paid.state]
        if paid.back:
            state = "REFUND"
        said = {"mchid": self.merchant, "appid": self.app, "out_trade_no": number}
        said |= {"trade_state": state, "transaction_id": paid.transaction}
        return 200, json.dumps({**said, "amount": {"total": paid.amount, "currency": "CNY"}})

    def _body(self, number: str, what: str, wrong: Mapping[str, Any]) -> tuple[bytes, str]:
        paid = self.books[number]
        total = wrong.get("amount", paid.amount)
        content: dict[str, Any] = {
            "mchid": wrong.get("merchant", self.merchant),
            "out_trade_no": wrong.get("order", number),
            "transaction_id": wrong.get("transaction", paid.transaction),
        }
        event, id = "TRANSACTION.SUCCESS", f"{what}-{number}"
        if what == "back":
            request, amount = list(paid.back.items())[-1]
            event, id = "REFUND.SUCCESS", f"back-{request}"
            content |= {"out_refund_no": request, "refund_status": "SUCCESS"}
            content["amount"] = {"total": paid.amount, "refund": wrong.get("amount", amount)}
        else:
            state = "SUCCESS" if what == "paid" else "CLOSED"
            event = f"TRANSACTION.{state}"
            content |= {"appid": self.app, "trade_state": state}
            content["amount"] = {"total": total, "currency": wrong.get("currency", "CNY")}
        id = wrong.get("id", id + "".join(f"-{k}" for k in wrong))
        nonce, sealer = "0123456789ab", AESGCM(self.apiv3_key.encode())
        sealed = sealer.encrypt(nonce.encode(), json.dumps(content).encode(), b"t")
        resource = {
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": base64.b64encode(sealed).decode(),
            "associated_data": "t",
            "nonce": nonce,
        }
        envelope = {"id": id, "create_time": "x", "resource_type": "encrypt-resource"}
        return json.dumps({**envelope, "event_type": event, "resource": resource}).encode(), id

    def _signed(self, body: bytes, at: datetime, key: RSAPrivateKey) -> dict[str, str]:
        stamp = str(int(at.timestamp()))
        text = body.decode("utf-8", "replace")
        return {
            "Wechatpay-Serial": self.serial,
            "Wechatpay-Timestamp": stamp,
            "Wechatpay-Nonce": "n",
            "Wechatpay-Signature": rsa_sign(key, f"{stamp}\nn\n{text}\n"),
            "Wechatpay-Signature-Type": SIGNATURE_TYPE,
        }


@dataclass(slots=True)
class Alipay:
    """Alipay, speaking through the house's own fake of its protocol."""

    real: alipay.Platform
    foreign: alipay.Platform
    channel: str
    merchant: str
    books: dict[str, Paid] = field(default_factory=dict)

    def enter(self, paid: Paid, at: datetime) -> None:
        """Bring the fake's books to what ours say."""
        trade = self.real.open(paid.number, paid.amount)
        paid.transaction = trade.transaction
        if paid.state == "paid":
            self.real.pay(paid.number, at)
        elif paid.state == "closed":
            self.real.close(paid.number, at)
        for request, amount in paid.back.items():
            self.real.refund(paid.number, amount, request, at)

    def tells(self, number: str, what: str, **wrong: Any) -> Speak:
        """As ``Platform.tells``. A payment that went back later is told as it stood before."""
        return lambda at: self._said(self._text(self.real, number, what, wrong, at))

    def forges(self, number: str, how: str, chance: Random) -> Speak:
        """As ``Platform.forges``."""
        pick = chance.randrange(5)

        def say(at: datetime) -> Said:
            if how == "foreign-key":
                return self._said(self._text(self.foreign, number, "paid", {}, at), known=False)
            wrong = {"merchant": "2088000000000999"} if how == "other-merchant" else {}
            moment = at - OLD if how == "old" else at
            body = self._text(self.real, number, "paid", wrong, moment)
            if how == "altered":
                body = urlencode({**dict(parse_qsl(body.decode())), "buyer_id": "2"}).encode()
            elif how == "no-signature":
                body = urlencode({**dict(parse_qsl(body.decode())), "sign": ""}).encode()
            elif how == "malformed":
                body = [b"", b"<xml/>", body + b"&x=\xff", body + b"&app_id=1", body[:90]][pick]
            return self._said(body, known=False)

        return say

    def _text(
        self,
        speaker: alipay.Platform,
        number: str,
        what: str,
        wrong: Mapping[str, Any],
        at: datetime,
    ) -> bytes:
        paid = self.books[number]
        given = {
            "notify_time": alipay.moment(at),
            "notify_type": "trade_status_sync",
            "app_id": self.real.app,
            "seller_id": wrong.get("merchant", self.merchant),
            "trade_no": wrong.get("transaction", paid.transaction),
            "out_trade_no": wrong.get("order", number),
            "total_amount": alipay.yuan(wrong.get("amount", paid.amount)),
            "trade_status": "TRADE_CLOSED" if what == "closed" else "TRADE_SUCCESS",
            "notify_id": f"{what}-{number}" + "".join(f"-{k}" for k in wrong),
        }
        if what == "back":
            back = sum(paid.back.values())
            given |= {"refund_fee": alipay.yuan(back), "out_biz_no": list(paid.back)[-1]}
            given["notify_id"] += f"-{back}"
            if back == paid.amount:
                given["trade_status"] = "TRADE_CLOSED"
        given["notify_id"] = wrong.get("id", given["notify_id"])
        return speaker.signed(given)

    def _said(self, body: bytes, *, known: bool = True) -> Said:
        id = dict(parse_qsl(body.decode("ascii", "replace"))).get("notify_id", "") if known else ""
        return Said(ALIPAY_PATH, body, {}, id)


def make(home: Path) -> tuple[WeChat, WeChat, Alipay]:
    """The three platforms, and our accounts at the first and the last as files in ``home``."""
    from boai.relief.donations.channels.sandbox import platform as sandbox

    key, foreign = _key(), _key()
    wechat = WeChat("wechatpay", "1900000777", "wxg6", key, "k" * 32, "ABCDEF0123", foreign)
    (home / "wechat.pem").write_bytes(_public(key))
    (home / "own.pem").write_text(alipay.pem(_key()))
    _write(
        home / "wechatpay.json",
        mchid=wechat.merchant,
        appid=wechat.app,
        apiv3_key=wechat.apiv3_key,
        serial="1",
        private_key=str(home / "own.pem"),
        platform_keys={wechat.serial: str(home / "wechat.pem")},
    )
    real = alipay.fresh("alipay")
    (home / "alipay.pem").write_bytes(_public(real.key))
    (home / "merchant.pem").write_text(alipay.pem(real.merchant_key))
    _write(
        home / "alipay.json",
        app_id=real.app,
        seller_id=real.seller,
        private_key=str(home / "merchant.pem"),
        alipay_public_key=str(home / "alipay.pem"),
    )
    own = sandbox._own(home)
    local = WeChat(
        "sandbox", sandbox.MERCHANT, sandbox.APP, own.key, own.apiv3_key, own.serial, foreign
    )
    return wechat, local, Alipay(real, alipay.fresh("alipay"), "alipay", real.seller)


def _key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


def _public(key: RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _write(path: Path, **content: Any) -> None:
    path.write_text(json.dumps(content))
