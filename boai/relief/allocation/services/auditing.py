"""The laws of the room."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import F, Sum

from boai.foundations.approvals import queries as approvals
from boai.ground.core.canonical import digest
from boai.ground.core.errors import NotFound
from boai.ground.core.laws import Verdict, law, verdict
from boai.ground.core.text import gettext_noop as _
from boai.relief.allocation import queries
from boai.relief.allocation.models import AvailableList, ListLine, ProposalLine, Request
from boai.relief.allocation.services.listing import line_content
from boai.relief.allocation.values import RequestRow
from boai.relief.dispatch import queries as dispatch
from boai.relief.warehouse import queries as warehouse


@law("allocation-01", _("每件已决的调拨申请都有同一内容摘要、同一结果的集体决策。"))
def decisions_have_their_case() -> Verdict:
    """Compare each decided request with its case."""
    breaches = []
    decided = list(Request.objects.filter(state__in=("approved", "refused")))
    for request in decided:
        try:
            case = approvals.case(request.case_id or 0)
        except NotFound:
            breaches.append((request.ref, "no case"))
            continue
        if (case.state, case.digest, case.subject) != (
            request.state,
            request.content_digest,
            request.ref,
        ):
            breaches.append((request.ref, f"case {case.id}: {case.state} {case.digest[:12]}"))
        elif digest(case.content) != request.content_digest:
            breaches.append((request.ref, f"case {case.id}: content differs"))
    return verdict(len(decided), breaches)


@law("allocation-02", _("每份可供调拨清单与其摘要一致。"))
def lists_agree_with_their_digest() -> Verdict:
    """Recompute every list's digest."""
    breaches = []
    lists = list(AvailableList.objects.prefetch_related("lines"))
    for one in lists:
        found = digest(
            {
                "society": one.society_id,
                "for_day": one.for_day,
                "frozen_at": one.frozen_at,
                "lines": [
                    line_content(line) for line in sorted(one.lines.all(), key=lambda x: x.position)
                ],
            }
        )
        if found != one.digest:
            breaches.append((f"allocation.list:{one.pk}", "digest differs"))
    return verdict(len(lists), breaches)


@law("allocation-03", _("分配方案合计不超过可供调拨清单的每一行。"))
def proposals_stay_within_the_list() -> Verdict:
    """Sum live proposals line by line."""
    over = (
        ProposalLine.objects.filter(proposal__is_live=True)
        .values("list_line_id", listed=F("list_line__quantity"))
        .annotate(total=Sum("quantity"))
        .order_by("list_line_id")
    )
    breaches = [
        (f"allocation.list-line:{row['list_line_id']}", f"{row['total']} > {row['listed']}")
        for row in over
        if row["total"] > row["listed"]
    ]
    return verdict(ListLine.objects.count(), breaches)


@law("allocation-04", _("提交人、拟配人互不相同，且都不参加同一申请的决策。"))
def nobody_decides_their_own() -> Verdict:
    """Compare submitter, proposer and voters by natural person."""
    breaches = []
    asked = list(Request.objects.exclude(case_id=None))
    for request in asked:
        if request.submitted_by_person_id == request.proposed_by_person_id:
            breaches.append((request.ref, "submitter proposed"))
        try:
            voters = {vote.person_id for vote in approvals.case(request.case_id or 0).votes}
        except NotFound:
            breaches.append((request.ref, "no case"))
            continue
        if voters & {request.submitted_by_person_id, request.proposed_by_person_id}:
            breaches.append((request.ref, "submitter or proposer voted"))
    return verdict(len(asked), breaches)


@law("allocation-05", _("定向物资只分配给捐赠人指定的单位。"))
def directed_goods_go_where_they_were_sent() -> Verdict:
    """Compare the direction of each proposed line with the receiver (I-6)."""
    lines = ProposalLine.objects.filter(proposal__is_live=True)
    wrong = (
        lines.exclude(list_line__directed_to=None)
        .exclude(list_line__directed_to=F("proposal__request__receiver"))
        .select_related("proposal__request")
    )
    return verdict(
        lines.count(),
        [(line.proposal.request.ref, f"list line {line.list_line_id}") for line in wrong],
    )


@law("allocation-06", _("已决的调拨申请、分配方案和运单，与决策时所示的内容一致。"))
def decided_is_what_was_shown() -> Verdict:
    """Numbers, lots, reason, urgency and day as the case has them; the waybill goes to the receiver."""
    breaches: list[tuple[str, str]] = []
    rows = queries.request_rows(Request.objects.filter(state__in=("approved", "refused")))
    days = dict(AvailableList.objects.values_list("pk", "for_day"))
    for row in rows:
        try:
            content = approvals.case(row.case_id or 0).content
        except NotFound:
            continue  # allocation-01 names it
        breaches += [(row.ref, found) for found in _unlike(row, days[row.list_id], content)]
        if row.state == "approved":
            way = dispatch.waybill(row.waybill_id or 0)
            if way is None or (way.for_ref, way.receiver_id) != (row.ref, row.receiver_id):
                breaches.append((row.ref, "no waybill to its receiver"))
    return verdict(len(rows), breaches)


def _unlike(row: RequestRow, day: date, content: dict[str, Any]) -> Iterator[str]:
    pairs: dict[str, tuple[object, object]] = {
        "number": (row.number, content.get("申请编号")),
        "reason": (row.reason, content.get("申请理由")),
        "emergency": (row.emergency, content.get("应急")),
        "day": (day.isoformat(), content.get("清单日期")),
        "asked": (
            [quantity for _, _, quantity in row.asked],
            [line["申请数量"] for line in content.get("申请物资", [])],
        ),
    }
    if row.state == "approved":
        lots = {
            lot.id: lot for lot in warehouse.lots(lot_ids=[lot for _, lot, _, _ in row.proposed])
        }
        pairs["proposed"] = (
            [(lots[lot].number, quantity) for _, lot, _, quantity in row.proposed],
            [(line["批次"], line["拟分配数量"]) for line in content.get("拟分配", [])],
        )
    yield from (f"{name} differs from what was shown" for name, (a, b) in pairs.items() if a != b)
