"""Reads of the room; what shows outside are frozen rows."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Q, QuerySet, Sum

from boai.foundations.identity.queries import may
from boai.foundations.organisations import queries as organisations
from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotFound
from boai.relief.allocation.models import (
    AvailableList,
    ListLine,
    Need,
    ProposalLine,
    Request,
)
from boai.relief.allocation.values import (
    ListLineRow,
    ListRow,
    NeedRow,
    RequestRow,
    Stock,
)
from boai.relief.warehouse import queries as warehouse


def authority_of(society_id: int, *, epidemic: bool) -> int:
    """The organisation whose committee decides (A09); undirected epidemic classes may have another."""
    general = organisations.setting(society_id, "allocation.authority", society_id)
    found = organisations.setting(society_id, "allocation.authority-epidemic", None)
    return int(found if epidemic and found is not None else general)


def is_of(actor: Actor, society_id: int) -> bool:
    """Whether the actor's post is in the society or in one of the bodies that decide for it."""
    return actor.kind == "system" or actor.organisation_id in (
        society_id,
        authority_of(society_id, epidemic=False),
        authority_of(society_id, epidemic=True),
    )


def society_for(organisation_id: int) -> int | None:
    """The society to which a unit turns: of its county, city or province, the first that keeps lists."""
    home = organisations.row(organisation_id)
    if home is None or home.kind == "society":
        return home.id if home else None
    nearest = organisations.society_of_division(home.division_code)
    if nearest is None:
        return None
    line = [nearest.id, *organisations.ancestor_ids(nearest.id)]
    keeps = set(
        AvailableList.objects.filter(society_id__in=line)
        .values_list("society_id", flat=True)
        .distinct()
    )
    return next((pk for pk in line if pk in keeps), nearest.id)


def needs(
    *,
    society_id: int | None = None,
    organisation_id: int | None = None,
    item_id: int | None = None,
    state: str | None = "open",
) -> list[NeedRow]:
    """Needs by any of these, oldest first."""
    found = Need.objects.order_by("pk")
    for name, value in (
        ("society_id", society_id),
        ("organisation_id", organisation_id),
        ("item_id", item_id),
        ("state", state),
    ):
        if value is not None:
            found = found.filter(**{name: value})
    return [need_row(one) for one in found]


def need(need_id: int) -> NeedRow | None:
    """One need."""
    found = Need.objects.filter(pk=need_id).first()
    return need_row(found) if found else None


def need_row(found: Need) -> NeedRow:
    """The frozen form of a need."""
    return NeedRow(
        found.pk,
        found.society_id,
        found.organisation_id,
        found.item_id,
        found.goods,
        found.standard,
        found.quantity,
        found.allotted,
        found.urgency,
        found.state,
        found.posted_at,
    )


def visible_needs(actor: Actor) -> QuerySet[Need]:
    """A unit sees its own needs; the society all that were posted to it; supervisors by the matrix."""
    if actor.organisation_id is None:
        return Need.objects.none()
    mine = Q(organisation_id=actor.organisation_id)
    if actor.roles - {"HOS", "REC"}:
        mine |= Q(society_id=actor.organisation_id)
    return Need.objects.filter(mine)


def lists(society_id: int) -> list[ListRow]:
    """The frozen lists of a society, newest first, without their lines."""
    return [
        _list(found, ())
        for found in AvailableList.objects.filter(society_id=society_id).order_by("-for_day")
    ]


def list_of_day(society_id: int, for_day: date) -> ListRow | None:
    """List 1 of a day with its lines."""
    found = AvailableList.objects.filter(society_id=society_id, for_day=for_day).first()
    return list_row(found) if found else None


def available_list(list_id: int) -> ListRow:
    """List 1 by id with its lines. *Raises* ``NotFound``."""
    found = AvailableList.objects.filter(pk=list_id).first()
    if found is None:
        raise NotFound
    return list_row(found)


def latest_list(society_id: int) -> ListRow | None:
    """The newest list of a society with its lines."""
    found = AvailableList.objects.filter(society_id=society_id).order_by("-for_day").first()
    return list_row(found) if found else None


def list_row(found: AvailableList) -> ListRow:
    """The frozen form of a list, with what is left of each line."""
    taken = taken_of_list(found.pk)
    return _list(
        found,
        tuple(
            ListLineRow(
                line.pk,
                line.item_id,
                line.lot_id,
                line.quantity,
                line.quantity - taken.get(line.pk, 0),
                line.spec,
                line.mark,
                line.directed_to_id,
                line.arrived_at,
                line.expires_on,
            )
            for line in ListLine.objects.filter(list=found)
        ),
    )


def _list(found: AvailableList, lines: tuple[ListLineRow, ...]) -> ListRow:
    return ListRow(
        found.pk,
        found.society_id,
        found.for_day,
        found.frozen_at,
        found.arrived_since,
        found.digest,
        lines,
    )


def taken_of_list(list_id: int, *, besides_request: int | None = None) -> dict[int, int]:
    """How much live proposals have taken of each line of a list."""
    lines = ProposalLine.objects.filter(list_line__list_id=list_id, proposal__is_live=True)
    if besides_request is not None:
        lines = lines.exclude(proposal__request_id=besides_request)
    return {
        row["list_line_id"]: row["total"]
        for row in lines.values("list_line_id").annotate(total=Sum("quantity")).order_by()
    }


def stock_of_list(found: ListRow, on: date) -> list[Stock]:
    """The lots that can serve a list's lines now, with what both the list and the store still have.

    A line marked expected is served by lots of its item that have arrived and stand on no line.
    """
    there = warehouse.available(found.society_id, on)
    listed = {line.lot_id: line for line in found.lines if line.lot_id is not None}
    # Several lots may serve one expected line: what is left of it is counted once.
    left = {line.id: line.left for line in found.lines if line.mark == "expected"}
    stock: list[Stock] = []
    for row in there:
        line = listed.get(row.lot_id)
        if line is not None:
            free = min(row.quantity, line.left)
            stock.append(Stock(line.id, row.lot_id, free, row.expires_on, row.directed_to))
            continue
        for expected in found.lines:
            if (
                left.get(expected.id, 0) > 0
                and expected.item_id == row.item_id
                and expected.directed_to == row.directed_to
            ):
                free = min(row.quantity, left[expected.id])
                left[expected.id] -= free
                stock.append(Stock(expected.id, row.lot_id, free, row.expires_on, row.directed_to))
                break
    return stock


def request(number: str | int) -> RequestRow:
    """One request by id or number. *Raises* ``NotFound``."""
    by = {"pk": number} if isinstance(number, int) else {"number": number}
    found = request_rows(Request.objects.filter(**by))
    if not found:
        raise NotFound
    return found[0]


def requests(
    *, society_id: int | None = None, receiver_id: int | None = None, state: str | None = None
) -> list[RequestRow]:
    """Requests by any of these, oldest first."""
    found = Request.objects.order_by("pk")
    for name, value in (
        ("society_id", society_id),
        ("receiver_id", receiver_id),
        ("state", state),
    ):
        if value is not None:
            found = found.filter(**{name: value})
    return request_rows(found)


def visible_requests(actor: Actor) -> QuerySet[Request]:
    """A unit sees its own; the society and those who decide for it see the society's."""
    if actor.organisation_id is None or not may(actor, "allocation.see"):
        return Request.objects.none()
    mine = Q(receiver_id=actor.organisation_id)
    if actor.roles - {"HOS", "REC"}:
        societies = [
            pk
            for pk in Request.objects.order_by().values_list("society_id", flat=True).distinct()
            if is_of(actor, pk)
        ]
        mine |= Q(society_id__in=societies)
    return Request.objects.filter(mine)


def papers_outstanding(society_id: int) -> list[RequestRow]:
    """Approved emergency requests whose papers are not complete yet (A06)."""
    return request_rows(
        Request.objects.filter(
            society_id=society_id, state="approved", emergency=True, papers_complete_at=None
        ).order_by("pk")
    )


def request_rows(found: QuerySet[Request]) -> list[RequestRow]:
    """Frozen rows of several requests, in three queries."""
    rows = list(found.prefetch_related("lines__list_line"))
    live: dict[int, list[tuple[int, int, int, int]]] = {}
    for line in _live_lines([row.pk for row in rows]):
        live.setdefault(line.proposal.request_id, []).append(
            (line.list_line_id, line.lot_id, line.list_line.item_id, line.quantity)
        )
    return [_request(row, live.get(row.pk, [])) for row in rows]


def _live_lines(request_ids: Iterable[int]) -> QuerySet[ProposalLine]:
    return (
        ProposalLine.objects.filter(
            proposal__request_id__in=list(request_ids), proposal__is_live=True
        )
        .select_related("proposal", "list_line")
        .order_by("pk")
    )


def _request(row: Request, proposed: Sequence[tuple[int, int, int, int]]) -> RequestRow:
    lines = sorted(row.lines.all(), key=lambda line: line.pk)
    return RequestRow(
        id=row.pk,
        number=row.number,
        ref=row.ref,
        society_id=row.society_id,
        receiver_id=row.receiver_id,
        list_id=row.list_id,
        state=row.state,
        reason=row.reason,
        emergency=row.emergency,
        submitted_at=row.submitted_at,
        submitted_by_person_id=row.submitted_by_person_id,
        proposed_at=row.proposed_at,
        proposed_by_person_id=row.proposed_by_person_id,
        case_id=row.case_id,
        content_digest=row.content_digest,
        decided_at=row.decided_at,
        seconds=row.seconds,
        late=row.late,
        waybill_id=row.waybill_id,
        returned_reason=row.returned_reason,
        asked=tuple((ln.list_line_id, ln.list_line.item_id, ln.quantity) for ln in lines),
        proposed=tuple(proposed),
    )
