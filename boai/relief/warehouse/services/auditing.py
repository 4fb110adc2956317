"""The laws of the warehouse, checked by full reads (``boai audit``)."""

from collections.abc import Iterator

from django.db.models import F, Q, Sum

from boai.foundations.ledger.queries import lot_position
from boai.foundations.ledger.values import LotPosition
from boai.ground.core.laws import Verdict, law, verdict
from boai.relief.warehouse.models import (
    Adjustment,
    Inspection,
    IssueLine,
    IssueNote,
    Lot,
    LotParent,
    ReceivedLine,
    ReceivedNote,
    Reservation,
)
from boai.relief.warehouse.services import issuing, shelving
from boai.relief.warehouse.values import AdjustmentKind, NoteState, ReservationState

CHUNK = 1000
_FACTS = (
    "item_id",
    "lot_number",
    "produced_on",
    "expires_on",
    "spec",
    "origin_line",
    "directed_to_id",
)
"""What a lot has from its received line, or from the lot that it was split from, for ever."""


def _by_chunks(rows: list[tuple[int, str, int]]) -> Iterator[list[tuple[int, str, int]]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]


def _sums(model: type, column: str, **where: object) -> dict[int, int]:
    rows = model.objects.filter(**where).values(column)  # type: ignore[attr-defined]
    return {r[column]: r["total"] for r in rows.annotate(total=Sum("quantity")).order_by(column)}


@law("warehouse-01", "每个批次：收到＝待检＋在库＋预留＋在途＋已送达＋退回＋报损，与账簿一致。")
def received_is_accounted_for() -> Verdict:
    """What was counted in, plus found, less given to split lots, equals the books' places."""
    lots = list(Lot.objects.order_by("pk").values_list("pk", "number", "received_quantity"))
    given = _sums(LotParent, "parent_id")
    found = _sums(Adjustment, "lot_id", kind=AdjustmentKind.FOUND, state=NoteState.SIGNED)
    breaches = []
    for chunk in _by_chunks(lots):
        places = lot_position([pk for pk, _, _ in chunk])
        for pk, number, received in chunk:
            should = received + found.get(pk, 0) - given.get(pk, 0)
            there = places.get(pk, LotPosition()).received
            if there != should:
                breaches.append((f"warehouse.lot:{number}", f"received {should}, books {there}"))
    return verdict(len(lots), breaches)


@law("warehouse-02", "每张入库单、出库单、盘点调整都由两名不同的人签字。")
def two_people_signed() -> Verdict:
    """Two different natural persons on every signed note and adjustment (H01, I-18)."""
    checked, breaches = 0, []
    received = ReceivedNote.objects.filter(state=NoteState.SIGNED)
    issued = IssueNote.objects.filter(state=NoteState.SIGNED)
    adjusted = Adjustment.objects.filter(state=NoteState.SIGNED)
    for rows, first, name in (
        (received, "counted_by", "received-note"),
        (issued, "picked_by", "issue-note"),
        (adjusted, "proposed_by", "adjustment"),
    ):
        checked += rows.count()
        alone = rows.filter(Q(countersigned_by__isnull=True) | Q(countersigned_by=F(first)))
        breaches += [
            (f"warehouse.{name}:{pk}", "one person") for pk in alone.values_list("pk", flat=True)
        ]
    return verdict(checked, breaches)


@law("warehouse-03", "没有过期或未放行的批次出库。")
def nothing_unfit_was_issued() -> Verdict:
    """No issued line of a lot past its last day, or of a regulated lot without a pass (I-16)."""
    lines = IssueLine.objects.filter(note__state=NoteState.SIGNED)
    expired = lines.filter(lot__expires_on__lt=F("note__countersigned_on"))
    passed = Inspection.objects.filter(passed=True).values("lot_id")
    unreleased = lines.exclude(lot__regulated="").exclude(lot_id__in=passed)
    breaches = [
        (f"warehouse.lot:{number}", f"{why} on {note}")
        for rows, why in ((expired, "expired"), (unreleased, "not released"))
        for number, note in rows.values_list("lot__number", "note__number")
    ]
    return verdict(lines.count(), breaches)


@law("warehouse-04", "每个批次都有来源：一张双人签字的入库单，或拆分前的批次。")
def every_lot_has_an_origin() -> Verdict:
    """A lot comes from a signed note with the same origin, or from a parent."""
    rows = Lot.objects.filter(parents__isnull=True)
    orphans = rows.filter(
        Q(received_line__isnull=True)
        | ~Q(received_line__note__state=NoteState.SIGNED)
        | ~Q(received_line__note__origin=F("origin"))
        | ~Q(received_line__quantity=F("received_quantity"))
    ).distinct()
    return verdict(
        Lot.objects.count(),
        [
            (f"warehouse.lot:{n}", "no signed note")
            for n in orphans.values_list("number", flat=True)
        ],
    )


@law("warehouse-05", "预留单据与账簿中的预留数量一致。")
def reservations_agree() -> Verdict:
    """What is held for reasons, per lot, equals the books' reserved."""
    held = _sums(Reservation, "lot_id", state=ReservationState.HELD)
    lots = list(Lot.objects.order_by("pk").values_list("pk", "number", "received_quantity"))
    breaches = []
    for chunk in _by_chunks(lots):
        places = lot_position([pk for pk, _, _ in chunk])
        for pk, number, _ in chunk:
            there = places.get(pk, LotPosition()).reserved
            if there != held.get(pk, 0):
                breaches.append(
                    (f"warehouse.lot:{number}", f"held {held.get(pk, 0)}, books {there}")
                )
    return verdict(len(lots), breaches)


@law("warehouse-06", "每张双人签字的入库单、出库单，内容与签字时的摘要一致。")
def notes_say_what_was_signed() -> Verdict:
    """Recompute the digest that bound the second signature, of every signed note."""
    checked, breaches = 0, []
    received = ReceivedNote.objects.filter(state=NoteState.SIGNED).prefetch_related("lines")
    for note in received.order_by("pk").iterator(chunk_size=CHUNK):
        checked += 1
        lines: list[ReceivedLine] = sorted(note.lines.all(), key=lambda line: line.pk)
        found = shelving.content_digest(
            organisation_id=note.organisation_id,
            store_id=note.store_id,
            origin=note.origin,
            lines=lines,
        )
        if found != note.digest:
            breaches.append((f"warehouse.received-note:{note.number}", "digest differs"))
    issued = IssueNote.objects.filter(state=NoteState.SIGNED).prefetch_related("lines")
    for out in issued.order_by("pk").iterator(chunk_size=CHUNK):
        checked += 1
        wanted = {line.lot_id: line.quantity for line in out.lines.all()}
        found = issuing.content_digest(out.store_id, out.for_ref, out.transport, wanted)
        if found != out.digest:
            breaches.append((f"warehouse.issue-note:{out.number}", "digest differs"))
    return verdict(checked, breaches)


@law("warehouse-07", "每个批次的品种、批号、生产与失效日期、规格、定向，与入库单或原批次一致。")
def lots_are_what_was_counted() -> Verdict:
    """Compare each lot with its received line; a split lot with the lot that it came from."""
    checked, breaches = 0, []
    whole = (*_FACTS, "value_fen")
    pairs = (
        (Lot.objects.filter(received_line__isnull=False), "", "received_line__", whole),
        (LotParent.objects.all(), "lot__", "parent__", _FACTS),
    )
    for rows, own, other, facts in pairs:
        columns = [f"{side}{name}" for side in (own, other) for name in facts]
        for number, *told in rows.order_by("pk").values_list(f"{own}number", *columns).iterator():
            checked += 1
            unlike = [
                name
                for name, one, two in zip(facts, told, told[len(facts) :], strict=False)
                if one != two
            ]
            if unlike:
                breaches.append((f"warehouse.lot:{number}", "differs: " + ", ".join(unlike)))
    return verdict(checked, breaches)
