"""Gifts know the file that told of them; a whole file is taken back by two persons (I-12, I-18)."""

from django.db import migrations, models

from boai.ground.kit.db.guards import AppendOnly, Refuses

NO_SUCH_FILE = (
    "NEW.intake_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM donations_intake i"
    " WHERE i.id = NEW.intake_id AND i.organisation_id = NEW.organisation_id"
    " AND i.state = 'posting')"
)
MOVES = "(OLD.state = 'proposed' AND NEW.state IN ('done', 'withdrawn'))"
NOT_WHOLE = (
    "NEW.state = 'done' AND EXISTS (SELECT 1 FROM donations_gift g"
    " WHERE g.intake_id = NEW.intake_id AND g.state = 'confirmed')"
)
BORN_DONE = (
    "NEW.state <> 'proposed' OR NOT EXISTS (SELECT 1 FROM donations_intake i"
    " WHERE i.id = NEW.intake_id AND i.organisation_id = NEW.organisation_id"
    " AND i.state IN ('finished', 'cancelled'))"
)


class Migration(migrations.Migration):
    dependencies = [("donations", "0013_column_profiles")]

    operations = [
        # May be empty: SQLite adds such a column without making the table, and its guards, anew.
        migrations.AddField("gift", "intake_id", models.BigIntegerField(null=True)),
        migrations.AddIndex(
            "gift",
            models.Index(
                condition=models.Q(("intake_id__isnull", False)),
                fields=["intake_id"],
                name="donations_gift_by_intake",
            ),
        ),
        Refuses(
            "Gift",
            "file_stays",
            on="update",
            when="(COALESCE(NEW.intake_id, 0) <> COALESCE(OLD.intake_id, 0))",
            message="the file that told of a gift stays",
        ),
        Refuses(
            "Gift",
            "file_exists",
            on="insert",
            when=f"({NO_SUCH_FILE})",
            message="a gift comes out of a file of its own society that is being booked",
        ),
        migrations.CreateModel(
            name="IntakeUndo",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation_id", models.BigIntegerField()),
                ("intake_id", models.BigIntegerField()),
                ("reason", models.CharField(max_length=300)),
                ("state", models.CharField(default="proposed", max_length=9)),
                ("proposed_by", models.BigIntegerField()),
                ("proposed_user", models.BigIntegerField()),
                ("proposed_at", models.DateTimeField()),
                ("confirmed_by", models.BigIntegerField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("gifts", models.BigIntegerField(default=0)),
                ("amount_fen", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("proposed_by__isnull", True),
                            ("confirmed_by__isnull", True),
                            models.Q(("proposed_by", models.F("confirmed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="donations_undo_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "done", "withdrawn"])),
                        name="donations_undo_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="donations_undo_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True),
                            models.Q(
                                ("confirmed_at__isnull", False), ("confirmed_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="donations_undo_done_is_signed",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "withdrawn"), _negated=True),
                        fields=("intake_id",),
                        name="donations_undo_once",
                    ),
                ],
            },
        ),
        AppendOnly(
            "IntakeUndo", but=("state", "confirmed_by", "confirmed_at", "gifts", "amount_fen")
        ),
        Refuses(
            "IntakeUndo",
            "moves_forward",
            on="update",
            when=f"(OLD.state <> 'proposed' OR NEW.state = OLD.state OR NOT ({MOVES}))",
            message="what was asked for is confirmed or withdrawn once",
        ),
        Refuses(
            "IntakeUndo",
            "whole_or_not",
            on="update",
            when=f"({NOT_WHOLE})",
            message="a file is taken back whole or not at all",
        ),
        Refuses(
            "IntakeUndo",
            "asked_first",
            on="insert",
            when=f"({BORN_DONE})",
            message="the taking back of a file that has ended is asked for first",
        ),
    ]
