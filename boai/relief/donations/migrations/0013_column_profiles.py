"""What the columns of a list mean, as a society has said it; each change is a version of its own."""

from django.db import migrations, models

from boai.ground.kit.db.guards import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("donations", "0012_statement_files")]

    operations = [
        migrations.CreateModel(
            name="ColumnProfile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation_id", models.BigIntegerField()),
                ("fingerprint", models.CharField(max_length=64)),
                ("version", models.IntegerField()),
                ("name", models.CharField(max_length=60)),
                ("columns", models.JSONField()),
                ("factor", models.IntegerField(default=1)),
                ("channel", models.CharField(blank=True, default="", max_length=32)),
                ("currency", models.CharField(blank=True, default="", max_length=8)),
                ("by", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation_id", "fingerprint", "version"),
                        name="donations_profile_version_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("version__gte", 1)), name="donations_profile_version"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("factor__in", [1, 10000])),
                        name="donations_profile_factor",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("currency__in", ["", "CNY", "other"])),
                        name="donations_profile_currency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name", ""), _negated=True),
                            models.Q(("fingerprint", ""), _negated=True),
                        ),
                        name="donations_profile_is_named",
                    ),
                ],
            },
        ),
        AppendOnly("ColumnProfile"),
    ]
