"""What channels tell of money that went back, and each time a silent channel was asked (I-12, F-09)."""

import django.db.models.deletion
from django.db import migrations, models

from boai.ground.kit.db.guards import AppendOnly, Refuses

FITS = (
    "EXISTS (SELECT 1 FROM donations_paymentorder o WHERE o.number = NEW.order_number"  # noqa: S608
    " AND o.channel = NEW.channel AND o.merchant = NEW.merchant"
    ' AND (o."transaction" IS NULL OR o."transaction" = NEW."transaction")'
    " AND o.amount_fen >= NEW.amount_fen + CASE WHEN NEW.in_all THEN 0 ELSE COALESCE(("
    "SELECT SUM(r.amount_fen) FROM donations_toldrefund r WHERE r.order_number = NEW.order_number"
    " AND r.channel = NEW.channel AND r.merchant = NEW.merchant AND NOT r.in_all), 0) END)"
)

class Migration(migrations.Migration):

    dependencies = [
        ('donations', '0010_keys_in_sets'),
    ]

    operations = [
        migrations.CreateModel(
            name='ToldRefund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(max_length=32)),
                ('merchant', models.CharField(max_length=64)),
                ('notification_id', models.CharField(max_length=64)),
                ('order_number', models.CharField(db_index=True, max_length=32)),
                ('transaction', models.CharField(max_length=64)),
                ('request', models.CharField(blank=True, default='', max_length=64)),
                ('amount_fen', models.BigIntegerField()),
                ('in_all', models.BooleanField()),
                ('refunded_at', models.DateTimeField()),
                ('digest', models.CharField(max_length=64)),
                ('told_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['channel', 'merchant', 'refunded_at'], name='donations_told_refund_day')],
                'constraints': [models.UniqueConstraint(fields=('channel', 'notification_id'), name='donations_told_refund_once'), models.UniqueConstraint(condition=models.Q(('in_all', False)), fields=('channel', 'merchant', 'order_number', 'request'), name='donations_told_refund_request_once'), models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0)), name='donations_told_refund_above_zero'), models.CheckConstraint(condition=models.Q(('in_all', True), models.Q(('request', ''), _negated=True), _connector='OR'), name='donations_told_refund_is_named')],
            },
        ),
        migrations.CreateModel(
            name='AskedOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('answer', models.CharField(max_length=10)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='asked', to='donations.paymentorder')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('answer__in', ('paid', 'closed', 'waiting', 'unknown', 'refused', 'silent'))), name='donations_asked_order_answer')],
            },
        ),
        AppendOnly("ToldRefund"),
        AppendOnly("AskedOrder"),
        Refuses(
            "ToldRefund",
            "fits_its_order",
            on="insert",
            when=f"(NOT {FITS})",
            message="what went back is of an order of this channel, and no more than was paid (I-12)",
        ),
    ]
