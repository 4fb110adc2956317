"""Reads of the warehouse; what shows outside are frozen rows."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db.models import Q, QuerySet, Sum

from boai.foundations.ledger.queries import balances
from boai.relief.warehouse.models import (
    Adjustment,
    ConsignmentLine,
    IssueLine,
    IssueNote,
    Lot,
    LotParent,
    ReceivedNote,
    Repacking,
    Reservation,
    Store,
)
from boai.relief.warehouse.values import (
    AvailableLine,
    ExpectedRow,
    LotRow,
    LotState,
    NoteRow,
    NoteState,
    PickLine,
    ReservationState,
    StoreKind,
    StoreRow,
)


def stores(organisation_id: int, *, only_active: bool = True) -> list[StoreRow]:
    """The stores of an organisation by name."""
    rows = Store.objects.filter(organisation_id=organisation_id).order_by("name")
    if only_active:
        rows = rows.filter(is_active=True)
    return [_store(row) for row in rows]


def organisations_with_stores() -> list[int]:
    """The organisations that keep a store in use."""
    rows = Store.objects.filter(is_active=True).order_by("organisation_id")
    return list(rows.values_list("organisation_id", flat=True).distinct())


def main_store(organisation_id: int) -> StoreRow | None:
    """The store that was opened first, where an import names none."""
    row = (
        Store.objects.filter(organisation_id=organisation_id, is_active=True, kind=StoreKind.STORE)
        .order_by("pk")
        .first()
    )
    return _store(row) if row else None


def lots(
    *,
    organisation_id: int | None = None,
    lot_ids: Iterable[int] | None = None,
    origins: Iterable[str] | None = None,
    item_id: int | None = None,
    state: str | None = None,
) -> list[LotRow]:
    """Lots by any of these, oldest first."""
    rows = Lot.objects.all()
    if organisation_id is not None:
        rows = rows.filter(organisation_id=organisation_id)
    if lot_ids is not None:
        rows = rows.filter(pk__in=list(lot_ids))
    if origins is not None:
        rows = rows.filter(origin__in=list(origins))
    if item_id is not None:
        rows = rows.filter(item_id=item_id)
    if state is not None:
        rows = rows.filter(state=state)
    return _rows(rows)


def lot(lot_id: int) -> LotRow | None:
    """One lot by id."""
    return next(iter(_rows(Lot.objects.filter(pk=lot_id))), None)


def lot_numbered(number: str) -> LotRow | None:
    """One lot by its number."""
    return next(iter(_rows(Lot.objects.filter(number=number))), None)


def lots_of_origin(origin: str) -> list[LotRow]:
    """What became of one gift or purchase, split lots included."""
    return _rows(Lot.objects.filter(origin=origin))


def parents_of(lot_id: int) -> list[tuple[int, int]]:
    """The lots a lot was split from, with quantities."""
    return list(
        LotParent.objects.filter(lot_id=lot_id).order_by("pk").values_list("parent_id", "quantity")
    )


def children_of(lot_id: int) -> list[tuple[int, int]]:
    """The lots that were split from a lot, with quantities."""
    return list(
        LotParent.objects.filter(parent_id=lot_id).order_by("pk").values_list("lot_id", "quantity")
    )


def persons_of_lot(lot_id: int) -> list[tuple[str, str, int, int, datetime]]:
    """Who was responsible at each step (S0-36): (act, number, first, second, at), person ids.

    Two different persons each for receipt, issues and adjustments.
    """
    found: list[tuple[str, str, int, int, datetime]] = []
    notes = ReceivedNote.objects.filter(lines__lot=lot_id, state=NoteState.SIGNED)
    for n in notes:
        assert n.countersigned_by_id is not None and n.countersigned_at is not None
        found.append(
            ("received", n.number, n.counted_by_id, n.countersigned_by_id, n.countersigned_at)
        )
    for i in IssueNote.objects.filter(lines__lot=lot_id, state=NoteState.SIGNED):
        assert i.countersigned_by_id is not None and i.countersigned_at is not None
        found.append(
            ("issued", i.number, i.picked_by_id, i.countersigned_by_id, i.countersigned_at)
        )
    for a in Adjustment.objects.filter(lot=lot_id, state="signed"):
        assert a.countersigned_by_id is not None and a.countersigned_at is not None
        found.append(
            (a.kind, str(a.pk), a.proposed_by_id, a.countersigned_by_id, a.countersigned_at)
        )
    return sorted(found, key=lambda row: row[4])


def available(organisation_id: int, on: date) -> list[AvailableLine]:
    """Goods on hand that may be allocated on a day: released, in date, not set aside."""
    free = {
        row.lot: row.amount
        for row in balances(organisation_id, kind="on_hand")
        if row.lot is not None and row.amount > 0
    }
    rows = Lot.objects.filter(
        Q(expires_on__isnull=True) | Q(expires_on__gte=on),
        organisation_id=organisation_id,
        state=LotState.RELEASED,
    ).order_by("item_id", "expires_on", "pk")
    return [
        AvailableLine(
            item_id=row.item_id,
            lot_id=row.pk,
            quantity=free[row.pk],
            spec=row.spec,
            arrived_at=row.received_at,
            directed_to=row.directed_to_id,
            expires_on=row.expires_on,
        )
        for row in rows
        if row.pk in free
    ]


def expected(organisation_id: int, on: date) -> list[ExpectedRow]:
    """Goods announced for a day or without a day, not yet arrived."""
    lines = (
        ConsignmentLine.objects.filter(
            Q(expected_on__isnull=True) | Q(expected_on__lte=on),
            consignment__organisation_id=organisation_id,
            consignment__state="expected",
        )
        .select_related("consignment")
        .order_by("pk")
    )
    return [
        ExpectedRow(
            consignment_id=line.consignment_id,
            line_id=line.pk,
            item_id=line.item_id,
            quantity=line.quantity,
            spec=line.spec,
            expected_on=line.expected_on,
            directed_to=line.directed_to_id,
            origin=line.consignment.origin,
            origin_line=line.origin_line,
            donor_label=line.consignment.donor_label,
        )
        for line in lines
    ]


def reserved_for(for_ref: str) -> dict[int, int]:
    """How much of each lot is still set aside for a reason."""
    rows = Reservation.objects.filter(for_ref=for_ref, state=ReservationState.HELD)
    return {
        row["lot_id"]: row["total"]
        for row in rows.values("lot_id").annotate(total=Sum("quantity")).order_by("lot_id")
    }


def picking_list(for_ref: str) -> list[PickLine]:
    """What to fetch, in the order of bins and then of first expiry."""
    rows = (
        Reservation.objects.filter(for_ref=for_ref, state=ReservationState.HELD)
        .select_related("lot")
        .order_by("lot__bin", "lot__expires_on", "lot_id")
    )
    return [
        PickLine(
            row.lot_id,
            row.lot.number,
            row.lot.item_id,
            row.lot.bin,
            row.lot.expires_on,
            row.quantity,
            for_ref,
        )
        for row in rows
    ]


def received_note(note_id: int) -> NoteRow | None:
    """A goods received note with the digest that the second keeper signs."""
    note = ReceivedNote.objects.filter(pk=note_id).first()
    return received_row(note) if note else None


def received_row(note: ReceivedNote) -> NoteRow:
    """The frozen form of a received note."""
    return NoteRow(
        note.pk,
        note.number,
        note.organisation_id,
        note.store_id,
        note.state,
        note.digest,
        note.counted_by_id,
        note.counted_at,
        note.countersigned_by_id,
        note.countersigned_at,
        note.origin,
        note.donor_label,
    )


def issue_note(note_id: int) -> NoteRow | None:
    """An issue note with the digest that the second keeper signs."""
    note = IssueNote.objects.filter(pk=note_id).first()
    return issue_row(note) if note else None


def issue_notes(transport: str) -> list[NoteRow]:
    """The issue notes of a waybill that were not withdrawn."""
    notes = IssueNote.objects.filter(transport=transport).exclude(state=NoteState.WITHDRAWN)
    return [issue_row(note) for note in notes.order_by("pk")]


def issue_row(note: IssueNote) -> NoteRow:
    """The frozen form of an issue note."""
    return NoteRow(
        note.pk,
        note.number,
        note.organisation_id,
        note.store_id,
        note.state,
        note.digest,
        note.picked_by_id,
        note.picked_at,
        note.countersigned_by_id,
        note.countersigned_at,
        note.for_ref,
        note.transport,
    )


def issued_of_lots(lot_ids: Sequence[int]) -> dict[int, int]:
    """How much of each lot was issued, both signatures given."""
    rows = IssueLine.objects.filter(lot_id__in=list(lot_ids), note__state=NoteState.SIGNED)
    return {
        row["lot_id"]: row["total"]
        for row in rows.values("lot_id").annotate(total=Sum("quantity")).order_by("lot_id")
    }


def waiting_receipts(organisation_id: int, person_id: int | None) -> QuerySet[ReceivedNote]:
    """Counted notes of an organisation that somebody else than this person has to countersign."""
    return (
        ReceivedNote.objects.filter(organisation_id=organisation_id, state=NoteState.COUNTED)
        .exclude(counted_by_id=person_id)
        .order_by("counted_at")
    )


def waiting_packings(organisation_id: int, person_id: int | None) -> QuerySet[Repacking]:
    """Packings of an organisation that somebody else than this person has to countersign."""
    rows = Repacking.objects.select_related("store").filter(
        organisation_id=organisation_id, state=NoteState.COUNTED
    )
    return rows.exclude(packed_by_id=person_id).order_by("packed_at")


def _store(row: Store) -> StoreRow:
    return StoreRow(row.pk, row.organisation_id, row.name, row.kind, row.address, row.is_active)


def _rows(rows: QuerySet[Lot]) -> list[LotRow]:
    return [
        LotRow(
            id=row.pk,
            number=row.number,
            item_id=row.item_id,
            store_id=row.store_id,
            organisation_id=row.organisation_id,
            origin=row.origin,
            origin_line=row.origin_line,
            donor_label=row.donor_label,
            spec=row.spec,
            lot_number=row.lot_number,
            bin=row.bin,
            produced_on=row.produced_on,
            expires_on=row.expires_on,
            state=row.state,
            regulated=row.regulated,
            received_at=row.received_at,
            received_quantity=row.received_quantity,
            value_fen=row.value_fen,
            directed_to=row.directed_to_id,
            note_number=row.received_line.note.number if row.received_line else "",
        )
        for row in rows.select_related("received_line__note").order_by("pk")
    ]


def signed_numbers() -> tuple[list[str], list[str], list[int]]:
    """Everything signed by two people: received notes, issue notes (numbers), adjustments (ids)."""
    received = ReceivedNote.objects.filter(state=NoteState.SIGNED)
    issued = IssueNote.objects.filter(state=NoteState.SIGNED)
    adjusted = Adjustment.objects.filter(state="signed")
    return (
        list(received.values_list("number", flat=True)),
        list(issued.values_list("number", flat=True)),
        list(adjusted.values_list("pk", flat=True)),
    )


def repacked_numbers() -> list[str]:
    """The numbers of all signed repackings."""
    rows = Repacking.objects.filter(state=NoteState.SIGNED)
    return list(rows.values_list("number", flat=True))


def origins_used(number: str) -> set[str]:
    """Where the lots came from that a repacking used."""
    return set(Lot.objects.filter(used_by__note__number=number).values_list("origin", flat=True))


def makings(lot_ids: Iterable[int]) -> dict[int, str]:
    """The repacking that made each of these lots, by its number; others are left out."""
    rows = Lot.objects.filter(pk__in=list(lot_ids), made_by__isnull=False)
    return dict(rows.values_list("pk", "made_by__note__number"))


def lineage(lot_ids: Iterable[int]) -> list[tuple[int, int, int]]:
    """Every step from these lots down: (parent, lot, quantity of the parent), in the order in
    which the lots were made. One query for each generation."""
    level, seen = set(lot_ids), set[int]()
    found: list[tuple[int, int, int, int]] = []
    while level:
        seen |= level
        rows = LotParent.objects.filter(parent_id__in=level)
        steps = list(rows.values_list("pk", "parent_id", "lot_id", "quantity"))
        found += steps
        level = {lot for _pk, _parent, lot, _n in steps} - seen
    return [(parent, lot, n) for _pk, parent, lot, n in sorted(set(found))]


def ancestry(lot_ids: Iterable[int]) -> list[tuple[int, int, int]]:
    """Every step from these lots up: (parent, lot, quantity of the parent)."""
    level, seen = set(lot_ids), set[int]()
    found: list[tuple[int, int, int, int]] = []
    while level:
        seen |= level
        rows = LotParent.objects.filter(lot_id__in=level)
        steps = list(rows.values_list("pk", "parent_id", "lot_id", "quantity"))
        found += steps
        level = {parent for _pk, parent, _lot, _n in steps} - seen
    return [(parent, lot, n) for _pk, parent, lot, n in sorted(set(found))]
