"""What money arriving in funds and leaving them adds to the totals of days."""

from django.db import migrations

from boai.ground.kit.db.feeds import Feeds


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_guards"), ("figures", "0001_initial")]

    operations = [
        Feeds(
            "FundInflow",
            "feeds_in",
            measure="'ledger.funds'",
            organisation="f.organisation_id",
            day="{day:n.at}",
            dimension="'in'",
            amount="n.amount",
            join="JOIN ledger_fund f ON f.id = n.fund_id",
        ),
        Feeds(
            "FundOutflow",
            "feeds_out",
            measure="'ledger.funds'",
            organisation="f.organisation_id",
            day="{day:n.at}",
            dimension="n.kind",
            amount="-n.amount",
            join="JOIN ledger_fund f ON f.id = n.fund_id",
        ),
    ]
