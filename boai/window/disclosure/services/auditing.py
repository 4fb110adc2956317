"""The laws of the room: everything public is in the log, and every bulletin follows from it."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, pairwise
from typing import Any

from boai.foundations.approvals import queries as approvals
from boai.foundations.catalogue import queries as catalogue
from boai.foundations.certificates import queries as certificates
from boai.foundations.ledger import queries as ledger
from boai.foundations.organisations import queries as organisations
from boai.foundations.translog import queries as translog
from boai.ground.core.laws import Verdict, law, verdict
from boai.ground.core.text import gettext_noop as _
from boai.relief.dispatch import queries as dispatch
from boai.relief.donations import queries as donations
from boai.relief.donations.values import refund_ref
from boai.relief.finance import queries as finance
from boai.relief.warehouse import queries as warehouse
from boai.window.disclosure import queries
from boai.window.disclosure.models import Bulletin
from boai.window.disclosure.rules import reasons_against_publishing
from boai.window.disclosure.rules.derivation import Question, derive_many
from boai.window.disclosure.values import bulletin_ref

_END_OF_TIME, _NO_LIMIT = "9999-12-31", 2**62
_BATCH = 2000
_SIGNED_FOR = ("delivered", "disputed", "settled")


def _expected() -> dict[str, list[str]]:
    """The references that the acts themselves ask for, by kind of leaf."""
    received, issued, adjusted = warehouse.signed_numbers()
    delivered = dispatch.waybills(states=_SIGNED_FOR)
    published = queries.published().values_list("number", flat=True)
    back = donations.paid_refunds()
    return {
        "gift-refunded": [refund_ref(n) for n in back["refund"]],
        "gift-reversed": [refund_ref(n) for n in back["reversal"]],
        "payment-returned": [refund_ref(n) for n in back["order"]],
        "gift-confirmed": [f"donations.gift:{n}" for n in donations.counted_numbers()],
        "goods-received": [f"warehouse.received:{n}" for n in received],
        "goods-issued": [f"warehouse.issued:{n}" for n in issued],
        "goods-repacked": [f"warehouse.repacking:{n}" for n in warehouse.repacked_numbers()],
        "goods-returned": [f"dispatch.return:{n}" for n in dispatch.received_returns()],
        "stock-adjusted": [f"warehouse.adjustment:{n}" for n in adjusted],
        "goods-delivered": [f"dispatch.delivery:{row.number}" for row in delivered],
        "disbursement-paid": [f"finance.disbursement:{n}" for n in finance.paid_numbers()],
        "transfer-received": _transfers(),
        "case-decided": [f"approvals.case:{n}" for n in approvals.decided_case_ids()],
        "paper-issued": [f"certificates.paper:{n}" for n in certificates.issued_numbers()],
        "bulletin-published": [bulletin_ref(str(n)) for n in published],
    }


def _transfers() -> list[str]:
    paid = finance.disbursements_by_numbers(finance.paid_numbers())
    return [
        f"finance.disbursement:{number}.received"
        for number, row in paid.items()
        if row.kind == "transfer"
    ]


@law("disclosure-01", _("每一应公开的事项在透明日志中恰有一条记录，每条记录都有对应的事项"))
def every_act_has_one_leaf() -> Verdict:
    """Both directions, for every kind of act (I-35)."""
    breaches: list[tuple[str, str]] = []
    checked = 0
    for kind, refs in _expected().items():
        acts, found = set(refs), translog.refs_of_kind(kind)
        checked += len(acts)
        breaches += [(ref, f"no leaf of kind {kind}") for ref in sorted(acts - found)]
        breaches += [(ref, f"leaf of kind {kind} without act") for ref in sorted(found - acts)]
    return verdict(checked, breaches)


@law("disclosure-02", _("每份公示都能由透明日志逐字节重新得出，并且收支平衡"))
def every_bulletin_follows() -> Verdict:
    """Derived again and compared; balanced against the one before (I-28, I-29)."""
    breaches: list[tuple[str, str]] = []
    rows = list(queries.published().select_related("previous", "organisation"))
    leaves = queries.log_leaves(max((row.log_size for row in rows), default=0))
    contents = derive_many(leaves, [queries.question_of(row) for row in rows])
    for row, again in zip(rows, contents, strict=True):
        name = bulletin_ref(str(row.number))
        if again.decode() != row.content:
            breaches.append((name, "the log gives another content"))
            continue
        wrong = reasons_against_publishing(
            queries.row_of(row).content,
            queries.row_of(row.previous).content if row.previous else None,
        )
        breaches += [(name, f"does not balance: {line}") for line in wrong]
        leaf = translog.leaf_of(name)
        if leaf is not None and leaf.facts["content_digest"] != row.digest:
            breaches.append((name, "the leaf names another digest"))
    return verdict(len(rows), breaches)


@law("disclosure-03", _("每个系列的公示期号从一起连续，没有缺号，编制人与发布人不是同一人"))
def numbers_have_no_gaps() -> Verdict:
    """Serial 1, 2, 3 ... in each series; preparer and publisher differ (I-32)."""
    rows = list(queries.published().order_by("organisation_id", "appeal", "serial"))
    breaches = [
        (bulletin_ref(str(row.number)), "preparer and publisher are one person")
        for row in rows
        if row.prepared_by is not None and row.prepared_by == row.published_by
    ]
    breaches += _gaps(rows)
    return verdict(len(rows), breaches)


def _gaps(rows: Iterable[Bulletin]) -> Iterator[tuple[str, str]]:
    given = [(row.organisation_id, row.appeal, row.serial or 0, row.number) for row in rows]
    for organisation_id, appeal, serial, number in given[:1]:
        if serial != 1:
            yield bulletin_ref(str(number)), f"{organisation_id}/{appeal} begins with {serial}"
    for before, after in pairwise(given):
        due = before[2] + 1 if before[:2] == after[:2] else 1
        if after[2] != due:
            yield bulletin_ref(str(after[3])), f"serial {after[2]} where {due} was due"


@law("disclosure-04", _("由透明日志得出的资金与库存结余，与账簿上的余额一致"))
def the_log_agrees_with_the_books() -> Verdict:
    """What the leaves say each society still has is what its books say: every fen, every item."""
    seen = {facts["organisation"] for _index, _kind, facts in queries.log_leaves()}
    rows = [row for code in sorted(seen) if (row := organisations.by_code_or_name(code))]
    asked = [Question(row.code, "", _END_OF_TIME, _NO_LIMIT) for row in rows]
    breaches: list[tuple[str, str]] = []
    for row, content in zip(rows, derive_many(queries.log_leaves(), asked), strict=True):
        told = json.loads(content)
        money = sum(fund.balance for fund in ledger.funds_of(row.id))
        if told["money"]["closing_fen"] != money:
            found = f"the log says {told['money']['closing_fen']} fen, the books {money}"
            breaches.append((row.code, found))
        stock = _stock(row.id)
        goods = {line["item"]: line["closing"] for line in told["goods"]}
        breaches += [
            (row.code, f"{item}: the log says {goods.get(item, 0)}, the books {stock.get(item, 0)}")
            for item in sorted(goods.keys() | stock.keys())
            if goods.get(item, 0) != stock.get(item, 0)
        ]
    return verdict(len(rows), breaches)


def _stock(organisation_id: int) -> dict[str, int]:
    """Pieces of each item in the stores of a society, by item code, as the books say."""
    held: Counter[int] = Counter()
    for kind in ("on_hand", "quarantine", "reserved"):
        for row in ledger.balances(organisation_id, kind=kind):
            held[int(row.commodity.removeprefix("item:"))] += row.amount
    items = catalogue.items_by_ids(held)
    return {items[item_id].code: amount for item_id, amount in held.items()}


@law("disclosure-05", _("透明日志中捐赠、支出、决策和证书的内容，与各自的记录一致"))
def the_log_says_what_the_records_say() -> Verdict:
    """Amounts, funds, appeals, purposes, digests and counts, leaf by leaf (I-39).

    Names and units are left out: they may be changed by right after the act.
    """
    checked, breaches = 0, []
    for kind, told in _TOLD.items():
        for batch in _batches(translog.facts([kind], None)):
            known = told([str(facts["number"]) for facts in batch])
            for facts in batch:
                checked += 1
                number = str(facts["number"])
                said = known.get(number, {})
                if said.items() <= facts.items():
                    continue
                for name, value in said.items():
                    if facts.get(name) != value:
                        breaches.append((f"{_REF[kind]}:{number}", f"{name}: the log differs"))
    return verdict(checked, breaches)


def _batches(leaves: Iterable[tuple[int, str, dict[str, Any]]]) -> Iterator[list[dict[str, Any]]]:
    rest = iter(leaves)
    while batch := [facts for _, _, facts in islice(rest, _BATCH)]:
        yield batch


def _gifts(numbers: Sequence[str]) -> dict[str, dict[str, Any]]:
    found = donations.core_of_many(numbers)
    rows = organisations.rows({organisation_id for organisation_id, *_rest in found.values()})
    names = ("organisation", "appeal", "kind", "amount_fen", "fund")
    return {
        number: {
            name: value
            for name, value in zip(names, (rows[place].code, *said), strict=True)
            if said[1] == "cash" or name in names[:3]
        }
        for number, (place, *said) in found.items()
    }


def _payments(numbers: Sequence[str]) -> dict[str, dict[str, Any]]:
    return {
        number: {
            "kind": row.kind,
            "fund": row.fund_id,
            "amount_fen": row.amount_fen,
            "purpose": row.purpose,
        }
        for number, row in finance.disbursements_by_numbers(numbers).items()
    }


def _refunds(numbers: Sequence[str]) -> dict[str, dict[str, Any]]:
    return {
        number: {"gift": row.gift_number, "fund": row.fund_id, "amount_fen": row.amount_fen}
        for number, row in donations.refunds_by_numbers(numbers).items()
    }


def _cases(numbers: Sequence[str]) -> dict[str, dict[str, Any]]:
    decided = set(approvals.decided_case_ids())
    rows = [approvals.case(int(number)) for number in numbers if int(number) in decided]
    return {
        str(row.id): {
            "kind": row.kind,
            "subject": row.subject,
            "outcome": row.state,
            "digest": row.digest,
            "late": row.late,
        }
        for row in rows
    }


_TOLD: dict[str, Callable[[Sequence[str]], dict[str, dict[str, Any]]]] = {
    "gift-confirmed": _gifts,
    "disbursement-paid": _payments,
    "gift-refunded": _refunds,
    "gift-reversed": _refunds,
    "case-decided": _cases,
    "paper-issued": certificates.proved,
}
_REF = {
    "gift-confirmed": "donations.gift",
    "disbursement-paid": "finance.disbursement",
    "gift-refunded": "donations.refund",
    "gift-reversed": "donations.refund",
    "case-decided": "approvals.case",
    "paper-issued": "certificates.paper",
}
