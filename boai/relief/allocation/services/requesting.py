"""Submitting requests (list 2), giving them back, taking them back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from boai.foundations.catalogue import queries as catalogue
from boai.foundations.identity import queries as identity
from boai.foundations.notices.services.queueing import notify
from boai.foundations.organisations import queries as organisations
from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.ground.core.clock import day_of
from boai.ground.core.errors import NotFound, NotPermitted
from boai.ground.core.events import announce
from boai.ground.kit.db.series import take_public_numbers
from boai.ground.kit.db.turns import take_turn
from boai.relief.allocation import permissions, queries
from boai.relief.allocation.errors import (
    DirectedToAnother,
    MoreThanTheList,
    NotOnTheList,
    OutOfOrder,
    ReasonIsMissing,
    RequestIsEmpty,
)
from boai.relief.allocation.events import RequestSubmitted
from boai.relief.allocation.models import ListLine, Need, Request, RequestLine
from boai.relief.allocation.rules import may_follow
from boai.relief.allocation.values import REQUEST_STATES, AskLine, ListLineRow


def submit_request(
    actor: Actor,
    *,
    list_id: int,
    receiver_id: int,
    lines: Sequence[AskLine],
    reason: str,
    emergency: bool = False,
    at: datetime,
) -> int:
    """Ask for goods of list 1 for a unit; the ten-minute clock starts. Answers the request's id.

    *Refuses*: ``NotPermitted``, ``NotFound``, ``RequestIsEmpty``, ``ReasonIsMissing``,
    ``NotOnTheList``, ``MoreThanTheList``, ``DirectedToAnother``. *Announces* ``RequestSubmitted``.
    """
    found = queries.available_list(list_id)
    if organisations.row(receiver_id) is None:
        raise NotFound
    permissions.require_request(actor, receiver_id, found.society_id)
    if actor.person_id is None:
        raise NotPermitted
    if not 2 <= len(reason.strip()) <= 500:
        raise ReasonIsMissing(field="reason")
    with transaction.atomic():
        take_turn(f"allocation.list:{list_id}")
        found = queries.available_list(list_id)
        check_asked(found.lines, lines, receiver_id)
        request = Request.objects.create(
            number=take_public_numbers("DB", day_of(at))[0],
            society_id=found.society_id,
            receiver_id=receiver_id,
            list_id=list_id,
            reason=reason.strip(),
            emergency=emergency,
            submitted_at=at,
            submitted_by_person_id=actor.person_id,
        )
        _put_lines(request, lines)
        _submitted(actor, request, at)
    return request.pk


def resubmit_request(
    actor: Actor, *, request_id: int, lines: Sequence[AskLine], reason: str, at: datetime
) -> None:
    """Submit a returned request anew, with other lines; the clock starts anew.

    *Refuses* as ``submit_request``, and ``OutOfOrder``.
    """
    with transaction.atomic():
        request = locked(request_id)
        permissions.require_request(actor, request.receiver_id, request.society_id)
        if actor.person_id is None:
            raise NotPermitted
        require_order(request, "submitted")
        if not 2 <= len(reason.strip()) <= 500:
            raise ReasonIsMissing(field="reason")
        check_asked(queries.available_list(request.list_id).lines, lines, request.receiver_id)
        request.lines.all().delete()
        _put_lines(request, lines)
        request.state, request.reason = "submitted", reason.strip()
        request.submitted_at, request.submitted_by_person_id = at, actor.person_id
        request.proposed_at = request.proposed_by_person_id = None
        request.warned, request.returned_reason = 0, ""
        request.save()
        _submitted(actor, request, at)


def return_request(actor: Actor, *, request_id: int, reason: str, at: datetime) -> None:
    """The task force gives a submitted request back to the unit, saying why.

    *Refuses*: ``NotFound``, ``NotPermitted``, ``OutOfOrder``, ``ReasonIsMissing``.
    """
    with transaction.atomic():
        request = locked(request_id)
        permissions.require_propose(actor, request.society_id)
        if request.state != "submitted":
            raise out_of_order(request)
        if not 2 <= len(reason.strip()) <= 300:
            raise ReasonIsMissing(field="reason")
        request.state, request.returned_reason = "returned", reason.strip()
        request.save(update_fields=["state", "returned_reason"])
        record(
            actor,
            "return-request",
            subject=request.ref,
            at=at,
            organisation_id=request.society_id,
        )
        notify(
            at=at,
            organisation_id=request.receiver_id,
            role="HOS",
            title=f"调拨申请 {request.number} 已退回",
            body=reason.strip(),
            url=f"/desk/allocation/requests/{request.pk}/",
        )


def withdraw_request(actor: Actor, *, request_id: int, at: datetime) -> None:
    """The unit takes back a request that nobody has proposed on.

    *Refuses*: ``NotFound``, ``NotPermitted``, ``OutOfOrder``.
    """
    with transaction.atomic():
        request = locked(request_id)
        permissions.require_request(actor, request.receiver_id, request.society_id)
        require_order(request, "withdrawn")
        request.state = "withdrawn"
        request.save(update_fields=["state"])
        record(
            actor,
            "withdraw-request",
            subject=request.ref,
            at=at,
            organisation_id=request.society_id,
        )


def complete_papers(actor: Actor, *, request_id: int, at: datetime) -> None:
    """The papers of an emergency request have been handed in afterwards (A06).

    *Refuses*: ``NotFound``, ``NotPermitted``, ``OutOfOrder``.
    """
    with transaction.atomic():
        request = locked(request_id)
        permissions.require_propose(actor, request.society_id)
        if request.state != "approved" or request.papers_complete_at is not None:
            raise out_of_order(request)
        request.papers_complete_at = at
        request.save(update_fields=["papers_complete_at"])
        record(
            actor,
            "complete-papers",
            subject=request.ref,
            at=at,
            organisation_id=request.society_id,
        )


def locked(request_id: int) -> Request:
    """The request, held until commit. *Refuses*: ``NotFound``."""
    found = Request.objects.select_for_update().filter(pk=request_id).first()
    if found is None:
        raise NotFound
    return found


def out_of_order(request: Request) -> OutOfOrder:
    """The refusal that names the present state."""
    return OutOfOrder(number=request.number, state=REQUEST_STATES[request.state][0])


def require_order(request: Request, next_state: str) -> None:
    """Hold to the order of H07. *Refuses*: ``OutOfOrder``."""
    if not may_follow(request.state, next_state):
        raise out_of_order(request)


def check_asked(listed: Sequence[ListLineRow], lines: Sequence[AskLine], receiver_id: int) -> None:
    """Hold what is asked against the list. *Refuses* as ``submit_request``."""
    if not lines:
        raise RequestIsEmpty
    known = {line.id: line for line in listed}
    seen: set[int] = set()
    for ask in lines:
        line = known.get(ask.list_line_id)
        if line is None or ask.list_line_id in seen or ask.quantity < 1:
            raise NotOnTheList
        seen.add(ask.list_line_id)
        item = catalogue.item(line.item_id)
        name = item.name if item else str(line.item_id)
        if line.directed_to not in (None, receiver_id):
            raise DirectedToAnother(item=name)
        if ask.quantity > line.left:
            raise MoreThanTheList(item=name, left=f"{line.left:,}", wanted=f"{ask.quantity:,}")


def _put_lines(request: Request, lines: Sequence[AskLine]) -> None:
    """Each line towards the need it names, else towards the unit's oldest open one for the item."""
    own: dict[int, int] = {}
    by_item: dict[int, int] = {}
    for need in Need.objects.filter(organisation_id=request.receiver_id, state="open").order_by(
        "-pk"
    ):
        own[need.pk] = need.pk
        if need.item_id is not None:
            by_item[need.item_id] = need.pk
    items = dict(
        ListLine.objects.filter(pk__in=[ask.list_line_id for ask in lines]).values_list(
            "pk", "item_id"
        )
    )
    RequestLine.objects.bulk_create(
        [
            RequestLine(
                request=request,
                list_line_id=ask.list_line_id,
                quantity=ask.quantity,
                need_id=own.get(ask.need_id or 0) or by_item.get(items[ask.list_line_id]),
            )
            for ask in lines
        ]
    )


def _submitted(actor: Actor, request: Request, at: datetime) -> None:
    record(
        actor,
        "submit-request",
        subject=request.ref,
        at=at,
        organisation_id=request.society_id,
        detail={"receiver": request.receiver_id, "list": request.list_id},
    )
    for organisation_id in {
        request.society_id,
        queries.authority_of(request.society_id, epidemic=False),
    }:
        if identity.people_with_role(organisation_id, "TSK", at=at):
            notify(
                at=at,
                organisation_id=organisation_id,
                role="TSK",
                title=f"新的调拨申请 {request.number}",
                body="请在十分钟内完成拟配和决策。",
                url=f"/desk/allocation/requests/{request.pk}/propose/",
            )
    announce(
        RequestSubmitted(request.pk, request.number, request.society_id, request.receiver_id, at)
    )
