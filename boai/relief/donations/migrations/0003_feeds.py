"""What gifts add to the totals of days."""

from django.db import migrations

from boai.ground.kit.db.feeds import Feeds


class Migration(migrations.Migration):
    dependencies = [("donations", "0002_guards"), ("figures", "0001_initial")]

    operations = [
        Feeds(
            "Gift",
            "feeds_gifts",
            measure="CASE n.kind WHEN 'cash' THEN 'donations.money' ELSE 'donations.goods' END",
            organisation="n.organisation_id",
            day="{day:n.confirmed_at}",
            dimension="n.channel || CASE WHEN n.directed_to_id IS NULL THEN '' ELSE '+directed' END",
            amount="COALESCE(n.amount_fen, 0)",
            when="n.state = 'confirmed'",
            watch=("state", "confirmed_at"),
        ),
    ]
