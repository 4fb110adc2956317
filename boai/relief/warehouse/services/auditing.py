"""The laws of the warehouse, checked by full reads (``boai audit``)."""

from collections import Counter
from collections.abc import Iterator

from django.db.models import F, Min, Q, Sum

from boai.foundations.catalogue import queries as catalogue
from boai.foundations.identity.queries import persons_of_users
from boai.foundations.ledger.queries import lot_position
from boai.foundations.ledger.values import LotPosition
from boai.foundations.trail import queries as trail
from boai.ground.core.clock import day_of
from boai.ground.core.laws import Verdict, law, verdict
from boai.relief.warehouse.models import (
    Adjustment,
    Inspection,
    IssueLine,
    IssueNote,
    Lot,
    LotParent,
    MadeLot,
    ReceivedLine,
    ReceivedNote,
    Repacking,
    Reservation,
    UsedLot,
)
from boai.relief.warehouse.services import issuing, packing, shelving
from boai.relief.warehouse.values import AdjustmentKind, NoteState, RepackingKind, ReservationState

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
        (LotParent.objects.filter(lot__made_by__isnull=True), "lot__", "parent__", _FACTS),
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


@law("warehouse-08", "组套、改装前后数量相符，由两人签字，新批次记得原批次，有效期取最早者。")
def repacking_keeps_what_there_was() -> Verdict:
    """Per signed repacking: parts by the kit's list or as much as before, the digest that was
    signed, two persons, parents with their quantities, the earliest expiry."""
    notes = list(Repacking.objects.filter(state=NoteState.SIGNED).order_by("pk"))
    used: dict[int, dict[int, int]] = {}
    by_item: dict[int, dict[int, int]] = {}
    rows = UsedLot.objects.filter(note__state=NoteState.SIGNED)
    for note_id, lot_id, item_id, n in rows.values_list("note", "lot", "lot__item", "quantity"):
        used.setdefault(note_id, {})[lot_id] = n
        sums = by_item.setdefault(note_id, {})
        sums[item_id] = sums.get(item_id, 0) + n
    made: dict[int, list[MadeLot]] = {}
    for row in MadeLot.objects.filter(note__state=NoteState.SIGNED).order_by("pk"):
        made.setdefault(row.note_id, []).append(row)
    lists = {item: catalogue.kit_parts(item) for item in {note.item_id for note in notes}}
    breaches = []
    for note in notes:
        new = made.get(note.pk, [])
        total = sum(row.quantity for row in new)
        due = {note.item_id: total}
        if note.kind == RepackingKind.KIT:
            due = {part: n * total for part, n in lists[note.item_id].items()}
        found = packing.content_digest(note.store_id, note.item_id, used.get(note.pk, {}), new)
        wrong = [
            name
            for name, broken in (
                ("quantities differ", by_item.get(note.pk, {}) != due),
                ("digest differs", found != note.digest),
                ("one person", note.countersigned_by_id in (None, note.packed_by_id)),
            )
            if broken
        ]
        if wrong:
            breaches.append((f"warehouse.repacking:{note.number}", ", ".join(wrong)))
    return verdict(len(notes), breaches + _orphans_of_repacking())


def _orphans_of_repacking() -> list[tuple[str, str]]:
    """Made lots whose parents do not give what the note used, or which outlive a part."""
    parents = LotParent.objects.filter(lot__made_by__isnull=False)
    given = parents.values("lot__made_by__note__number", "parent_id")
    told = {
        (row["lot__made_by__note__number"], row["parent_id"]): row["total"]
        for row in given.annotate(total=Sum("quantity")).order_by()
    }
    used = UsedLot.objects.filter(note__state=NoteState.SIGNED)
    should = {(n, lot): q for n, lot, q in used.values_list("note__number", "lot_id", "quantity")}
    breaches = [
        (f"warehouse.repacking:{number}", f"lot {lot}: used {should.get((number, lot), 0)}")
        for number, lot in sorted(told.keys() | should.keys())
        if told.get((number, lot)) != should.get((number, lot))
    ]
    worn = Lot.objects.filter(made_by__isnull=False).annotate(
        first=Min("parents__parent__expires_on")
    )
    late = worn.filter(first__isnull=False).filter(
        Q(expires_on__isnull=True) | Q(expires_on__gt=F("first"))
    )
    return breaches + [
        (f"warehouse.lot:{number}", "outlives a part")
        for number in late.values_list("number", flat=True)
    ]


_SIGNED = (
    (ReceivedNote, "received-note", "counted", "count-goods", "countersign-receipt"),
    (IssueNote, "issue-note", "picked", "pick-goods", "countersign-issue"),
)


@law("warehouse-09", "入库单、出库单由谁、何时签字，与操作记录一致；日期与时刻相符。")
def signatures_are_those_of_the_trail() -> Verdict:
    """Who signed first and second, and when, of every note against the acts' own lines of the trail
    (H01); notes of a whole list share one line, that says how many there are and who signed."""
    checked, breaches = 0, []
    in_lists: Counter[tuple[str, int | None, int | None]] = Counter()
    for model, name, first, one_signs, two_signs in _SIGNED:
        ones = {act.subject: (act.person_id, act.at) for act in trail.acts_of(one_signs)}
        twos = {act.subject: (act.person_id, act.at) for act in trail.acts_of(two_signs)}
        columns = [
            f"{who}_{what}" for who in (first, "countersigned") for what in ("by", "at", "on")
        ]
        rows = model.objects.order_by("pk").values_list("number", "store_id", *columns)
        for number, store, by, at, on, by_two, at_two, on_two in rows.iterator(chunk_size=CHUNK):
            checked += 1
            subject = f"warehouse.{name}:{number}"
            wrong = on != day_of(at) or on_two != (day_of(at_two) if at_two else None)
            if subject in ones:
                wrong |= ones[subject] != (by, at)
                wrong |= twos.get(subject, (None, None)) != (by_two, at_two)
            else:
                wrong |= at != at_two
                in_lists[f"warehouse.store:{store}", by, by_two] += 1
            if wrong:
                breaches.append((subject, "signed otherwise, says the trail"))
    return verdict(checked, breaches + _lists_signed_otherwise(in_lists))


def _lists_signed_otherwise(
    found: Counter[tuple[str, int | None, int | None]],
) -> list[tuple[str, str]]:
    """Stores in which as many notes of whole lists bear two persons' names as they did not sign."""
    acts = list(trail.acts_of("receive-many"))
    labels = {str(act.detail["second"]).rpartition(":")[2] for act in acts}
    persons = persons_of_users(int(user) for user in labels if user.isdigit())
    for act in acts:
        user = str(act.detail["second"]).rpartition(":")[2]
        second = persons.get(int(user)) if user.isdigit() else None
        found[act.subject, act.person_id, second] -= int(act.detail["notes"])
    wrong = sorted({store for (store, _one, _two), left in found.items() if left})
    return [(store, "notes of a list signed otherwise, says the trail") for store in wrong]
