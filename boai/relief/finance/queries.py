"""Reads of finance."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Prefetch, QuerySet

from boai.foundations.ledger import queries as ledger
from boai.foundations.ledger.queries.vouching import money_moves
from boai.foundations.organisations import queries as organisations
from boai.ground.core.clock import start_of
from boai.relief.finance import rules
from boai.relief.finance.models import (
    AccountCode,
    Attendee,
    Decision,
    Disbursement,
    PurchaseLine,
)
from boai.relief.finance.values import (
    ACCOUNT_USES,
    CodeRow,
    DecisionRow,
    DisbursementRow,
    Kind,
    PurchaseLineRow,
    State,
    VoucherLine,
)
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


def account_codes(organisation_id: int) -> dict[str, CodeRow]:
    """The account that stands for each use in a society, by use: its own, else the default."""
    said = {
        row.use: row
        for row in AccountCode.objects.filter(organisation_id=organisation_id).order_by("id")
    }
    return {
        use.use: CodeRow(
            use.use, use.label, said[use.use].code, said[use.use].name, said[use.use].set_at
        )
        if use.use in said
        else CodeRow(use.use, use.label, use.code, use.name)
        for use in ACCOUNT_USES.values()
    }


def vouchers(organisation_id: int, first: date, after: date) -> list[VoucherLine]:
    """The vouchers of the days from ``first`` until before ``after``, as the books stand now.

    A handful of statements; of a day's gifts there are as many lines as funds, not as gifts.
    """
    moves = money_moves(organisation_id, start_of(first), start_of(after))
    numbers = {
        number
        for move in moves
        for subject in (move.subject, move.undone_subject)
        if (number := subject.removeprefix("finance.disbursement:")) != subject
    }
    paid = {row.ref: row for row in disbursements_by_numbers(numbers).values()}
    payees = organisations.rows({row.payee_organisation_id for row in paid.values()})
    return rules.voucher_lines(
        moves,
        funds={str(fund.id): fund for fund in ledger.funds_of(organisation_id)},
        paid=paid,
        payees={id: row.name for id, row in payees.items()},
        accounts=account_codes(organisation_id),
    )
