"""Tables of the warehouse. Quantities that change live in the books (``ledger``), never here."""

from typing import Any

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from boai.ground.kit.db.people import two_people
from boai.relief.warehouse import values


def _down(to: str, **options: Any) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(to, on_delete=models.PROTECT, related_name="+", **options)


def _one_of(column: str, words: type, *, name: str) -> CheckConstraint:
    return CheckConstraint(condition=Q(**{f"{column}__in": [str(w) for w in words]}), name=name)  # type: ignore[attr-defined]


class Store(models.Model):
    """A place where goods lie, or a hand-over point for goods that go straight on. PII: none."""

    organisation = _down("organisations.Organisation")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, default=values.StoreKind.STORE)
    address = models.CharField(max_length=200, blank=True, default="")
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            UniqueConstraint("organisation", "name", name="warehouse_store_name"),
            _one_of("kind", values.StoreKind, name="warehouse_store_kind"),
        ]

    def __str__(self) -> str:
        return self.name


class Bin(models.Model):
    """A shelf, a pallet place: where in the store. PII: none."""

    store = _down("warehouse.Store")
    code = models.CharField(max_length=30)

    class Meta:
        constraints = [UniqueConstraint("store", "code", name="warehouse_bin_code")]


class Consignment(models.Model):
    """Goods that somebody announced. PII: ``donor_label`` is the name shown by the giver's wish."""

    organisation = _down("organisations.Organisation")
    store = _down("warehouse.Store", null=True)
    origin = models.CharField(max_length=120, db_index=True)
    donor_label = models.CharField(max_length=200)
    state = models.CharField(max_length=12, default="expected")
    announced_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(state__in=["expected", "arrived", "cancelled"]),
                name="warehouse_consignment_state",
            )
        ]
        indexes = [models.Index("organisation", "state", name="warehouse_consignment_open")]


class ConsignmentLine(models.Model):
    """One announced item. PII: none."""

    consignment = models.ForeignKey(Consignment, on_delete=models.PROTECT, related_name="lines")
    item = _down("catalogue.Item")
    quantity = models.BigIntegerField()
    spec = models.CharField(max_length=200, blank=True, default="")
    expected_on = models.DateField(null=True)
    directed_to = _down("organisations.Organisation", null=True)
    origin_line = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = [CheckConstraint(condition=Q(quantity__gt=0), name="warehouse_announced_gt0")]


class ReceivedNote(models.Model):
    """入库验收单: what one keeper counted and another confirmed (H01).

    PII: two person ids; ``donor_label`` is the name shown by the giver's wish.
    """

    number = models.CharField(max_length=30, unique=True)
    organisation = _down("organisations.Organisation")
    store = _down("warehouse.Store")
    consignment = _down("warehouse.Consignment", null=True)
    origin = models.CharField(max_length=120, db_index=True)
    donor_label = models.CharField(max_length=200)
    state = models.CharField(max_length=12, default=values.NoteState.COUNTED)
    digest = models.CharField(max_length=64)
    counted_by = _down("identity.Person")
    counted_at = models.DateTimeField()
    counted_on = models.DateField()
    countersigned_by = _down("identity.Person", null=True)
    countersigned_at = models.DateTimeField(null=True)
    countersigned_on = models.DateField(null=True)

    class Meta:
        constraints = [
            two_people("counted_by", "countersigned_by", name="warehouse_received_by_two"),
            _one_of("state", values.NoteState, name="warehouse_received_state"),
            CheckConstraint(
                condition=~Q(state="signed")
                | Q(
                    countersigned_by__isnull=False,
                    countersigned_at__isnull=False,
                    countersigned_on__isnull=False,
                ),
                name="warehouse_received_needs_second",
            ),
        ]
        indexes = [
            models.Index("organisation", "state", name="warehouse_received_open"),
            models.Index("organisation", "countersigned_on", name="warehouse_received_day"),
        ]


class ReceivedLine(models.Model):
    """One item, one maker's lot, one bin, as counted; what was announced stays beside it. PII: none."""

    note = models.ForeignKey(ReceivedNote, on_delete=models.PROTECT, related_name="lines")
    item = _down("catalogue.Item")
    quantity = models.BigIntegerField()
    announced = models.BigIntegerField(null=True)
    lot_number = models.CharField(max_length=80, blank=True, default="")
    produced_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    bin = models.CharField(max_length=30, blank=True, default="")
    spec = models.CharField(max_length=200, blank=True, default="")
    origin_line = models.CharField(max_length=120, blank=True, default="")
    value_fen = models.BigIntegerField(null=True)
    directed_to = _down("organisations.Organisation", null=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(quantity__gt=0), name="warehouse_counted_gt0"),
            CheckConstraint(
                condition=Q(value_fen__isnull=True) | Q(value_fen__gte=0),
                name="warehouse_counted_value",
            ),
            CheckConstraint(
                condition=Q(produced_on__isnull=True)
                | Q(expires_on__isnull=True)
                | Q(expires_on__gte=F("produced_on")),
                name="warehouse_counted_dates",
            ),
        ]


class Lot(models.Model):
    """批次: goods of one origin, item and maker's lot that are moved and traced together.

    How many there are, and where, the books say. PII: ``donor_label`` as on the note, a person
    id.
    """

    number = models.CharField(max_length=30, unique=True)
    organisation = _down("organisations.Organisation")
    store = _down("warehouse.Store")
    item = _down("catalogue.Item")
    received_line = models.OneToOneField(
        ReceivedLine, on_delete=models.PROTECT, related_name="lot", null=True
    )
    bin = models.CharField(max_length=30, blank=True, default="")
    lot_number = models.CharField(max_length=80, blank=True, default="")
    spec = models.CharField(max_length=200, blank=True, default="")
    produced_on = models.DateField(null=True)
    expires_on = models.DateField(null=True, db_index=True)
    regulated = models.CharField(max_length=20, blank=True, default="")
    state = models.CharField(max_length=12)
    origin = models.CharField(max_length=120, db_index=True)
    origin_line = models.CharField(max_length=120, blank=True, default="", db_index=True)
    donor_label = models.CharField(max_length=200)
    received_at = models.DateTimeField()
    received_on = models.DateField()
    received_quantity = models.BigIntegerField()
    value_fen = models.BigIntegerField(null=True)
    directed_to = _down("organisations.Organisation", null=True)
    counted_by = _down("identity.Person", null=True)
    """Who counted goods that came back; of goods that came by a note, the note says it."""

    class Meta:
        constraints = [
            _one_of("state", values.LotState, name="warehouse_lot_state"),
            CheckConstraint(condition=Q(received_quantity__gt=0), name="warehouse_lot_gt0"),
            CheckConstraint(condition=~Q(origin=""), name="warehouse_lot_has_origin"),
            CheckConstraint(
                condition=Q(produced_on__isnull=True)
                | Q(expires_on__isnull=True)
                | Q(expires_on__gte=F("produced_on")),
                name="warehouse_lot_dates",
            ),
        ]
        indexes = [
            models.Index("organisation", "item", "state", name="warehouse_lot_by_item"),
            models.Index("organisation", "received_on", name="warehouse_lot_by_day"),
        ]


class LotParent(models.Model):
    """Which lots a split or repacked lot was made of, and how much of each. PII: none."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="parents")
    parent = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="children")
    quantity = models.BigIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint("lot", "parent", name="warehouse_parent_once"),
            CheckConstraint(condition=Q(quantity__gt=0), name="warehouse_parent_gt0"),
            CheckConstraint(condition=~Q(lot=F("parent")), name="warehouse_parent_other"),
        ]


class Inspection(models.Model):
    """A named inspector's judgement of one lot (S0-20). PII: a person id."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="inspections")
    inspector = _down("identity.Person")
    passed = models.BooleanField()
    note = models.CharField(max_length=500, blank=True, default="")
    inspected_at = models.DateTimeField()


class Reservation(models.Model):
    """So much of a lot is set aside for an approved reason. PII: none."""

    organisation = _down("organisations.Organisation")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="reservations")
    for_ref = models.CharField(max_length=120, db_index=True)
    quantity = models.BigIntegerField()
    state = models.CharField(max_length=12, default=values.ReservationState.HELD)
    reserved_at = models.DateTimeField()

    class Meta:
        constraints = [
            _one_of("state", values.ReservationState, name="warehouse_reservation_state"),
            CheckConstraint(condition=Q(quantity__gt=0), name="warehouse_reserved_gt0"),
        ]


class IssueNote(models.Model):
    """出库单: goods that left the store, picked by one keeper and checked by another (H01).

    PII: two person ids.
    """

    number = models.CharField(max_length=30, unique=True)
    organisation = _down("organisations.Organisation")
    store = _down("warehouse.Store")
    for_ref = models.CharField(max_length=120, db_index=True)
    transport = models.CharField(max_length=120)
    state = models.CharField(max_length=12, default=values.NoteState.COUNTED)
    digest = models.CharField(max_length=64)
    picked_by = _down("identity.Person")
    picked_at = models.DateTimeField()
    picked_on = models.DateField()
    countersigned_by = _down("identity.Person", null=True)
    countersigned_at = models.DateTimeField(null=True)
    countersigned_on = models.DateField(null=True)

    class Meta:
        constraints = [
            two_people("picked_by", "countersigned_by", name="warehouse_issued_by_two"),
            _one_of("state", values.NoteState, name="warehouse_issued_state"),
            CheckConstraint(
                condition=~Q(state="signed")
                | Q(
                    countersigned_by__isnull=False,
                    countersigned_at__isnull=False,
                    countersigned_on__isnull=False,
                ),
                name="warehouse_issued_needs_second",
            ),
        ]
        indexes = [
            models.Index("organisation", "state", name="warehouse_issued_open"),
            models.Index("organisation", "countersigned_on", name="warehouse_issued_day"),
        ]


class IssueLine(models.Model):
    """So much of one lot on an issue note. PII: none."""

    note = models.ForeignKey(IssueNote, on_delete=models.PROTECT, related_name="lines")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="issue_lines")
    quantity = models.BigIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint("note", "lot", name="warehouse_issue_lot_once"),
            CheckConstraint(condition=Q(quantity__gt=0), name="warehouse_issued_gt0"),
        ]


class Adjustment(models.Model):
    """盘点调整: stock that changes without receipt or issue, by two people with a reason.

    PII: two person ids.
    """

    organisation = _down("organisations.Organisation")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="adjustments")
    kind = models.CharField(max_length=12)
    quantity = models.BigIntegerField()
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=12, default=values.AdjustmentState.PROPOSED)
    proposed_by = _down("identity.Person")
    proposed_at = models.DateTimeField()
    countersigned_by = _down("identity.Person", null=True)
    countersigned_at = models.DateTimeField(null=True)
    countersigned_on = models.DateField(null=True)

    class Meta:
        constraints = [
            two_people("proposed_by", "countersigned_by", name="warehouse_adjusted_by_two"),
            _one_of("kind", values.AdjustmentKind, name="warehouse_adjusted_kind"),
            _one_of("state", values.AdjustmentState, name="warehouse_adjusted_state"),
            CheckConstraint(condition=Q(quantity__gt=0), name="warehouse_adjusted_gt0"),
            CheckConstraint(condition=~Q(reason=""), name="warehouse_adjusted_reason"),
            CheckConstraint(
                condition=~Q(state="signed")
                | Q(countersigned_by__isnull=False, countersigned_on__isnull=False),
                name="warehouse_adjusted_needs_second",
            ),
        ]
        indexes = [models.Index("organisation", "state", name="warehouse_adjusted_open")]


class Repacking(models.Model):
    """改装单: lots put together into kits, divided or merged; by two keepers.

    ``key`` makes a packing that is sent twice one packing. PII: two person ids.
    """

    number = models.CharField(max_length=30, unique=True)
    organisation = _down("organisations.Organisation")
    store = _down("warehouse.Store")
    item = _down("catalogue.Item")
    kind = models.CharField(max_length=8)
    state = models.CharField(max_length=12, default=values.NoteState.COUNTED)
    digest = models.CharField(max_length=64)
    packed_by = _down("identity.Person")
    packed_at = models.DateTimeField()
    countersigned_by = _down("identity.Person", null=True)
    countersigned_at = models.DateTimeField(null=True)
    key = models.CharField(max_length=64, null=True)

    class Meta:
        constraints = [
            two_people("packed_by", "countersigned_by", name="warehouse_repacked_by_two"),
            _one_of("state", values.NoteState, name="warehouse_repacking_state"),
            _one_of("kind", values.RepackingKind, name="warehouse_repacking_kind"),
            CheckConstraint(
                condition=~Q(state="signed") | Q(countersigned_by__isnull=False),
                name="warehouse_repacking_needs_second",
            ),
            UniqueConstraint("packed_by", "key", name="warehouse_repacking_key_once"),
        ]


class UsedLot(models.Model):
    """So much of a lot is used up by a repacking. PII: none."""

    note = models.ForeignKey(Repacking, on_delete=models.PROTECT, related_name="used")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="used_by")
    quantity = models.BigIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint("note", "lot", name="warehouse_used_lot_once"),
            CheckConstraint(condition=Q(quantity__gt=0), name="warehouse_used_gt0"),
        ]


class MadeLot(models.Model):
    """A lot that a repacking makes; the lot itself with the second signature. PII: none."""

    note = models.ForeignKey(Repacking, on_delete=models.PROTECT, related_name="made")
    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="made_by", null=True)
    quantity = models.BigIntegerField()
    bin = models.CharField(max_length=30, blank=True, default="")
    spec = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [CheckConstraint(condition=Q(quantity__gt=0), name="warehouse_made_gt0")]
