"""Leaving a leaf for each public act, in the act's own transaction (I-35, I-38).

Called from ``receivers`` only: the act itself was permitted and recorded below. Every leaf's facts
go through ``rules.public_facts``.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from boai.foundations.approvals.events import CaseDecided
from boai.foundations.catalogue import queries as catalogue
from boai.foundations.certificates.events import PaperCancelled, PaperFact
from boai.foundations.organisations import queries as organisations
from boai.foundations.translog.services.queueing import queue_leaf, queue_leaves
from boai.foundations.translog.values import LeafOrder
from boai.ground.core.clock import day_of
from boai.relief.allocation.events import ListFrozen
from boai.relief.dispatch.events import GoodsDelivered
from boai.relief.donations import queries as donations
from boai.relief.donations.events import AppealOpened, AppealSuspended, GiftsConfirmed
from boai.relief.donations.values import GiftRow
from boai.relief.finance import queries as finance
from boai.relief.finance.events import DisbursementPaid
from boai.relief.warehouse import queries as warehouse
from boai.relief.warehouse.events import (
    GoodsIssued,
    GoodsReceived,
    LotRejected,
    LotReleased,
    StockAdjusted,
)
from boai.window.disclosure.queries.origins import appeal_of_fund, origins_of
from boai.window.disclosure.rules import public_facts

Triples = Iterable[tuple[int, int, int]]
"""(lot, item, quantity)"""


def leave_gifts(fact: GiftsConfirmed) -> None:
    """One leaf for each gift that counts from now on; set-based, for files of fifty thousand."""
    if fact.money:
        _leave_money(fact)
        return
    gifts = donations.gifts_by_ids(fact.gift_ids, with_lines=fact.kind != "cash")
    code = _code(fact.organisation_id)
    items = catalogue.items_by_ids({line.item_id for gift in gifts for line in gift.lines})
    codes = {number: item.code for number, item in items.items()}
    queue_leaves(
        [
            LeafOrder(
                f"donations.gift:{gift.number}",
                "gift-confirmed",
                public_facts("gift-confirmed", _gift_facts(gift, code, codes, fact.at)),
                fact.at,
                {"public_name": gift.public_name} if gift.named else {},
            )
            for gift in gifts
        ]
    )


def _leave_money(fact: GiftsConfirmed) -> None:
    """As ``leave_gifts`` for money that was booked as one set: what its leaves say is at hand."""
    same = {
        "organisation": _code(fact.organisation_id),
        "appeal": fact.appeal_slug,
        "kind": fact.kind,
        "day": day_of(fact.at).isoformat(),
    }
    queue_leaves(
        [
            LeafOrder(
                f"donations.gift:{gift.number}",
                "gift-confirmed",
                public_facts(
                    "gift-confirmed",
                    same
                    | {"number": gift.number, "amount_fen": gift.amount_fen, "fund": gift.fund_id},
                ),
                fact.at,
                {"public_name": gift.public_name} if gift.public_name else {},
            )
            for gift in fact.money
        ]
    )


def _gift_facts(
    gift: GiftRow, organisation: str, codes: Mapping[int, str], at: datetime
) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "number": gift.number,
        "organisation": organisation,
        "appeal": gift.appeal_slug,
        "kind": gift.kind,
        "day": day_of(at),
    }
    if gift.kind == "cash":
        return {**facts, "amount_fen": gift.amount_fen, "fund": gift.fund_id}
    lines = [
        {
            "item": codes[line.item_id],
            "name": line.item_name,
            "unit": line.unit,
            "quantity": line.quantity if line.received_quantity is None else line.received_quantity,
        }
        for line in gift.lines
    ]
    return {**facts, "lines": lines}


def leave_appeal_opened(fact: AppealOpened) -> None:
    """An appeal takes gifts from now on."""
    leave_one(
        f"donations.appeal:{fact.slug}.opened-{_stamp(fact.at)}",
        "appeal-opened",
        fact.organisation_id,
        fact.at,
        number=fact.slug,
        title=fact.title,
        fund=fact.fund_id,
        rule=fact.rule_version,
    )


def leave_appeal_suspended(fact: AppealSuspended) -> None:
    """An appeal takes no more gifts."""
    ref = f"donations.appeal:{fact.slug}.suspended-{_stamp(fact.at)}"
    leave_one(ref, "appeal-suspended", fact.organisation_id, fact.at, number=fact.slug)


def leave_goods_received(fact: GoodsReceived) -> None:
    """Two people have received goods."""
    origin = origins_of([fact.origin])[fact.origin]
    leave_one(
        f"warehouse.received:{fact.number}",
        "goods-received",
        fact.organisation_id,
        fact.at,
        number=fact.number,
        appeal=origin.appeal,
        source=origin.kind,
        source_number=origin.number,
        lines=public_lines(fact.lots),
    )


def leave_inspection(fact: LotReleased | LotRejected) -> None:
    """A lot passed or failed."""
    passed = isinstance(fact, LotReleased)
    item = catalogue.items_by_ids([fact.item_id])[fact.item_id]
    leave_one(
        f"warehouse.lot:{fact.number}.{'released' if passed else 'rejected'}-{_stamp(fact.at)}",
        "lot-released" if passed else "lot-rejected",
        fact.organisation_id,
        fact.at,
        number=fact.number,
        item=item.code,
    )


def leave_goods_issued(fact: GoodsIssued) -> None:
    """Two people have issued goods."""
    leave_one(
        f"warehouse.issued:{fact.number}",
        "goods-issued",
        fact.organisation_id,
        fact.at,
        number=fact.number,
        purpose=fact.for_ref,
        transport=fact.transport,
        lines=public_lines(fact.lines),
    )


def leave_stock_adjusted(fact: StockAdjusted) -> None:
    """Two people have corrected stock."""
    lot = warehouse.lot(fact.lot_id)
    assert lot is not None
    leave_one(
        f"warehouse.adjustment:{fact.adjustment_id}",
        "stock-adjusted",
        fact.organisation_id,
        fact.at,
        number=str(fact.adjustment_id),
        kind=str(fact.kind),
        lines=public_lines([(fact.lot_id, lot.item_id, fact.quantity)]),
    )


def leave_goods_delivered(fact: GoodsDelivered) -> None:
    """The receiver has counted and signed."""
    receiver = organisations.row(fact.receiver_id)
    leave_one(
        f"dispatch.delivery:{fact.number}",
        "goods-delivered",
        fact.organisation_id,
        fact.at,
        number=fact.number,
        receiver=receiver.name if receiver else "",
        lines=public_lines(fact.lines),
    )


def leave_case_decided(fact: CaseDecided) -> None:
    """A committee has decided; the digest binds the decision to what was shown."""
    leave_one(
        f"approvals.case:{fact.case_id}",
        "case-decided",
        fact.organisation_id,
        fact.at,
        number=str(fact.case_id),
        kind=fact.kind,
        subject=fact.subject,
        outcome=fact.outcome,
        digest=fact.digest,
        minutes=fact.minutes,
        late=fact.late,
    )


def leave_list_frozen(fact: ListFrozen) -> None:
    """List 1 of a day is frozen."""
    leave_one(
        f"allocation.list:{fact.list_id}",
        "list-frozen",
        fact.society_id,
        fact.at,
        number=f"{fact.list_id}",
        digest=fact.digest,
        entries=fact.lines,
    )


def leave_disbursement_paid(fact: DisbursementPaid) -> None:
    """Money went out."""
    paid = finance.disbursement(fact.number)
    assert paid is not None
    payee = organisations.row(paid.payee_organisation_id)
    leave_one(
        f"finance.disbursement:{paid.number}",
        "disbursement-paid",
        paid.organisation_id,
        fact.at,
        number=paid.number,
        appeal=appeal_of_fund(paid.fund_id),
        fund=paid.fund_id,
        kind=paid.kind,
        payee=payee.name if payee else "",
        amount_fen=paid.amount_fen,
        purpose=paid.purpose,
    )
    if paid.kind == "transfer":
        # The other society's books have the inflow in the same act; so has its series of bulletins.
        sender = organisations.row(paid.organisation_id)
        leave_one(
            f"finance.disbursement:{paid.number}.received",
            "transfer-received",
            paid.payee_organisation_id,
            fact.at,
            number=paid.number,
            appeal=appeal_of_fund(paid.fund_id),
            sender=sender.name if sender else "",
            amount_fen=paid.amount_fen,
        )


def leave_papers(papers: Sequence[PaperFact], at: datetime) -> None:
    """Papers were issued; set-based."""
    rows = organisations.rows({paper.organisation_id for paper in papers})
    day = day_of(at).isoformat()
    queue_leaves(
        [
            LeafOrder(
                f"certificates.paper:{paper.number}",
                "paper-issued",
                public_facts(
                    "paper-issued",
                    {
                        "number": paper.number,
                        "organisation": rows[paper.organisation_id].code,
                        "kind": paper.kind,
                        "digest": paper.digest,
                        "replaces": paper.replaces,
                        "day": day,
                        **paper.facts,
                    },
                ),
                at,
            )
            for paper in papers
        ]
    )


def leave_paper_cancelled(fact: PaperCancelled) -> None:
    """A paper is no longer valid."""
    leave_one(
        f"certificates.paper:{fact.number}.cancelled",
        "paper-cancelled",
        fact.organisation_id,
        fact.at,
        number=fact.number,
        kind=fact.kind,
    )


def leave_one(ref: str, kind: str, organisation_id: int, at: datetime, /, **facts: Any) -> None:
    """One leaf of one act of a society, through the allow-list."""
    given = {**facts, "organisation": _code(organisation_id), "day": day_of(at)}
    queue_leaf(ref=ref, kind=kind, facts=public_facts(kind, given), at=at)


def public_lines(triples: Triples) -> list[dict[str, Any]]:
    """Lines in public words, each with the appeal whose gift or money it comes from."""
    wanted = list(triples)
    items = catalogue.items_by_ids({item_id for _, item_id, _ in wanted})
    lots = {row.id: row for row in warehouse.lots(lot_ids={lot_id for lot_id, _, _ in wanted})}
    origins = origins_of({row.origin for row in lots.values()})
    return [
        {
            "item": items[item_id].code,
            "name": items[item_id].name,
            "unit": items[item_id].unit,
            "quantity": quantity,
            "lot": lots[lot_id].number,
            "appeal": origins[lots[lot_id].origin].appeal,
        }
        for lot_id, item_id, quantity in wanted
    ]


def _code(organisation_id: int) -> str:
    row = organisations.row(organisation_id)
    assert row is not None
    return row.code


def _stamp(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%S%f}"
