"""The laws of the room."""

from django.db.models import F, Sum

from boai.foundations.approvals import queries as approvals
from boai.ground.core.canonical import digest
from boai.ground.core.errors import NotFound
from boai.ground.core.laws import Verdict, law, verdict
from boai.ground.core.text import gettext_noop as _
from boai.relief.allocation.models import AvailableList, ListLine, ProposalLine, Request
from boai.relief.allocation.services.listing import line_content


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
        voters = {vote.person_id for vote in approvals.case(request.case_id or 0).votes}
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
