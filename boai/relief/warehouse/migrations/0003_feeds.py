"""What lots received and notes issued add to the totals of days."""

from django.db import migrations

from boai.ground.kit.db.feeds import Feeds


class Migration(migrations.Migration):
    dependencies = [("warehouse", "0002_guards"), ("figures", "0001_initial")]

    operations = [
        Feeds(
            "Lot",
            "feeds_accepted",
            measure="'warehouse.accepted'",
            organisation="n.organisation_id",
            day="n.received_on",
            amount="n.received_quantity",
            when="n.received_line_id IS NOT NULL",
        ),
        Feeds(
            "IssueNote",
            "feeds_sent",
            measure="'warehouse.sent'",
            organisation="n.organisation_id",
            day="n.countersigned_on",
            dimension="CASE WHEN t.received_on = n.countersigned_on THEN 'same-day' ELSE '' END",
            amount="l.quantity",
            join="JOIN warehouse_issueline l ON l.note_id = n.id"
            " JOIN warehouse_lot t ON t.id = l.lot_id",
            when="n.state = 'signed'",
            watch=("state", "countersigned_on"),
        ),
    ]
