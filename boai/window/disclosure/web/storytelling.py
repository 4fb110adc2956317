"""A trace told as the steps of a time line, each with the leaf that proves it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from boai.ground.core.money import yuan
from boai.window.disclosure.queries.tracing import Document

Event = dict[str, Any]


def steps(document: Document) -> list[Event]:
    """The events of ``kit/_timeline.html``, oldest first."""
    tell = {
        "cash": _money_gift,
        "in-kind": _goods_gift,
        "expense": _expense,
        "lot": _lot,
        "waybill": _waybill,
        "refund": _refund,
    }[document["kind"]]
    told = list(tell(document))
    dated = sorted((event for event in told if event["at"]), key=lambda event: event["at"])
    return dated + [event for event in told if not event["at"]]


def _event(
    title: str,
    at: str | None,
    *,
    detail: str = "",
    icon: str = "check-lg",
    tone: str = "good",
    leaf: Document | None = None,
    url: str = "",
) -> Event:
    event: Event = {"title": title, "detail": detail, "icon": icon, "tone": tone, "url": url}
    event["at"] = datetime.fromisoformat(at) if at else None
    if leaf:
        event |= _proof(leaf)
    return event


def _proof(leaf: Document) -> Event:
    """A shield only over what is published: before that there is no proof to take along (I-37)."""
    if leaf["state"] == "published":
        label = _("日志第 {n} 条，可验证").format(n=leaf["index"])
        return {"proof_url": reverse("translog-proof", args=[leaf["ref"]]), "proof_label": label}
    if leaf["state"] == "signed":
        return {"proof_wait": _("日志第 {n} 条，等待见证方联署").format(n=leaf["index"])}
    return {"proof_wait": _("正在记入日志")}


def _given(document: Document, what: str) -> Iterable[Event]:
    appeal = document["appeal_title"]
    yield _event(
        _("捐出 {what}").format(what=what),
        document["given_at"],
        detail=_("用于“{appeal}”").format(appeal=appeal) if appeal else "",
        icon="heart",
        tone="info",
    )
    if document["confirmed_at"]:
        yield _event(
            _("{organisation}确认收到").format(organisation=document["organisation"]),
            document["confirmed_at"],
            icon="patch-check",
            leaf=document["leaf"],
        )


def _money_gift(document: Document) -> Iterable[Event]:
    yield from _given(document, f"¥{yuan(document['amount_fen'])}")
    for use in document["uses"]:
        yield _paid(use, f"¥{yuan(use['amount_fen'])}")
        for lot in use["lots"]:
            yield from _lot_steps(lot)
    if document["unspent_fen"]:
        yield _event(
            _("尚未使用 ¥{amount}").format(amount=yuan(document["unspent_fen"])),
            None,
            detail=_("仍在原定用途的资金里，使用后会出现在这里。"),
            icon="hourglass-split",
            tone="wait",
        )


def _paid(use: Document, amount: str) -> Event:
    if use["kind"] in ("refund", "reversal"):
        return _given_back(use["kind"], amount, use["at"], use)
    whole = _("这笔支出共 ¥{amount}").format(
        amount=yuan(int(use.get("expense_fen") or use["amount_fen"]))
    )
    detail = "，".join(text for text in (use["payee"], use["purpose"], whole) if text)
    return _event(
        _("其中 {amount} 用于支出 {number}").format(amount=amount, number=use["number"]),
        use["at"],
        detail=detail,
        icon="cash-stack",
        leaf=use["leaf"],
        url=_address(use["number"]),
    )


def _given_back(kind: str, amount: str, at: str | None, told: Document) -> Event:
    words = _("冲销错记捐赠 {amount}") if kind == "reversal" else _("退还 {amount}")
    return _event(
        words.format(amount=amount),
        at,
        icon="arrow-left",
        tone="warn",
        leaf=told["leaf"],
        url=_address(told["number"]),
    )


def _refund(document: Document) -> Iterable[Event]:
    amount = f"¥{yuan(document['amount_fen'])}"
    yield _given_back(document["refund_kind"], amount, document["at"], document)


def _goods_gift(document: Document) -> Iterable[Event]:
    lines = document["lines"]
    what = "、".join(f"{line['name']} {line['announced']:,} {line['unit']}" for line in lines[:3])
    if len(lines) > 3:
        what = _("{first} 等 {n} 项").format(first=what, n=len(lines))
    yield from _given(document, what)
    for line in lines:
        for lot in line["lots"]:
            yield from _lot_steps(lot)


def _lot_steps(lot: Document) -> Iterable[Event]:
    unit = lot["unit"]
    yield _event(
        _("{name} {n} {unit}入库，批次 {number}").format(
            name=lot["name"], n=f"{lot['quantity']:,}", unit=unit, number=lot["number"]
        ),
        lot["received_at"],
        icon="box-seam",
        leaf=lot["leaf"],
        url=_address(lot["number"]),
    )
    for way in lot["deliveries"]:
        yield from _delivery_steps(way, lot["name"], unit)
        yield from _came_back(way, lot["name"], unit)
    for made in lot["made_into"]:
        yield _event(
            _("{n} {unit}用于{name}，批次 {number}").format(
                n=f"{made['used']:,}", unit=unit, name=made["name"], number=made["number"]
            ),
            made["at"],
            icon="boxes",
            tone="info",
            leaf=made["leaf"],
            url=_address(made["number"]),
        )
    still = lot["quarantine"] + lot["on_hand"] + lot["reserved"]
    if still:
        yield _event(
            _("{name} {n} {unit}仍在库").format(name=lot["name"], n=f"{still:,}", unit=unit),
            None,
            icon="box",
            tone="wait",
        )


def _delivery_steps(way: Document, name: str, unit: str) -> Iterable[Event]:
    words = {"name": name, "unit": unit, "receiver": way["receiver"]}
    if way["departed_at"]:
        yield _event(
            _("{name} {n} {unit}发往{receiver}").format(n=f"{way['quantity']:,}", **words),
            way["departed_at"],
            detail=_("运单 {number}").format(number=way["waybill"]),
            icon="truck",
            tone="info",
            url=_address(way["waybill"]),
        )
    if way["delivered_at"]:
        short = way["quantity"] - way["accepted"]
        yield _event(
            _("{receiver}签收{name} {n} {unit}").format(n=f"{way['accepted']:,}", **words),
            way["delivered_at"],
            detail=_("比发出少 {n} {unit}，差异单独处理").format(n=f"{short:,}", unit=unit)
            if short > 0
            else "",
            icon="check2-circle",
            tone="warn" if short > 0 else "good",
            leaf=way["leaf"],
            url=_address(way["waybill"]),
        )


def _came_back(way: Document, name: str, unit: str) -> Iterable[Event]:
    for back in way.get("returns", []):
        yield _event(
            _("{receiver}退回{name} {n} {unit}").format(
                receiver=way["receiver"], name=name, n=f"{back['quantity']:,}", unit=unit
            ),
            back["at"],
            detail=_("两名保管员清点入库，待检验"),
            icon="arrow-left",
            tone="warn",
            leaf=back["leaf"],
        )


def _expense(document: Document) -> Iterable[Event]:
    yield _event(
        _("支出 ¥{amount}").format(amount=yuan(document["amount_fen"])),
        None,
        detail="，".join(text for text in (document["payee"], document["purpose"]) if text),
        icon="cash-stack",
        leaf=document["leaf"],
    )
    for lot in document["lots"]:
        yield from _lot_steps(lot)


def _lot(document: Document) -> Iterable[Event]:
    yield from _lot_steps(document)


def _waybill(document: Document) -> Iterable[Event]:
    for line in document["lines"]:
        way = {
            **document,
            "waybill": document["number"],
            "quantity": line["quantity"],
            "accepted": line["accepted"] or 0,
        }
        yield from _delivery_steps(way, line["name"], line["unit"])


def _address(number: str) -> str:
    return reverse("disclosure-trace", args=[number]) if number else ""
