"""The mark of the clock: one row that moves forward, or back by a confirmation."""

from django.db import migrations, models

from boai.ground.kit.db.guards import Refuses


class Migration(migrations.Migration):
    dependencies = [("kit", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="ClockMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seen_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("confirmations", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="kit_clockmark_is_one_row"
                    )
                ],
            },
        ),
        Refuses(
            "clockmark",
            "moves_forward",
            on="update",
            when="(NEW.seen_at < OLD.seen_at OR NEW.confirmations < OLD.confirmations)"
            " AND NEW.confirmations <= OLD.confirmations",
            message="the mark of the clock moves forward unless people confirm the clock",
        ),
        Refuses(
            "clockmark",
            "stays",
            on="delete",
            when="TRUE",
            message="the mark of the clock stays",
        ),
    ]
