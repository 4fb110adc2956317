"""Files that are brought through the browser, and who asked the worker to go on with an intake."""

from django.db import migrations, models

from boai.ground.kit.db.guards import AppendOnly, Refuses

MOVES = (
    "(OLD.state = 'kept' AND NEW.state IN ('asked', 'gone'))"
    " OR (OLD.state = 'asked' AND NEW.state IN ('kept', 'taken'))"
)


class Migration(migrations.Migration):
    dependencies = [("donations", "0011_told_refunds")]

    operations = [
        # Both may be empty: SQLite adds such a column without making the table, and its guards, anew.
        migrations.AddField("intake", "carried_by", models.BigIntegerField(null=True)),
        migrations.AddField("intake", "halted", models.CharField(max_length=300, null=True)),
        migrations.CreateModel(
            name="StatementFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation_id", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=120)),
                ("size", models.BigIntegerField()),
                ("day", models.DateField(null=True)),
                ("state", models.CharField(default="kept", max_length=8)),
                ("by", models.CharField(max_length=40)),
                ("brought_by", models.BigIntegerField()),
                ("brought_at", models.DateTimeField()),
                ("asked_by", models.BigIntegerField(null=True)),
                ("asked_at", models.DateTimeField(null=True)),
                ("found", models.JSONField(default=dict)),
                ("stopped", models.CharField(blank=True, default="", max_length=300)),
                ("intake_id", models.BigIntegerField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["kept", "asked", "taken", "gone"])),
                        name="donations_statement_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "asked"), _negated=True),
                            models.Q(("asked_at__isnull", False), ("asked_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="donations_statement_asked_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at__isnull", False),
                                ("intake_id__isnull", False),
                                ("state", "taken"),
                            ),
                            models.Q(("ended_at__isnull", False), ("state", "gone")),
                            models.Q(
                                ("ended_at__isnull", True),
                                ("intake_id__isnull", True),
                                ("state__in", ["kept", "asked"]),
                            ),
                            _connector="OR",
                        ),
                        name="donations_statement_ends_whole",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["kept", "asked"])),
                        fields=("organisation_id", "sha256"),
                        name="donations_statement_kept_once",
                    ),
                ],
            },
        ),
        AppendOnly(
            "StatementFile",
            but=(
                "day",
                "state",
                "asked_by",
                "asked_at",
                "found",
                "stopped",
                "intake_id",
                "ended_at",
            ),
        ),
        Refuses(
            "StatementFile",
            "moves_forward",
            on="update",
            when=f"(OLD.state IN ('taken', 'gone') OR (NEW.state <> OLD.state AND NOT ({MOVES})))",
            message="a file that was taken in or removed stays so",
        ),
        # An end that was written stays, and nobody asks in another's name.
        Refuses(
            "StatementFile",
            "asked_once",
            on="update",
            when="(OLD.state = 'asked' AND NEW.state IN ('asked', 'taken')"
            " AND (NEW.asked_by <> OLD.asked_by OR NEW.asked_at <> OLD.asked_at))",
            message="who asked for a file to be taken in stays",
        ),
    ]
