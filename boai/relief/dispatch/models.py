"""Tables of dispatch. Where the goods are, the books say."""

from typing import Any

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from boai.ground.kit.db.people import two_people
from boai.ground.kit.db.sealed import SealedText
from boai.relief.dispatch import values


def _down(to: str, **options: Any) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(to, on_delete=models.PROTECT, related_name="+", **options)


def _one_of(column: str, words: list[str], *, name: str) -> CheckConstraint:
    return CheckConstraint(condition=Q(**{f"{column}__in": words}), name=name)


class Waybill(models.Model):
    """运单: goods on the way to one receiver. PII: person ids; driver sealed; vehicle plate."""

    number = models.CharField(max_length=30, unique=True)
    organisation = _down("organisations.Organisation")
    receiver = _down("organisations.Organisation")
    for_ref = models.CharField(max_length=120, db_index=True)
    route = models.CharField(max_length=10)
    carrier = models.CharField(max_length=80, blank=True, default="")
    vehicle = models.CharField(max_length=40, blank=True, default="")
    driver = SealedText(null=True)
    state = models.CharField(max_length=12, default=values.WaybillState.ORDERED)
    ordered_at = models.DateTimeField()
    loaded_by = _down("identity.Person", null=True)
    loaded_at = models.DateTimeField(null=True)
    loading_digest = models.CharField(max_length=64, blank=True, default="")
    countersigned_by = _down("identity.Person", null=True)
    departed_at = models.DateTimeField(null=True)
    departed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            two_people("loaded_by", "countersigned_by", name="dispatch_loaded_by_two"),
            _one_of("state", [str(s) for s in values.WaybillState], name="dispatch_state"),
            _one_of("route", ["direct", "relay"], name="dispatch_route"),
            CheckConstraint(
                condition=Q(state__in=["ordered", "loading", "cancelled"])
                | Q(
                    loaded_by__isnull=False,
                    countersigned_by__isnull=False,
                    departed_at__isnull=False,
                    departed_on__isnull=False,
                ),
                name="dispatch_departs_with_two",
            ),
        ]
        indexes = [
            models.Index("organisation", "state", name="dispatch_open"),
            models.Index("receiver", "state", name="dispatch_arriving"),
        ]


class WaybillLine(models.Model):
    """So much of one lot on a waybill. PII: none."""

    waybill = models.ForeignKey(Waybill, on_delete=models.PROTECT, related_name="lines")
    lot = _down("warehouse.Lot")
    item = _down("catalogue.Item")
    quantity = models.BigIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint("waybill", "lot", name="dispatch_lot_once"),
            CheckConstraint(condition=Q(quantity__gt=0), name="dispatch_carried_gt0"),
        ]


class Delivery(models.Model):
    """签收回执: the receiver's signature, never changed. PII: a person id; the picture is evidence."""

    waybill = models.OneToOneField(Waybill, on_delete=models.PROTECT, related_name="delivery")
    received_by = _down("identity.Person")
    delivered_at = models.DateTimeField()
    delivered_on = models.DateField(db_index=True)
    evidence = models.CharField(max_length=80, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")


class DeliveryLine(models.Model):
    """What the receiver counted of one line, damaged pieces among them. PII: none."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="lines")
    line = models.OneToOneField(WaybillLine, on_delete=models.PROTECT, related_name="delivered")
    counted = models.BigIntegerField()
    damaged = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(counted__gte=0, damaged__gte=0, accepted__gte=0),
                name="dispatch_counted_gte0",
            ),
            CheckConstraint(
                condition=Q(accepted__lte=models.F("counted") - models.F("damaged")),
                name="dispatch_accepted_is_sound",
            ),
        ]


class Discrepancy(models.Model):
    """差异: short, over or damaged, open until two people settle it. PII: two person ids."""

    line = models.ForeignKey(WaybillLine, on_delete=models.PROTECT, related_name="differences")
    kind = models.CharField(max_length=10)
    quantity = models.BigIntegerField()
    state = models.CharField(max_length=10, default="open")
    outcome = models.CharField(max_length=10, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")
    found_at = models.DateTimeField()
    proposed_by = _down("identity.Person", null=True)
    proposed_at = models.DateTimeField(null=True)
    settled_by = _down("identity.Person", null=True)
    settled_at = models.DateTimeField(null=True)
    settled_on = models.DateField(null=True)

    class Meta:
        constraints = [
            two_people("proposed_by", "settled_by", name="dispatch_settled_by_two"),
            UniqueConstraint("line", "kind", name="dispatch_difference_once"),
            _one_of("kind", [str(k) for k in values.Difference], name="dispatch_difference"),
            _one_of("state", ["open", "proposed", "settled"], name="dispatch_difference_state"),
            CheckConstraint(condition=Q(quantity__gt=0), name="dispatch_difference_gt0"),
            CheckConstraint(
                condition=~Q(state="settled")
                | Q(
                    proposed_by__isnull=False,
                    settled_by__isnull=False,
                    settled_on__isnull=False,
                ),
                name="dispatch_settled_needs_two",
            ),
        ]


class Return(models.Model):
    """退货单: delivered goods that come back; signed by the unit that had them and by two keepers.

    PII: three person ids.
    """

    number = models.CharField(max_length=30, unique=True)
    waybill = models.ForeignKey(Waybill, on_delete=models.PROTECT, related_name="returns")
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10, default=values.ReturnState.SENT)
    sent_by = _down("identity.Person")
    sent_at = models.DateTimeField()
    counted_by = _down("identity.Person", null=True)
    counted_at = models.DateTimeField(null=True)
    countersigned_by = _down("identity.Person", null=True)
    countersigned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            two_people("sent_by", "counted_by", name="dispatch_return_counted_by_another"),
            two_people("sent_by", "countersigned_by", name="dispatch_return_signed_by_another"),
            two_people("counted_by", "countersigned_by", name="dispatch_return_by_two_keepers"),
            _one_of("state", [str(s) for s in values.ReturnState], name="dispatch_return_state"),
            CheckConstraint(condition=~Q(reason=""), name="dispatch_return_has_reason"),
            CheckConstraint(
                condition=Q(state__in=["sent", "withdrawn"]) | Q(counted_by__isnull=False),
                name="dispatch_return_counted_is_signed",
            ),
            CheckConstraint(
                condition=~Q(state="received") | Q(countersigned_by__isnull=False),
                name="dispatch_return_needs_second_keeper",
            ),
        ]


class ReturnLine(models.Model):
    """So much of one delivered line comes back, into a lot of its own. PII: none."""

    note = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(WaybillLine, on_delete=models.PROTECT, related_name="returned")
    quantity = models.BigIntegerField()
    lot = models.OneToOneField(
        "warehouse.Lot", on_delete=models.PROTECT, related_name="+", null=True
    )

    class Meta:
        constraints = [
            UniqueConstraint("note", "line", name="dispatch_return_line_once"),
            CheckConstraint(condition=Q(quantity__gt=0), name="dispatch_returned_gt0"),
        ]
