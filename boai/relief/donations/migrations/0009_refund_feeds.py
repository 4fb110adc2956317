"""What refunds add to the totals of days, so that a public total never exceeds what was kept."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from boai.ground.core.clock import day_of
from boai.ground.kit.db.feeds import Feeds


def add_what_was_paid_before(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Refunds paid before there was a feed are counted as the feed would have counted them."""
    paid = apps.get_model("donations", "Refund").objects.filter(state="paid", kind="refund")
    addition = apps.get_model("figures", "Addition")
    rows = paid.values_list("organisation_id", "gift__channel", "amount_fen", "paid_at")
    addition.objects.bulk_create(
        [
            addition(
                measure="donations.refunded",
                organisation_id=organisation,
                day=day_of(paid_at),
                dimension=channel,
                number=1,
                amount=amount,
            )
            for organisation, channel, amount, paid_at in rows.iterator()
        ],
        batch_size=1000,
    )


class Migration(migrations.Migration):
    dependencies = [("donations", "0008_outflows_named"), ("figures", "0001_initial")]

    operations = [
        Feeds(
            "Refund",
            "feeds_refunds",
            measure="'donations.refunded'",
            organisation="n.organisation_id",
            day="{day:n.paid_at}",
            dimension="g.channel",
            amount="n.amount_fen",
            join="JOIN donations_gift g ON g.id = n.gift_id",
            when="n.state = 'paid' AND n.kind = 'refund'",
            watch=("state", "paid_at"),
        ),
        migrations.RunPython(add_what_was_paid_before, migrations.RunPython.noop),
    ]
