"""Refunds, and what the database refuses about them (I-12, I-13, I-18)."""

import django.db.models.deletion
from django.db import migrations, models

from boai.ground.kit.db.guards import AppendOnly, Refuses

GIVEN_BACK = (
    "COALESCE((SELECT SUM(r.amount_fen) FROM donations_refund r WHERE r.gift_id = NEW.gift_id"
    " AND r.id <> NEW.id AND r.state = 'paid'), 0)"
)


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0003_feeds"),
        ("organisations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Refund",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=24, unique=True)),
                ("kind", models.CharField(max_length=8)),
                ("amount_fen", models.BigIntegerField()),
                ("reason", models.CharField(max_length=300)),
                ("state", models.CharField(default="proposed", max_length=9)),
                ("proposed_by", models.BigIntegerField()),
                ("proposed_at", models.DateTimeField()),
                ("paid_by", models.BigIntegerField(null=True)),
                ("paid_at", models.DateTimeField(null=True)),
                ("entry_id", models.BigIntegerField(null=True)),
                (
                    "gift",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="donations.gift",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="donations.paymentorder",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organisation", "state"], name="donations_refund_by_state")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("proposed_by__isnull", True),
                            ("paid_by__isnull", True),
                            models.Q(("proposed_by", models.F("paid_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="donations_refund_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "paid", "withdrawn"])),
                        name="donations_refund_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("gift__isnull", True), ("kind", "order"), ("order__isnull", False)
                            ),
                            models.Q(
                                ("gift__isnull", False),
                                ("kind__in", ["refund", "reversal"]),
                                ("order__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="donations_refund_of_a_gift_or_an_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_fen__gt", 0)),
                        name="donations_refund_above_zero",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="donations_refund_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "paid"), _negated=True),
                            models.Q(
                                ("paid_at__isnull", False),
                                ("paid_by__isnull", False),
                                models.Q(
                                    ("kind", "order"), ("entry_id__isnull", False), _connector="OR"
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="donations_refund_paid_is_signed_and_booked",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("kind", "order"), models.Q(("state", "withdrawn"), _negated=True)
                        ),
                        fields=("order",),
                        name="donations_refund_order_once",
                    ),
                ],
            },
        ),
        AppendOnly("Refund", but=("state", "paid_by", "paid_at", "entry_id")),
        Refuses(
            "Refund",
            "begins_proposed",
            on="insert",
            when="NEW.state <> 'proposed'",
            message="a refund begins as proposed",
        ),
        Refuses(
            "Refund",
            "closed",
            on="update",
            when="OLD.state <> 'proposed'",
            message="a finished refund does not change",
        ),
        Refuses(
            "Refund",
            "never_more_than_given",
            on="update",
            when="(NEW.state = 'paid' AND NEW.gift_id IS NOT NULL AND NOT EXISTS ("  # noqa: S608
            "SELECT 1 FROM donations_gift g WHERE g.id = NEW.gift_id AND g.kind = 'cash'"
            " AND g.state = 'confirmed' AND g.organisation_id = NEW.organisation_id"
            f" AND g.amount_fen >= NEW.amount_fen + {GIVEN_BACK}"
            " AND (NEW.kind = 'refund' OR g.amount_fen = NEW.amount_fen)))",
            message="no gift gives back more than it was (I-12)",
        ),
        Refuses(
            "Refund",
            "order_owes_it",
            on="insert",
            when="(NEW.order_id IS NOT NULL AND NOT EXISTS ("
            "SELECT 1 FROM donations_paymentorder o WHERE o.id = NEW.order_id"
            " AND o.state = 'refund-due' AND o.amount_fen = NEW.amount_fen"
            " AND o.organisation_id = NEW.organisation_id))",
            message="only a payment that came too late is returned",
        ),
    ]
