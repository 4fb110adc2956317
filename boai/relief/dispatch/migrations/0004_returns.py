"""Returns, and what the database refuses about them (I-18, I-19)."""

import django.db.models.deletion
from django.db import migrations, models

import boai.relief.dispatch.values
from boai.ground.kit.db.guards import AppendOnly, Refuses

MORE_THAN_DELIVERED = (
    "NEW.quantity + COALESCE((SELECT SUM(r.quantity) FROM dispatch_returnline r"
    " JOIN dispatch_return n ON n.id = r.note_id"
    " WHERE r.line_id = NEW.line_id AND n.state <> 'withdrawn'), 0)"
    " > COALESCE((SELECT d.accepted FROM dispatch_deliveryline d"
    " WHERE d.line_id = NEW.line_id), 0)"
    " + COALESCE((SELECT SUM(x.quantity) FROM dispatch_discrepancy x"
    " WHERE x.line_id = NEW.line_id AND x.state = 'settled' AND x.outcome = 'delivered'), 0)"
)
MOVES = (
    "(OLD.state = 'sent' AND NEW.state IN ('counted', 'withdrawn'))"
    " OR (OLD.state = 'counted' AND NEW.state IN ('received', 'withdrawn'))"
)


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0003_signatures_stay"),
        ("identity", "0002_guards"),
        ("warehouse", "0004_repacking"),
    ]

    operations = [
        migrations.CreateModel(
            name="Return",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=30, unique=True)),
                ("reason", models.CharField(max_length=500)),
                (
                    "state",
                    models.CharField(
                        default=boai.relief.dispatch.values.ReturnState["SENT"], max_length=10
                    ),
                ),
                ("sent_at", models.DateTimeField()),
                ("counted_at", models.DateTimeField(null=True)),
                ("countersigned_at", models.DateTimeField(null=True)),
                (
                    "counted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.person",
                    ),
                ),
                (
                    "countersigned_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.person",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.person",
                    ),
                ),
                (
                    "waybill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="dispatch.waybill",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReturnLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.BigIntegerField()),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returned",
                        to="dispatch.waybillline",
                    ),
                ),
                (
                    "lot",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="warehouse.lot",
                    ),
                ),
                (
                    "note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="dispatch.return",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("sent_by__isnull", True),
                    ("counted_by__isnull", True),
                    models.Q(("sent_by", models.F("counted_by")), _negated=True),
                    _connector="OR",
                ),
                name="dispatch_return_counted_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("sent_by__isnull", True),
                    ("countersigned_by__isnull", True),
                    models.Q(("sent_by", models.F("countersigned_by")), _negated=True),
                    _connector="OR",
                ),
                name="dispatch_return_signed_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("counted_by__isnull", True),
                    ("countersigned_by__isnull", True),
                    models.Q(("counted_by", models.F("countersigned_by")), _negated=True),
                    _connector="OR",
                ),
                name="dispatch_return_by_two_keepers",
            ),
        ),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["sent", "counted", "received", "withdrawn"])),
                name="dispatch_return_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="dispatch_return_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["sent", "withdrawn"]),
                    ("counted_by__isnull", False),
                    _connector="OR",
                ),
                name="dispatch_return_counted_is_signed",
            ),
        ),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "received"), _negated=True),
                    ("countersigned_by__isnull", False),
                    _connector="OR",
                ),
                name="dispatch_return_needs_second_keeper",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnline",
            constraint=models.UniqueConstraint(
                models.F("note"), models.F("line"), name="dispatch_return_line_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="returnline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="dispatch_returned_gt0"
            ),
        ),
        AppendOnly(
            "Return",
            but=("state", "counted_by_id", "counted_at", "countersigned_by_id", "countersigned_at"),
        ),
        AppendOnly("ReturnLine", but=("lot_id",)),
        Refuses(
            "Return",
            "goes_forward",
            on="update",
            when=f"(NOT ({MOVES}))",
            message="dispatch: a return goes its way in order",
        ),
        Refuses(
            "Return",
            "begins_sent",
            on="insert",
            when="NEW.state <> 'sent'",
            message="dispatch: a return begins with the unit's signature",
        ),
        Refuses(
            "ReturnLine",
            "never_more_than_delivered",
            on="insert",
            when=f"({MORE_THAN_DELIVERED})",
            message="dispatch: no more comes back than was delivered",
        ),
        Refuses(
            "ReturnLine",
            "not_after_counting",
            on="insert",
            when="NOT EXISTS (SELECT 1 FROM dispatch_return n JOIN dispatch_waybillline w"
            " ON w.waybill_id = n.waybill_id WHERE n.id = NEW.note_id AND n.state = 'sent'"
            " AND w.id = NEW.line_id)",
            message="dispatch: lines are set while the return is on its way",
        ),
    ]
