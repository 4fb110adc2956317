"""What channels have told, kept before anything is made of it; its outcome is written once (I-9)."""

from django.db import migrations, models

from boai.ground.kit.db.guards import AppendOnly, Refuses

# What it is said to have come to must be what the order came to, by this very transaction.
ORDER_SAYS_SO = (
    "EXISTS (SELECT 1 FROM donations_paymentorder o WHERE o.number = NEW.order_number"
    ' AND o."transaction" = NEW."transaction" AND ('
    "(NEW.outcome = 'booked' AND o.state = 'paid' AND o.gift_id IS NOT NULL)"
    " OR (NEW.outcome = 'refund-due' AND o.state = 'refund-due')"
    " OR (NEW.outcome = 'repeated' AND o.state IN ('paid', 'refund-due'))))"
)
PAID = "NEW.says = 'paid' AND NEW.outcome IN ('booked', 'refund-due', 'repeated')"


class Migration(migrations.Migration):

    dependencies = [
        ('donations', '0006_approved_stays'),
    ]

    operations = [
        migrations.CreateModel(
            name='ToldPayment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(max_length=32)),
                ('merchant', models.CharField(max_length=64)),
                ('notification_id', models.CharField(max_length=64)),
                ('order_number', models.CharField(max_length=32)),
                ('transaction', models.CharField(max_length=64)),
                ('amount_fen', models.BigIntegerField()),
                ('currency', models.CharField(max_length=8)),
                ('says', models.CharField(max_length=8)),
                ('paid_at', models.DateTimeField()),
                ('digest', models.CharField(max_length=64)),
                ('told_at', models.DateTimeField()),
                ('outcome', models.CharField(blank=True, default='', max_length=12)),
                ('reason', models.CharField(blank=True, default='', max_length=60)),
                ('tries', models.IntegerField(default=0)),
                ('due_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('outcome', '')), fields=['id'], name='donations_told_waiting')],
                'constraints': [models.UniqueConstraint(fields=('channel', 'notification_id'), name='donations_told_once'), models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'booked', 'repeated', 'closed', 'ignored', 'refund-due', 'refused'])), name='donations_told_outcome'), models.CheckConstraint(condition=models.Q(('says__in', ['paid', 'closed'])), name='donations_told_says'), models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'refused'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='donations_told_refusal_says_why')],
            },
        ),
        AppendOnly("ToldPayment", but=("outcome", "reason", "tries", "due_at")),
        Refuses(
            "ToldPayment",
            "begins_waiting",
            on="insert",
            when="(NEW.outcome <> '' OR NEW.reason <> '' OR NEW.tries <> 0)",
            message="what a channel tells waits until it is looked into",
        ),
        Refuses(
            "ToldPayment",
            "settled_once",
            on="update",
            when="(OLD.outcome <> '')",
            message="what a told payment came to is written once",
        ),
        Refuses(
            "ToldPayment",
            "comes_to_what_the_order_says",
            on="update",
            when=f"({PAID} AND NOT {ORDER_SAYS_SO})",
            message="a told payment is settled as its order is",
        ),
    ]
