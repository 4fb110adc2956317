"""What paid disbursements add to the totals of days."""

from django.db import migrations

from boai.ground.kit.db.feeds import Feeds


class Migration(migrations.Migration):
    dependencies = [("finance", "0002_guards"), ("figures", "0001_initial")]

    operations = [
        Feeds(
            "Disbursement",
            "feeds_paid",
            measure="'finance.paid'",
            organisation="n.organisation_id",
            day="n.paid_on",
            dimension="n.kind",
            amount="n.amount_fen",
            when="n.state IN ('paid', 'confirmed')",
            watch=("state", "paid_on"),
        ),
    ]
