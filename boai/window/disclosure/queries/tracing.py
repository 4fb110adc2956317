"""Where a gift went, and which gifts stand behind an expense, a lot, a waybill. As plain data.

Everything here is public: numbers, amounts, quantities, units, organisations, days. The parts of
each document sum to its whole; the books guarantee it, and a law checks it.
"""

from collections.abc import Sequence
from typing import Any

from boai.foundations.catalogue import queries as catalogue
from boai.foundations.ledger import queries as ledger
from boai.foundations.organisations import queries as organisations
from boai.foundations.translog import queries as translog
from boai.ground.core.clock import CHINA
from boai.ground.core.numbering import tidy
from boai.relief.dispatch import queries as dispatch
from boai.relief.dispatch.values import LotDelivery
from boai.relief.donations import queries as donations
from boai.relief.donations.values import GiftRow
from boai.relief.finance import queries as finance
from boai.relief.finance.values import DisbursementRow
from boai.relief.warehouse import queries as warehouse
from boai.relief.warehouse.values import LotRow
from boai.window.disclosure.errors import NumberIsUnknown
from boai.window.disclosure.queries.values import places_of_purchase, shares_of_lots
from boai.window.disclosure.rules import leaf_state

Document = dict[str, Any]

POSITIONS = (
    "quarantine",
    "on_hand",
    "reserved",
    "in_transit",
    "delivered",
    "returned",
    "written_off",
)
GIFT_PREFIX = "donations.gift:"
EXPENSE_PREFIX = "finance.disbursement:"
REFUND_PREFIX = "donations.refund:"
REPACKING_PREFIX = "warehouse.repacking:"
MOST_GIFTS = 1000
"""How many gifts a document names one by one; the count and the sum are always of all."""


def trace(number: str) -> Document:
    """The trace of whatever has this number. *Refuses*: ``NumberIsUnknown``."""
    wanted = tidy(number)
    for look in (_gift, _expense, _lot, _waybill, _refund):
        found = look(wanted)
        if found is not None:
            return found
    raise NumberIsUnknown(number=wanted[:40])


def gift(number: str) -> Document:
    """One gift: what it is, without its way. *Refuses*: ``NumberIsUnknown``."""
    row = donations.gift(number)
    if row is None:
        raise NumberIsUnknown(number=tidy(number)[:40])
    return _gift_head(row)


def _gift_head(row: GiftRow) -> Document:
    document: Document = {
        "number": row.number,
        "kind": row.kind,
        "state": row.state,
        "organisation": _name(row.organisation_id),
        "appeal": row.appeal_slug,
        "appeal_title": row.appeal_title,
        "public_name": row.public_name,
        "given_at": _moment(row.given_at),
        "confirmed_at": _moment(row.confirmed_at),
        "leaf": leaf(f"{GIFT_PREFIX}{row.number}"),
    }
    if row.kind == "cash":
        document["amount_fen"] = row.amount_fen
    else:
        document["lines"] = [
            {
                "id": line.id,
                "name": line.item_name,
                "unit": line.unit,
                "spec": line.spec,
                "announced": line.quantity,
            }
            for line in row.lines
        ]
    return document


def _gift(number: str) -> Document | None:
    row = donations.gift(number)
    if row is None:
        return None
    document = _gift_head(row)
    if row.kind == "cash":
        _add_uses(document)
    else:
        _add_goods(document, row)
    return document


def _add_uses(document: Document) -> None:
    """Which expenses the gift paid a share of, to the fen; the rest is unspent."""
    source = f"{GIFT_PREFIX}{document['number']}"
    counted = document["state"] != "announced"
    document["uses"] = [
        {
            "subject": use.subject,
            "kind": use.kind,
            "amount_fen": use.amount,
            "at": _moment(use.at),
            **_expense_words(use.subject),
        }
        for use in (ledger.uses_of(source) if counted else [])
    ]
    document["unspent_fen"] = ledger.unspent_of(source) if counted else 0


def _expense_words(subject: str) -> Document:
    """What an expense is, and for a purchase the lots it became."""
    number = subject.removeprefix(EXPENSE_PREFIX)
    paid = finance.disbursement(number) if number != subject else None
    if paid is None:
        number = subject.removeprefix(REFUND_PREFIX) if subject.startswith(REFUND_PREFIX) else ""
        found = leaf(subject) if number else None
        return {"number": number, "purpose": "", "payee": "", "lots": [], "leaf": found}
    return {
        "number": paid.number,
        "purpose": paid.purpose,
        "payee": _name(paid.payee_organisation_id),
        "expense_fen": paid.amount_fen,
        "lots": _lots(warehouse.lots_of_origin(subject)),
        "leaf": leaf(subject),
    }


def _add_goods(document: Document, row: GiftRow) -> None:
    """Each line of a gift of goods: lots, where they are, deliveries."""
    lots = warehouse.lots_of_origin(f"{GIFT_PREFIX}{row.number}")
    told = dict(zip([lot.id for lot in lots], _lots(lots), strict=True))
    by_line: dict[int, list[Document]] = {line.id: [] for line in row.lines}
    for lot in lots:
        own = [line for line in row.lines if lot.origin_line == f"donations.gift-line:{line.id}"]
        same = [line for line in row.lines if line.item_id == lot.item_id]
        if own or same:
            by_line[(own or same)[0].id].append(told[lot.id])
    for line in document["lines"]:
        parts = by_line[line.pop("id")]
        line |= {place: sum(part[place] for part in parts) for place in POSITIONS}
        line["received"] = sum(line[place] for place in POSITIONS)
        line["lots"] = parts


def _lots(rows: Sequence[LotRow]) -> list[Document]:
    """Lots in public words, with their places and deliveries; set-based."""
    ids = [row.id for row in rows]
    positions, ways = ledger.lot_position(ids), dispatch.deliveries_of_lots(ids)
    items = catalogue.items_by_ids({row.item_id for row in rows})
    leaves = leaves_by_ref([f"warehouse.received:{row.note_number}" for row in rows])
    made, back = _made_into(ids), _returns(ids)
    return [
        {
            "number": row.number,
            "name": items[row.item_id].name,
            "unit": items[row.item_id].unit,
            "state": str(row.state),
            "received_at": _moment(row.received_at),
            "note": row.note_number,
            "quantity": positions[row.id].received,
            **{place: getattr(positions[row.id], place) for place in POSITIONS},
            "deliveries": [
                {**_delivery(way), "returns": back.get((row.id, way.number), [])}
                for way in ways.get(row.id, [])
            ],
            "made_into": made.get(row.id, []),
            "leaf": leaves.get(f"warehouse.received:{row.note_number}"),
        }
        for row in rows
    ]


def _made_into(lot_ids: Sequence[int]) -> dict[int, list[Document]]:
    """The kits and repacked lots that pieces of each lot went into; set-based."""
    steps = [step for step in warehouse.lineage(lot_ids) if step[0] in set(lot_ids)]
    made = warehouse.makings({lot for _parent, lot, _n in steps})
    lots = {row.id: row for row in warehouse.lots(lot_ids=made)}
    items = catalogue.items_by_ids({row.item_id for row in lots.values()})
    leaves = leaves_by_ref([f"warehouse.repacking:{number}" for number in made.values()])
    found: dict[int, list[Document]] = {}
    for parent, lot, used in steps:
        if lot in made:
            found.setdefault(parent, []).append(
                {
                    "number": lots[lot].number,
                    "name": items[lots[lot].item_id].name,
                    "used": used,
                    "at": _moment(lots[lot].received_at),
                    "leaf": leaves.get(f"warehouse.repacking:{made[lot]}"),
                }
            )
    return found


def _returns(lot_ids: Sequence[int]) -> dict[tuple[int, str], list[Document]]:
    """What came back of each lot, by waybill; set-based."""
    rows = [row for row in dispatch.returns(lot_ids=lot_ids) if row.state == "received"]
    leaves = leaves_by_ref([f"dispatch.return:{row.number}" for row in rows])
    found: dict[tuple[int, str], list[Document]] = {}
    for row in rows:
        for lot, quantity, _new in row.lines:
            found.setdefault((lot, row.waybill), []).append(
                {
                    "number": row.number,
                    "quantity": quantity,
                    "at": _moment(row.received_at),
                    "leaf": leaves.get(f"dispatch.return:{row.number}"),
                }
            )
    return found


def _delivery(way: LotDelivery) -> Document:
    return {
        "waybill": way.number,
        "receiver": _name(way.receiver_id),
        "state": str(way.state),
        "quantity": way.quantity,
        "accepted": way.accepted,
        "returned": way.returned,
        "net": way.net,
        "departed_at": _moment(way.departed_at),
        "delivered_at": _moment(way.delivered_at),
        "leaf": leaf(f"dispatch.delivery:{way.number}") if way.delivered_at else None,
    }


def _expense(number: str) -> Document | None:
    paid = finance.disbursement(number)
    if paid is None:
        return None
    subject = f"{EXPENSE_PREFIX}{paid.number}"
    return {
        "number": paid.number,
        "kind": "expense",
        "expense_kind": paid.kind,
        "organisation": _name(paid.organisation_id),
        "payee": _name(paid.payee_organisation_id),
        "purpose": paid.purpose,
        "amount_fen": paid.amount_fen,
        "state": str(paid.state),
        "lots": _lots(warehouse.lots_of_origin(subject)),
        "places": _places(paid) if paid.kind == "purchase" else [],
        "leaf": leaf(subject),
        **_gifts_behind(subject),
    }


def _places(paid: DisbursementRow) -> list[Document]:
    """What a purchase became, in fen: by lot and place; the values sum to what was paid."""
    found = places_of_purchase(paid)
    lots = {row.id: row.number for row in warehouse.lots(lot_ids={lot for (lot, _), _ in found})}
    return [
        {"lot": lots.get(lot, ""), "place": place, "value_fen": value}
        for (lot, place), value in found
    ]


def _gifts_behind(subject: str) -> Document:
    """Whose money paid: all of it counted and summed, the largest shares named one by one."""
    shares = sorted(ledger.sources_of(subject), key=lambda share: (-share.amount, share.source))
    return {
        "gifts": [
            {"number": share.source.removeprefix(GIFT_PREFIX), "amount_fen": share.amount}
            for share in shares[:MOST_GIFTS]
        ],
        "gifts_count": len(shares),
        "gifts_fen": sum(share.amount for share in shares),
    }


def _lot(number: str) -> Document | None:
    row = warehouse.lot_numbered(number)
    if row is None:
        return None
    return {**_lots([row])[0], "kind": "lot", **_behind_lot(row)}


def _behind_lot(row: LotRow) -> Document:
    """The gifts behind a lot, through everything that it was made of: goods given name their gift,
    goods bought the share of each giver in what the lot is worth, in fen."""
    if row.origin.startswith(GIFT_PREFIX):
        number = row.origin.removeprefix(GIFT_PREFIX)
        return {"origin": "gift", "origin_number": number, "gifts": [{"number": number}]}
    steps = warehouse.ancestry([row.id])
    made = {lot for _parent, lot, _n in steps}
    roots = {row.id, *(parent for parent, _lot, _n in steps)} - made
    origins = sorted({lot.origin for lot in warehouse.lots(lot_ids=roots)})
    fen: dict[str, int] = {}
    for origin in origins:
        paid = finance.disbursement(origin.removeprefix(EXPENSE_PREFIX))
        if origin.startswith(EXPENSE_PREFIX) and paid is not None:
            for source, part in shares_of_lots({row.id}, paid).items():
                fen[source] = fen.get(source, 0) + part
        elif origin.startswith(GIFT_PREFIX):
            fen.setdefault(origin, 0)
    kind, number = "other", ""
    if row.origin.startswith(EXPENSE_PREFIX):
        kind, number = "purchase", row.origin.removeprefix(EXPENSE_PREFIX)
    elif row.origin.startswith(REPACKING_PREFIX):
        kind, number = "repacking", row.origin.removeprefix(REPACKING_PREFIX)
    largest = sorted(fen.items(), key=lambda share: (-share[1], share[0]))
    return {
        "origin": kind,
        "origin_number": number,
        "gifts": [
            {"number": source.removeprefix(GIFT_PREFIX), **({"amount_fen": n} if n else {})}
            for source, n in largest[:MOST_GIFTS]
        ],
        "gifts_count": len(largest),
        "gifts_fen": sum(fen.values()),
    }


def _waybill(number: str) -> Document | None:
    row = dispatch.waybill(number)
    if row is None:
        return None
    lots = {lot.id: lot for lot in warehouse.lots(lot_ids=[line.lot_id for line in row.lines])}
    items = catalogue.items_by_ids({line.item_id for line in row.lines})
    lines: list[Document] = []
    for line in row.lines:
        lot = lots[line.lot_id]
        lines.append(
            {
                "lot": lot.number,
                "name": items[line.item_id].name,
                "unit": items[line.item_id].unit,
                "quantity": line.quantity,
                "accepted": line.accepted,
                **_behind_lot(lot),
            }
        )
    named = {gift["number"]: gift for line in lines for gift in line["gifts"]}
    return {
        "number": row.number,
        "kind": "waybill",
        "organisation": _name(row.organisation_id),
        "receiver": _name(row.receiver_id),
        "state": str(row.state),
        "departed_at": _moment(row.departed_at),
        "delivered_at": _moment(row.delivered_at),
        "lines": lines,
        "gifts": [{"number": number} for number in sorted(named)],
        "leaf": leaf(f"dispatch.delivery:{row.number}"),
    }


def _refund(number: str) -> Document | None:
    row = donations.refunds_by_numbers([number]).get(number)
    if row is None or row.state != "paid":
        return None
    return {
        "number": row.number,
        "kind": "refund",
        "refund_kind": row.kind,
        "organisation": _name(row.organisation_id),
        "amount_fen": row.amount_fen,
        "at": _moment(row.paid_at),
        "gifts": [{"number": row.gift_number, "amount_fen": row.amount_fen}]
        if row.gift_number
        else [],
        "leaf": leaf(row.ref),
    }


def leaf(ref: str) -> Document | None:
    """Where an act stands in the log: reference, index, and how far it has come (I-37)."""
    return leaves_by_ref([ref]).get(ref)


def leaves_by_ref(refs: Sequence[str]) -> dict[str, Document]:
    """The same for many, in three queries."""
    signed, published = translog.signed_size(), translog.published_size()
    return {
        ref: {"ref": ref, "index": row.index, "state": leaf_state(row.index, signed, published)}
        for ref, row in translog.leaves_of(sorted(set(refs))).items()
    }


def _name(organisation_id: int | None) -> str:
    row = organisations.row(organisation_id) if organisation_id is not None else None
    return row.name if row else ""


def _moment(at: Any) -> str | None:
    return at.astimezone(CHINA).isoformat() if at is not None else None
