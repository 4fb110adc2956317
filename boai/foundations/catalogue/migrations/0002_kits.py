"""Kit lists, set once."""

import django.db.models.deletion
from django.db import migrations, models

from boai.ground.kit.db.guards import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="KitPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.BigIntegerField()),
                (
                    "kit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="catalogue.item",
                    ),
                ),
                (
                    "part",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.item",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kit", "part"), name="catalogue_kit_part_once"),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gte", 1)), name="catalogue_kit_part_counts"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kit", models.F("part")), _negated=True),
                        name="catalogue_kit_is_not_its_part",
                    ),
                ],
            },
        ),
        AppendOnly("KitPart"),
    ]
