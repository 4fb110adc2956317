"""How far each file is, and its rows until they are settled; neither ever goes back (F-04)."""

import django.db.models.expressions
from django.db import migrations, models

import boai.ground.kit.db.sealed
from boai.ground.kit.db.guards import Refuses


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0004_refunds"),
    ]

    operations = [
        migrations.CreateModel(
            name="Intake",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation_id", models.BigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("file", models.CharField(max_length=120)),
                ("profile", models.CharField(blank=True, default="", max_length=20)),
                ("channel", models.CharField(blank=True, default="", max_length=32)),
                ("by", models.CharField(max_length=40)),
                ("state", models.CharField(default="reading", max_length=10)),
                ("rows", models.BigIntegerField(default=0)),
                ("staged", models.BigIntegerField(default=0)),
                ("position", models.BigIntegerField(default=0)),
                ("accepted", models.BigIntegerField(default=0)),
                ("duplicate", models.BigIntegerField(default=0)),
                ("quarantined", models.BigIntegerField(default=0)),
                ("refused", models.BigIntegerField(default=0)),
                ("amount_fen", models.BigIntegerField(default=0)),
                ("begun_at", models.DateTimeField()),
                ("moved_at", models.DateTimeField()),
                ("told", models.JSONField(default=dict)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["reading", "posting"])),
                        fields=("organisation_id", "digest"),
                        name="donations_intake_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["reading", "posting", "finished", "cancelled"])
                        ),
                        name="donations_intake_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "finished"), _negated=True),
                            (
                                "rows",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("accepted"), "+", models.F("duplicate")
                                        ),
                                        "+",
                                        models.F("quarantined"),
                                    ),
                                    "+",
                                    models.F("refused"),
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="donations_intake_every_row_ends",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StagedGift",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("intake_id", models.BigIntegerField()),
                ("position", models.BigIntegerField()),
                ("sheet", models.CharField(max_length=40)),
                ("line", models.BigIntegerField()),
                ("account", models.CharField(blank=True, default="", max_length=30)),
                ("amount_fen", models.BigIntegerField(default=0)),
                ("donor", boai.ground.kit.db.sealed.SealedText(null=True)),
                ("numbered", models.BooleanField(default=False)),
                ("set_by", models.CharField(blank=True, default="", max_length=128)),
                ("says", models.CharField(blank=True, default="", max_length=64)),
                ("given_at", models.DateTimeField(null=True)),
                ("memo", models.CharField(blank=True, default="", max_length=200)),
                ("purpose", models.CharField(blank=True, default="", max_length=300)),
                ("verdict", models.CharField(default="gift", max_length=12)),
                ("column", models.CharField(blank=True, default="", max_length=8)),
                ("code", models.CharField(blank=True, default="", max_length=40)),
                ("occurrence", models.BigIntegerField(default=1)),
                ("rank", models.BigIntegerField(default=1)),
                ("times", models.BigIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("intake_id", "position"), name="donations_staged_position_once"
                    )
                ],
            },
        ),
        Refuses(
            "Intake",
            "only_forward",
            on="update",
            when="OLD.state IN ('finished', 'cancelled') OR NEW.position < OLD.position"
            " OR NEW.staged < OLD.staged OR (OLD.state = 'posting' AND NEW.state = 'reading')",
            message="an intake only moves forward",
        ),
        Refuses("Intake", "stays", on="delete", when="TRUE", message="an intake stays"),
    ]
