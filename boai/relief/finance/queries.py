"""Reads of finance."""

from collections.abc import Iterable, Sequence

from django.db.models import Prefetch, QuerySet

from boai.relief.finance.models import Attendee, Decision, Disbursement, PurchaseLine
from boai.relief.finance.values import DecisionRow, DisbursementRow, Kind, PurchaseLineRow, State
from boai.relief.warehouse import queries as warehouse


def _rows(found: QuerySet[Disbursement]) -> list[DisbursementRow]:
    lines = Prefetch("lines", queryset=PurchaseLine.objects.order_by("pk"))
    return [_row(row) for row in found.select_related("decision").prefetch_related(lines)]


def _row(row: Disbursement) -> DisbursementRow:
    return DisbursementRow(
        id=row.pk,
        number=row.number,
        organisation_id=row.organisation_id,
        fund_id=row.fund_id,
        kind=row.kind,
        basis=row.basis,
        payee_organisation_id=row.payee_organisation_id,
        amount_fen=row.amount_fen,
        purpose=row.purpose,
        serves=row.serves,
        state=row.state,
        is_large=row.is_large,
        batch=row.batch,
        decision_id=row.decision_id,
        decided_on=row.decision.held_on if row.decision else None,
        proposed_at=row.proposed_at,
        decided_at=row.decided_at,
        paid_at=row.paid_at,
        confirmed_at=row.confirmed_at,
        bank=row.bank,
        entry_id=row.entry_id,
        source=row.source,
        lines=tuple(
            PurchaseLineRow(
                id=line.pk,
                item_id=line.item_id,
                quantity=line.quantity,
                unit_price_fen=line.unit_price_fen,
                spec=line.spec,
            )
            for line in row.lines.all()
        ),
    )


def disbursement(number: str) -> DisbursementRow | None:
    """One disbursement by its number."""
    rows = _rows(Disbursement.objects.filter(number=number))
    return rows[0] if rows else None


def disbursement_by_id(disbursement_id: int) -> DisbursementRow | None:
    """One disbursement by its id."""
    rows = _rows(Disbursement.objects.filter(pk=disbursement_id))
    return rows[0] if rows else None


def disbursements_by_numbers(numbers: Iterable[str]) -> dict[str, DisbursementRow]:
    """Many disbursements by number."""
    return {r.number: r for r in _rows(Disbursement.objects.filter(number__in=list(numbers)))}


def disbursements(organisation_id: int) -> list[DisbursementRow]:
    """All disbursements of a society, newest first."""
    own = Disbursement.objects.filter(organisation_id=organisation_id)
    return _rows(own.order_by("-proposed_at", "-pk"))


def decision(decision_id: int) -> DecisionRow | None:
    """One collective decision."""
    row = Decision.objects.filter(pk=decision_id).first()
    if row is None:
        return None
    persons = Attendee.objects.filter(decision_id=decision_id).order_by("pk")
    return DecisionRow(
        id=row.pk,
        organisation_id=row.organisation_id,
        meeting=row.meeting,
        held_on=row.held_on,
        approved=row.approved,
        minutes=row.minutes,
        evidence_key=row.evidence_key,
        attendees=tuple(persons.values_list("person_id", flat=True)),
    )


def received_of_lines(origin: str, line_ids: Sequence[int]) -> dict[int, int]:
    """How many pieces of each purchase line stand on signed notes of the warehouse."""
    refs = {f"finance.purchase-line:{id}": id for id in line_ids}
    came = dict.fromkeys(line_ids, 0)
    for lot in warehouse.lots_of_origin(origin):
        if lot.origin_line in refs:
            came[refs[lot.origin_line]] += lot.received_quantity
    return came


def paid_numbers() -> list[str]:
    """The numbers of all disbursements that were paid, whatever came after."""
    paid = Disbursement.objects.filter(paid_at__isnull=False)
    return list(paid.values_list("number", flat=True))


def purchases_to_receive(organisation_id: int) -> list[DisbursementRow]:
    """Paid purchases of which goods are still to come, oldest first."""
    rows = Disbursement.objects.filter(
        organisation_id=organisation_id,
        kind=Kind.PURCHASE,
        state__in=[State.PAID, State.CONFIRMED],
    )
    return [
        row
        for row in _rows(rows.order_by("paid_at"))
        if sum(received_of_lines(row.ref, [line.id for line in row.lines]).values())
        < sum(line.quantity for line in row.lines)
    ]
