"""The task force proposes; the committee is asked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from boai.foundations.approvals import queries as approvals
from boai.foundations.approvals.services.opening import open_case, replace_case
from boai.foundations.catalogue import queries as catalogue
from boai.foundations.catalogue.values import ItemRow
from boai.foundations.identity import queries as identity
from boai.foundations.organisations import queries as organisations
from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.ground.core.canonical import digest
from boai.ground.core.clock import day_of
from boai.ground.core.errors import NotPermitted
from boai.ground.core.text import gettext_noop
from boai.ground.kit.db.turns import take_turn
from boai.relief.allocation import permissions, queries
from boai.relief.allocation.errors import (
    DirectedToAnother,
    LotCannotGo,
    MoreThanTheList,
    NotOnTheList,
    NotWhatWasAsked,
    RequestIsEmpty,
    RequestIsYourOwn,
)
from boai.relief.allocation.models import Proposal, ProposalLine, Request
from boai.relief.allocation.rules import by_first_expiry, shares
from boai.relief.allocation.services.requesting import locked, require_order
from boai.relief.allocation.values import CASE_KIND, ProposeLine, RequestRow, Stock, Wish
from boai.relief.warehouse import queries as warehouse

LABELS = (gettext_noop("主管红十字会"), gettext_noop("应急"))
"""Labels of the content that no page of this room shows; the committee's page translates them."""


def propose(
    actor: Actor,
    *,
    request_id: int,
    lines: Sequence[ProposeLine],
    note: str = "",
    at: datetime,
) -> int:
    """Propose which lots a request gets and put it before the committee; answers the case's id.

    Submitter and proposer are kept from deciding (H07). A request that is proposed already gets
    the new proposal instead: its case is voided and opened anew, earlier votes count no more.
    *Refuses*: ``NotPermitted``, ``NotFound``, ``OutOfOrder``, ``RequestIsYourOwn``,
    ``RequestIsEmpty``, ``NotOnTheList``, ``MoreThanTheList``, ``NotWhatWasAsked``,
    ``LotCannotGo``, ``DirectedToAnother``; approvals' ``TooFewMayDecide``.
    """
    with transaction.atomic():
        request = locked(request_id)
        permissions.require_propose(actor, request.society_id)
        require_order(request, "proposed")
        if actor.person_id is None:
            raise NotPermitted
        if actor.person_id == request.submitted_by_person_id:
            raise RequestIsYourOwn
        take_turn(f"allocation.list:{request.list_id}")
        check_proposed(request, lines, at)
        before = request.case_id if request.state == "proposed" else None
        Proposal.objects.filter(request=request, is_live=True).update(is_live=False)
        proposal = Proposal.objects.create(
            request=request, made_at=at, made_by_person_id=actor.person_id, note=note.strip()[:300]
        )
        ProposalLine.objects.bulk_create(
            [
                ProposalLine(
                    proposal=proposal,
                    list_line_id=line.list_line_id,
                    lot_id=line.lot_id,
                    quantity=line.quantity,
                )
                for line in lines
            ]
        )
        content = content_of(queries.request(request.pk), note=proposal.note)
        request.state = "proposed"
        request.proposed_at, request.proposed_by_person_id = at, actor.person_id
        request.content_digest = digest(content)
        request.case_id = _ask(actor, request, content, before, at)
        request.save()
        record(
            actor,
            "propose-allocation",
            subject=request.ref,
            at=at,
            organisation_id=request.society_id,
            detail={"digest": request.content_digest, "case": request.case_id},
        )
    return int(request.case_id)


def content_of(request: RequestRow, *, note: str = "") -> dict[str, Any]:
    """Exactly what the committee is shown; computed again when it has decided (I-23)."""
    society = organisations.row(request.society_id)
    receiver = organisations.row(request.receiver_id)
    listed = queries.available_list(request.list_id)
    items = catalogue.items_by_ids(
        {item for _, item, _ in request.asked} | {item for _, _, item, _ in request.proposed}
    )
    lots = {
        lot.id: lot for lot in warehouse.lots(lot_ids=[lot for _, lot, _, _ in request.proposed])
    }
    return {
        "申请编号": request.number,
        "主管红十字会": society.name if society else "",
        "受赠单位": receiver.name if receiver else "",
        "申请理由": request.reason,
        "应急": request.emergency,
        "清单日期": listed.for_day.isoformat(),
        "申请物资": [
            {"物资": items[item].name, "申请数量": quantity, "单位": items[item].unit}
            for _, item, quantity in request.asked
        ],
        "拟分配": [
            {
                "物资": items[item].name,
                "批次": lots[lot].number,
                "规格": lots[lot].spec,
                "有效期至": _day(lots[lot].expires_on),
                "拟分配数量": quantity,
                "单位": items[item].unit,
                "定向": lots[lot].directed_to is not None,
            }
            for _, lot, item, quantity in request.proposed
        ],
        "说明": note,
    }


def check_proposed(request: Request, lines: Sequence[ProposeLine], at: datetime) -> None:
    """Hold a proposal against request, list and store. *Refuses* as ``propose``."""
    if not lines:
        raise RequestIsEmpty
    listed = queries.available_list(request.list_id)
    known = {line.id: line for line in listed.lines}
    taken = queries.taken_of_list(request.list_id, besides_request=request.pk)
    there = {row.lot_id: row for row in warehouse.available(request.society_id, day_of(at))}
    items = catalogue.items_by_ids(line.item_id for line in listed.lines)
    of_line: dict[int, int] = {}
    of_lot: dict[int, int] = {}
    of_item: dict[int, int] = {}
    for line in lines:
        on_list = known.get(line.list_line_id)
        lot = there.get(line.lot_id)
        if on_list is None or line.quantity < 1 or on_list.lot_id not in (None, line.lot_id):
            raise NotOnTheList
        of_line[on_list.id] = of_line.get(on_list.id, 0) + line.quantity
        of_lot[line.lot_id] = of_lot.get(line.lot_id, 0) + line.quantity
        of_item[on_list.item_id] = of_item.get(on_list.item_id, 0) + line.quantity
        if lot is None or lot.item_id != on_list.item_id or lot.quantity < of_lot[line.lot_id]:
            raise LotCannotGo(lot=_lot_name(line.lot_id), wanted=f"{of_lot[line.lot_id]:,}")
        if lot.directed_to not in (None, request.receiver_id):
            raise DirectedToAnother(item=items[on_list.item_id].name)
        left = on_list.quantity - taken.get(on_list.id, 0)
        if of_line[on_list.id] > left:
            raise MoreThanTheList(
                item=items[on_list.item_id].name,
                left=f"{left:,}",
                wanted=f"{of_line[on_list.id]:,}",
            )
    asked: dict[int, int] = {}
    for ask in request.lines.select_related("list_line"):
        asked[ask.list_line.item_id] = asked.get(ask.list_line.item_id, 0) + ask.quantity
    if any(quantity > asked.get(item, 0) for item, quantity in of_item.items()):
        raise NotWhatWasAsked


def suggest(request_id: int, at: datetime) -> list[ProposeLine]:
    """A proposal to begin with: a fair share of each item among all who wait, first expiry first."""
    row = queries.request(request_id)
    listed = queries.available_list(row.list_id)
    stock = queries.stock_of_list(listed, day_of(at))
    items = {line.id: line.item_id for line in listed.lines}
    waiting = [row] + [
        other
        for other in queries.requests(society_id=row.society_id, state="submitted")
        if other.id != row.id and other.list_id == row.list_id
    ]
    found: list[ProposeLine] = []
    for item in dict.fromkeys(item for _, item, _ in row.asked):
        fit = [
            s
            for s in stock
            if items[s.list_line_id] == item and s.directed_to in (None, row.receiver_id)
        ]
        found += by_first_expiry(fit, _share(row, waiting, item, fit), row.receiver_id)
    return found


def _share(row: RequestRow, waiting: list[RequestRow], item: int, fit: list[Stock]) -> int:
    wishes = [
        Wish(other.id, sum(q for _, asked, q in other.asked if asked == item)) for other in waiting
    ]
    wishes = sorted((w for w in wishes if w.quantity > 0), key=lambda w: w.key)
    return shares(sum(s.free for s in fit), wishes).get(row.id, 0)


def _ask(
    actor: Actor, request: Request, content: dict[str, Any], before: int | None, at: datetime
) -> int:
    if before is not None and approvals.case(before).state == "open":
        # The request lets go of the old case first, so that its voiding is not news to it.
        Request.objects.filter(pk=request.pk).update(case_id=None)
        return replace_case(actor, case_id=before, content=content, reason="方案变更", at=at)
    items = catalogue.items_by_ids(
        line.list_line.item_id
        for line in ProposalLine.objects.filter(
            proposal__request=request, proposal__is_live=True
        ).select_related("list_line")
    )
    authority = queries.authority_of(request.society_id, epidemic=_goes_to_command(request, items))
    return open_case(
        actor,
        kind=CASE_KIND,
        subject=request.ref,
        organisation_id=request.society_id,
        title=f"物资调拨申请 {request.number}",
        content=content,
        committee=[p.person_id for p in identity.people_with_role(authority, "APP", at=at)],
        excluded=[request.submitted_by_person_id],
        at=at,
    )


def _goes_to_command(request: Request, items: dict[int, ItemRow]) -> bool:
    """Undirected goods of the seven classes go out by the command's decision (S1-28, A49)."""
    return any(
        line.list_line.directed_to_id is None and items[line.list_line.item_id].epidemic_class
        for line in ProposalLine.objects.filter(
            proposal__request=request, proposal__is_live=True
        ).select_related("list_line")
    )


def _lot_name(lot_id: int) -> str:
    lot = warehouse.lot(lot_id)
    return lot.number if lot else str(lot_id)


def _day(day: Any) -> str:
    return day.isoformat() if day is not None else ""
