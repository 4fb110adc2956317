"""The platform's side, for tests and the demo: its keys, its books, its notifications and answers.

Keys are made once in ``BOAI_HOME/sandbox`` and never leave the machine. Nothing here is used when
``alipay-sandbox`` is not among the channels that are switched on.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings

from boai.ground.core.clock import CHINA
from boai.relief.donations.channels.alipay.keys import Account, private_key
from boai.relief.donations.channels.alipay.signing import ASKED, TYPE, content, is_signed, sign

CHANNEL = "alipay-sandbox"
APP = "2021000000000001"
SELLER = "2088000000000001"
RETRIES = tuple(timedelta(minutes=m) for m in (4, 10, 10, 60, 120, 360, 900))
"""How long after each sending the next one follows, until somebody says ``success``."""


@dataclass(slots=True)
class Trade:
    """One order in the platform's books. ``returned``: what went back, by the request's number."""

    number: str
    amount_fen: int
    transaction: str
    state: str = "WAIT_BUYER_PAY"
    paid_at: datetime | None = None
    closed_at: datetime | None = None
    returned: dict[str, int] = field(default_factory=dict)
    returned_at: datetime | None = None


@dataclass(slots=True)
class Platform:
    """The platform with its books."""

    channel: str
    key: RSAPrivateKey
    merchant_key: RSAPrivateKey
    app: str = APP
    seller: str = SELLER
    trades: dict[str, Trade] = field(default_factory=dict)

    def account(self) -> Account:
        """Our account here, with the platform's public key and our own key."""
        return Account(
            app=self.app,
            seller=self.seller,
            platform_key=self.key.public_key(),
            own_key=self.merchant_key,
            channel=self.channel,
            post=self.answer,
        )

    def open(self, number: str, amount_fen: int) -> Trade:
        """The giver has opened the cashier of an order."""
        transaction = "20" + str(int(sha256(number.encode()).hexdigest()[:20], 16)).zfill(26)[:26]
        return self.trades.setdefault(number, Trade(number, amount_fen, transaction))

    def pay(self, number: str, at: datetime) -> None:
        """The giver pays."""
        trade = self.trades[number]
        trade.state, trade.paid_at = "TRADE_SUCCESS", at

    def close(self, number: str, at: datetime) -> None:
        """Nobody paid in time."""
        trade = self.trades[number]
        trade.state, trade.closed_at = "TRADE_CLOSED", at

    def refund(self, number: str, amount_fen: int, request: str, at: datetime) -> None:
        """A part goes back, or all of it: then the trade is closed."""
        trade = self.trades[number]
        trade.returned[request], trade.returned_at = amount_fen, at
        if sum(trade.returned.values()) == trade.amount_fen:
            trade.state, trade.closed_at = "TRADE_CLOSED", at

    def notification(self, number: str, at: datetime, **changes: str) -> bytes:
        """What the platform sends about the trade as it stands: the same ``notify_id`` while
        nothing has changed. ``changes`` overwrite what is said, for tests of hostile senders."""
        trade = self.trades[number]
        given = {
            "notify_time": moment(at),
            "notify_type": "trade_status_sync",
            "app_id": self.app,
            "charset": "utf-8",
            "version": "1.0",
            "seller_id": self.seller,
            "trade_no": trade.transaction,
            "out_trade_no": trade.number,
            "trade_status": trade.state,
            "total_amount": yuan(trade.amount_fen),
            "subject": "捐款 & 爱心=1",
        }
        if trade.paid_at:
            given["gmt_payment"] = moment(trade.paid_at)
        if trade.returned_at:
            given["refund_fee"] = yuan(sum(trade.returned.values()))
            given["out_biz_no"] = list(trade.returned)[-1]
            given["gmt_refund"] = moment(trade.returned_at) + ".000"
        said = sorted((k, v) for k, v in given.items() if k != "notify_time")
        given["notify_id"] = sha256(repr(said).encode()).hexdigest()[:34]
        return self.signed({**given, **changes})

    def signed(self, given: Mapping[str, str]) -> bytes:
        """Sign parameters, and write them as a form."""
        signature = sign(content(given), self.key)
        return urlencode({**given, "sign_type": TYPE, "sign": signature}).encode()

    def answer(self, _address: str, asked: Mapping[str, str]) -> bytes:
        """Answer a signed question about an order or a refund."""
        name = asked["method"].replace(".", "_") + "_response"
        about = json.loads(asked["biz_content"])
        public = self.merchant_key.public_key()
        if not is_signed(content(asked, but=ASKED), asked["sign"], public):
            said = {
                "code": "40002",
                "msg": "Invalid Arguments",
                "sub_code": "isv.invalid-signature",
            }
        elif about["out_trade_no"] not in self.trades:
            said = {"code": "40004", "msg": "Business Failed", "sub_code": "ACQ.TRADE_NOT_EXIST"}
        elif asked["method"] == "alipay.trade.query":
            said = self._state(self.trades[about["out_trade_no"]])
        else:
            said = self._refund(self.trades[about["out_trade_no"]], about["out_request_no"])
        text = json.dumps(said, ensure_ascii=False)
        return f'{{"{name}":{text},"sign":"{sign(text.encode(), self.key)}"}}'.encode()

    def _state(self, trade: Trade) -> dict[str, str]:
        said = {
            "code": "10000",
            "msg": "Success",
            "out_trade_no": trade.number,
            "trade_no": trade.transaction,
            "trade_status": trade.state,
            "total_amount": yuan(trade.amount_fen),
        }
        if trade.paid_at:
            said["send_pay_date"] = moment(trade.paid_at)
        return said

    def _refund(self, trade: Trade, request: str) -> dict[str, str]:
        said = {"code": "10000", "msg": "Success", "out_trade_no": trade.number}
        if request in trade.returned:
            said |= {
                "out_request_no": request,
                "refund_amount": yuan(trade.returned[request]),
                "refund_status": "REFUND_SUCCESS",
            }
        return said


def moment(at: datetime) -> str:
    """A moment as the platform writes it."""
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def yuan(fen: int) -> str:
    """An amount as the platform writes it."""
    return f"{fen // 100}.{fen % 100:02d}"


def account() -> Account:
    """Our account at the fake of the demo."""
    return platform().account()


def platform() -> Platform:
    """The fake of the demo."""
    return _own(settings.BOAI_HOME)


def fresh(channel: str = CHANNEL) -> Platform:
    """A platform with keys of its own that nobody else knows."""
    return Platform(channel, _new_key(), _new_key())


@cache
def _own(home: Path) -> Platform:
    path = home / "sandbox" / "alipay.json"
    if not path.exists():
        _make(path)
    found = json.loads(path.read_text())
    key, merchant_key = (private_key(found[name].encode()) for name in ("platform", "merchant"))
    return Platform(CHANNEL, key, merchant_key)


def _new_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: RSAPrivateKey) -> str:
    """A key as text."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    made = {name: pem(_new_key()) for name in ("platform", "merchant")}
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
