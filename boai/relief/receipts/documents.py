"""The paper of a receipt, marked as what it is: the society's own voucher, not a fiscal receipt."""

from datetime import datetime
from urllib.parse import urlsplit

from boai.ground.core.clock import CHINA
from boai.ground.core.money import in_words, yuan
from boai.ground.kit.documents import render_pdf
from boai.ground.kit.qr import qr_svg
from boai.relief.receipts.values import DIGITS, CheckedReceipt

STAMPS = {"voided": "已 作 废", "reversed": "已 红 冲"}
NOTICE = "本凭证不是财政票据：它证明捐赠已经收到，不能代替财政部门监制的公益事业捐赠统一票据。"
RED_NOTICE = "红字凭证：冲销 {original}，与原票金额相反。本凭证不是财政票据。"


FISCAL_NOTICE = (
    "本凭证不是财政票据。财政电子票据已由财政平台开具，代码、号码同上，财政校验码 {code}。"
)


def _notice(receipt: CheckedReceipt) -> str:
    row = receipt.row
    if row.kind == "red":
        return RED_NOTICE.format(original=row.original)
    return FISCAL_NOTICE.format(code=row.fiscal_code) if row.fiscal_code else NOTICE


def voucher(receipt: CheckedReceipt, address: str, *, at: datetime) -> bytes:
    """The voucher (捐赠凭证) as PDF, with the fields of 财综〔2024〕1号 article 6.

    ``address`` is what the code opens: the public check of this very receipt.
    """
    row = receipt.row
    code, _dash, number = row.serial.partition("-")
    origin = urlsplit(address)
    words = in_words(abs(row.amount_fen))
    return render_pdf(
        "receipts/voucher.typ",
        {
            "serial": row.serial,
            "code": code,
            "number": number.zfill(DIGITS),
            "check": row.check_code,
            "title": "公益事业捐赠 · 红字" if row.kind == "red" else "公益事业捐赠",
            "notice": _notice(receipt),
            "stamp": STAMPS.get(row.state, ""),
            "payer": receipt.payer,
            "uscc": receipt.payer_uscc,
            "payee": receipt.payee,
            "project_code": receipt.project_code,
            "project": receipt.project,
            "unit": receipt.unit,
            "quantity": "1",
            "standard": yuan(row.amount_fen),
            "amount": yuan(row.amount_fen),
            "words": f"（负数）{words}" if row.amount_fen < 0 else words,
            "note": receipt.note,
            "gift": row.subject.partition(":")[2],
            "collector": row.collector,
            "reviewer": row.reviewer,
            "day": f"{row.issued_at.astimezone(CHINA):%Y年%m月%d日}",
            "digest": row.digest[:32],
            "qr": qr_svg(address, border=1),
            "site": f"{origin.scheme}://{origin.netloc}{origin.path}",
        },
        at=at,
    )
