"""Which account of the accounting rules stands for what; said once, never unsaid."""

import django.db.models.deletion
from django.db import migrations, models

from boai.ground.kit.db.guards import AppendOnly

USES = [
    "bank",
    "entrusted",
    "income-restricted",
    "income-unrestricted",
    "net-restricted",
    "net-unrestricted",
    "other",
    "spent-payment",
    "spent-purchase",
    "transferred-in",
    "transferred-out",
]


class Migration(migrations.Migration):
    dependencies = [
        ("finance", "0005_outflows_named"),
        ("identity", "0002_guards"),
        ("organisations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("use", models.CharField(max_length=24)),
                ("code", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=80)),
                ("set_at", models.DateTimeField()),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.person",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organisation", "use", "-id"], name="finance_code_newest"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(use__in=USES), name="finance_account_use_known"
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(code="") & ~models.Q(name=""),
                        name="finance_account_code_is_said",
                    ),
                ],
            },
        ),
        AppendOnly("accountcode"),
    ]
