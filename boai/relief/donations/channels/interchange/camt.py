"""ISO 20022 camt.052, .053 and .054: reports, statements and notifications of an account.

Names are read without their namespace, so that every version is read alike; what has moved between
versions (a party's name, an entry's state) is looked for in both places. A document that brings a
document type of its own is refused: that is where such files hide other files and endless texts.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from xml.parsers import expat

from boai.ground.core.clock import CHINA
from boai.relief.donations.channels.interchange.values import Line, Statement, StatementIsBroken

_STATEMENTS = ("Stmt", "Ntfctn", "Rpt")
_OPENING, _CLOSING = ("OPBD", "PRCD"), ("CLBD",)
_NOTHING = ("NOTPROVIDED", "NONREF", "")
Node = ET.Element


def looks_like(start: bytes) -> bool:
    """Whether a file begins as such a document."""
    return start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and b"camt.05" in start


def read(path: Path) -> list[Statement]:
    """All statements of a file; entries are let go as soon as they are read.

    *Raises* ``StatementIsBroken`` for what is no well-formed document or brings a document type.
    """
    found: list[Statement] = []
    current = Statement()
    _refuse_document_type(path)
    try:
        for event, node in ET.iterparse(path, events=("start", "end")):  # noqa: S314
            name = _name(node)
            if event == "start":
                if name in _STATEMENTS:
                    current = Statement()
                continue
            if name == "Ntry":
                current.lines.extend(_lines(node))
                node.clear()
            elif name == "Bal":
                _take_balance(current, node)
            elif name == "Acct" and not current.account:
                current.account = _text(node, "Id/IBAN") or _text(node, "Id/Othr/Id")
                current.currency = current.currency or _text(node, "Ccy")
            elif name in _STATEMENTS:
                current.number = _text(node, "Id")
                found.append(current)
                node.clear()
    except ET.ParseError as reason:
        line = reason.position[0] if reason.position else 0
        raise StatementIsBroken(f"{line}") from None
    return found


class _RootReached(Exception):
    """The document's own content begins here."""


def _refuse_document_type(path: Path) -> None:
    """A document type can stand before the first element only: the parser is asked that far."""

    def doctype(*_: object) -> None:
        raise StatementIsBroken("<!DOCTYPE")

    def root(*_: object) -> None:
        raise _RootReached

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler, parser.StartElementHandler = doctype, root
    with path.open("rb") as file, suppress(_RootReached):
        try:
            parser.ParseFile(file)
        except expat.ExpatError as reason:
            raise StatementIsBroken(f"{reason.lineno}") from None


def _lines(entry: Node) -> Iterator[Line]:
    """An entry as one line, or as its payments where these add up to it."""
    own = _line(entry, entry)
    payments = [node for node in entry.iter() if _name(node) == "TxDtls"]
    if len(payments) == 1:
        yield _line(entry, payments[0], own.amount)
        return
    parts = [_line(entry, node) for node in payments]
    if parts and sum((part.amount for part in parts), Decimal(0)) == own.amount:
        yield from parts
    else:
        yield own


def _line(entry: Node, node: Node, amount: Decimal | None = None) -> Line:
    whole = _find(entry, "Amt")
    told = whole
    if amount is None:
        part = _find(node, "Amt")
        told = part if part is not None else _find(node, "AmtDtls/TxAmt/Amt")
    credit = (_text(node, "CdtDbtInd") or _text(entry, "CdtDbtInd")) == "CRDT"
    currency = told.get("Ccy", "") if told is not None else ""
    if amount is None:
        plain = _decimal(told.text if told is not None else None)
        amount = plain if credit else -plain
    day, at = _moment(entry, "BookgDt")
    if day is None:
        day, at = _moment(entry, "ValDt")
    side = "Dbtr" if credit else "Cdtr"
    party = _text(node, f"RltdPties/{side}/Nm") or _text(node, f"RltdPties/{side}/Pty/Nm")
    memo = " ".join(n.text.strip() for n in node.iter() if _name(n) == "Ustrd" and n.text)
    memo = memo or _text(node, "AddtlTxInf") or _text(entry, "AddtlNtryInf")
    numbers = [
        _text(node, "Refs/AcctSvcrRef"),
        _text(node, "Refs/TxId"),
        _text(node, "Refs/EndToEndId"),
        _text(entry, "AcctSvcrRef") if node is entry else "",
    ]
    state = _text(entry, "Sts") or _text(entry, "Sts/Cd")
    return Line(
        day=day,
        amount=amount,
        currency=currency,
        party=party,
        memo=memo,
        reference=next((number for number in numbers if number not in _NOTHING), ""),
        at=at,
        is_reversal=_text(entry, "RvslInd") == "true",
        is_booked=state in ("", "BOOK"),
    )


def _take_balance(into: Statement, node: Node) -> None:
    code = _text(node, "Tp/CdOrPrtry/Cd")
    told = _find(node, "Amt")
    if told is None or code not in (*_OPENING, *_CLOSING):
        return
    amount = _decimal(told.text)
    amount = amount if _text(node, "CdtDbtInd") == "CRDT" else -amount
    into.currency = told.get("Ccy", into.currency)
    if code in _CLOSING:
        into.closing = amount
    elif into.opening is None or code == "OPBD":
        into.opening = amount


def _decimal(text: str | None) -> Decimal:
    try:
        found = Decimal((text or "").strip())
    except InvalidOperation:
        raise StatementIsBroken(f"Amt {(text or '')[:20]}") from None
    if not found.is_finite():
        raise StatementIsBroken(f"Amt {(text or '')[:20]}")
    return found


def _moment(node: Node, name: str) -> tuple[date | None, time | None]:
    """A day, or a moment as its day and time in China."""
    text = _text(node, f"{name}/DtTm")
    try:
        if text:
            at = datetime.fromisoformat(text)
            at = at.astimezone(CHINA) if at.tzinfo else at
            return at.date(), at.time().replace(microsecond=0, tzinfo=None)
        text = _text(node, f"{name}/Dt")
        return (date.fromisoformat(text[:10]), None) if text else (None, None)
    except ValueError:
        return None, None


def _name(node: Node) -> str:
    return str(node.tag).rpartition("}")[2]


def _find(node: Node, path: str) -> Node | None:
    """The first descendant along a path of names."""
    found: Node | None = node
    for step in path.split("/"):
        found = next((child for child in found if _name(child) == step), None)  # type: ignore[union-attr]
        if found is None:
            return None
    return found


def _text(node: Node, path: str) -> str:
    found = _find(node, path)
    return (found.text or "").strip() if found is not None else ""
