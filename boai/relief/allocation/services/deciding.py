"""What follows from the committee's decision, and the ten-minute clock."""

from datetime import datetime

from django.db import transaction

from boai.foundations.approvals import queries as approvals
from boai.foundations.approvals.values import PolicyValues
from boai.foundations.notices.services.queueing import notify
from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import SYSTEM
from boai.ground.core.canonical import digest as digest_of
from boai.ground.core.errors import NotFound
from boai.ground.core.events import announce
from boai.relief.allocation import queries
from boai.relief.allocation.errors import ContentIsNotWhatWasShown
from boai.relief.allocation.events import RequestDecided
from boai.relief.allocation.models import Need, Proposal, Request
from boai.relief.allocation.rules import warning_stage
from boai.relief.allocation.services.proposing import content_of
from boai.relief.allocation.services.requesting import require_order
from boai.relief.allocation.values import CASE_KIND, RequestRow
from boai.relief.dispatch.services.ordering import order_delivery
from boai.relief.dispatch.values import OrderLine
from boai.relief.warehouse.services.reserving import reserve_lines
from boai.relief.warehouse.values import ReserveLine


def take_decision(*, case_id: int, outcome: str, digest: str, at: datetime) -> None:
    """Carry out a decision: approved goods are set aside and a delivery is ordered, or nothing.

    The decision binds to what was shown: content is computed again and must have the digest.
    *Refuses*: ``ContentIsNotWhatWasShown``, ``OutOfOrder``, ``NotFound``, and whatever the store
    refuses; the deciding vote is then not cast. *Announces* ``RequestDecided``.
    """
    with transaction.atomic():
        request = Request.objects.select_for_update().filter(case_id=case_id).first()
        if request is None:
            raise NotFound
        require_order(request, outcome)
        row = queries.request(request.pk)
        proposal = Proposal.objects.get(request=request, is_live=True)
        shown = digest_of(content_of(row, note=proposal.note))
        if not digest == shown == request.content_digest:
            raise ContentIsNotWhatWasShown(number=request.number)
        policy = approvals.case(case_id).policy
        request.state, request.decided_at = outcome, at
        request.seconds = int((at - request.submitted_at).total_seconds())
        request.late = request.seconds > policy.flag_after * 60
        if outcome == "approved":
            request.waybill_id = _send(row, at)
        else:
            Proposal.objects.filter(pk=proposal.pk).update(is_live=False)
        request.save()
        record(
            SYSTEM,
            f"request-{outcome}",
            subject=request.ref,
            at=at,
            organisation_id=request.society_id,
            detail={"case": case_id, "digest": digest, "seconds": request.seconds},
        )
        _tell(request, at)
        announce(
            RequestDecided(
                request_id=request.pk,
                number=request.number,
                society_id=request.society_id,
                receiver_id=request.receiver_id,
                outcome=outcome,
                case_id=case_id,
                digest=digest,
                seconds=request.seconds,
                late=request.late,
                waybill_id=request.waybill_id,
                lines=tuple((lot, item, n) for _, lot, item, n in row.proposed)
                if outcome == "approved"
                else (),
                at=at,
            )
        )


def take_case_back(*, case_id: int, at: datetime) -> None:
    """A case was voided without being opened anew: the request waits for a proposal again."""
    with transaction.atomic():
        request = Request.objects.select_for_update().filter(case_id=case_id).first()
        if request is None or request.state != "proposed":
            return
        Proposal.objects.filter(request=request, is_live=True).update(is_live=False)
        request.state, request.case_id, request.content_digest = "submitted", None, ""
        request.proposed_at = request.proposed_by_person_id = None
        request.save()
        record(
            SYSTEM,
            "take-case-back",
            subject=request.ref,
            at=at,
            organisation_id=request.society_id,
        )


def goods_arrived(*, for_ref: str, lines: tuple[tuple[int, int, int], ...], at: datetime) -> None:
    """A receiver has signed: count the goods towards the needs of its request."""
    number = for_ref.partition("allocation.request:")[2]
    request = Request.objects.filter(number=number).first() if number else None
    if request is None:
        return
    accepted: dict[int, int] = {}
    for _lot, item, quantity in lines:
        accepted[item] = accepted.get(item, 0) + quantity
    with transaction.atomic():
        asked = request.lines.exclude(need=None).select_related("list_line").order_by("pk")
        for line in asked:
            got = min(accepted.get(line.list_line.item_id, 0), line.quantity)
            if got == 0 or line.need_id is None:
                continue
            accepted[line.list_line.item_id] -= got
            need = Need.objects.select_for_update().get(pk=line.need_id)
            need.allotted += got
            if (
                need.state == "open"
                and need.quantity is not None
                and need.allotted >= need.quantity
            ):
                need.state, need.settled_at = "met", at
            need.save(update_fields=["allotted", "state", "settled_at"])


def watch_clock(at: datetime) -> int:
    """Warn at 6 and 9 minutes from submission and flag past 10, each once; never decides (H07)."""
    warned = 0
    waiting = Request.objects.filter(state__in=("submitted", "proposed"), warned__lt=3)
    for pk in list(waiting.values_list("pk", flat=True)):
        with transaction.atomic():
            request = Request.objects.select_for_update().get(pk=pk)
            policy = _policy(request, at)
            seconds = int((at - request.submitted_at).total_seconds())
            stage = warning_stage(seconds, policy.warn_first, policy.warn_second, policy.flag_after)
            if request.state not in ("submitted", "proposed") or stage <= request.warned:
                continue
            request.warned = stage
            request.save(update_fields=["warned"])
            _warn(request, stage, seconds // 60, at)
            warned += 1
    return warned


def _policy(request: Request, at: datetime) -> PolicyValues:
    return approvals.policy_for(CASE_KIND, request.society_id, at=at)


def _send(row: RequestRow, at: datetime) -> int:
    by_lot: dict[int, tuple[int, int]] = {}
    for _, lot, item, quantity in row.proposed:
        by_lot[lot] = (item, by_lot.get(lot, (item, 0))[1] + quantity)
    reserve_lines(
        SYSTEM,
        organisation_id=row.society_id,
        lines=[ReserveLine(item, n, (lot,)) for lot, (item, n) in by_lot.items()],
        for_ref=row.ref,
        at=at,
        receiver_id=row.receiver_id,
    )
    return order_delivery(
        SYSTEM,
        organisation_id=row.society_id,
        receiver_id=row.receiver_id,
        for_ref=row.ref,
        lines=[OrderLine(lot, n) for lot, (_, n) in by_lot.items()],
        at=at,
    )


def _tell(request: Request, at: datetime) -> None:
    words = "已获同意，正在备货" if request.state == "approved" else "未获同意"
    notify(
        at=at,
        organisation_id=request.receiver_id,
        role="HOS",
        title=f"调拨申请 {request.number} {words}",
        url=f"/desk/allocation/requests/{request.pk}/",
    )


def _warn(request: Request, stage: int, minutes: int, at: datetime) -> None:
    """Tell those in whose hands the request lies: the task force, or the committee."""
    overdue = "已超过规定时限" if stage == 3 else "即将超时"
    role = "APP" if request.state == "proposed" else "TSK"
    places = {request.society_id, queries.authority_of(request.society_id, epidemic=False)}
    if role == "APP":
        places.add(queries.authority_of(request.society_id, epidemic=True))
    for organisation_id in sorted(places):
        notify(
            at=at,
            organisation_id=organisation_id,
            role=role,
            title=f"调拨申请 {request.number} 已提交 {minutes} 分钟，{overdue}",
            url=f"/desk/allocation/requests/{request.pk}/",
        )
