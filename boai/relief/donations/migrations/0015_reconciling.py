"""What channels' bills say, and days closed and opened again; all of it only added to (I-13)."""

import boai.ground.kit.db.sealed
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from boai.ground.kit.db.guards import AppendOnly, Refuses

LAST = (
    "COALESCE((SELECT c.deed FROM donations_dayclosing c WHERE c.organisation_id = {0}.organisation_id"
    " AND c.day = {0}.day AND c.channel = {0}.channel AND c.merchant = {0}.merchant"
    " ORDER BY c.turn DESC LIMIT 1), '')"
)
TURNS = (
    "COALESCE((SELECT MAX(c.turn) FROM donations_dayclosing c"
    " WHERE c.organisation_id = NEW.organisation_id AND c.day = NEW.day"
    " AND c.channel = NEW.channel AND c.merchant = NEW.merchant), 0)"
)
FITS = (
    "EXISTS (SELECT 1 FROM donations_channelline l JOIN donations_gift g ON g.id = NEW.gift_id"
    " WHERE l.id = NEW.line_id AND g.amount_fen = l.amount_fen AND g.kind = 'cash'"
    " AND g.state = 'confirmed' AND g.organisation_id = l.organisation_id"
    f" AND {LAST.format('l')} <> 'closed')"
)


class Migration(migrations.Migration):

    dependencies = [
        ('donations', '0014_undo'),
        ('organisations', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ChannelLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(max_length=32)),
                ('merchant', models.CharField(max_length=64)),
                ('day', models.DateField()),
                ('reference', models.CharField(max_length=128)),
                ('amount_fen', models.BigIntegerField()),
                ('name', boai.ground.kit.db.sealed.SealedText(null=True)),
                ('file', models.CharField(max_length=120)),
                ('taken_by', models.BigIntegerField()),
                ('taken_at', models.DateTimeField()),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='DayClosing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(max_length=32)),
                ('merchant', models.CharField(max_length=64)),
                ('day', models.DateField()),
                ('turn', models.IntegerField()),
                ('deed', models.CharField(max_length=8)),
                ('channel_fen', models.BigIntegerField()),
                ('books_fen', models.BigIntegerField()),
                ('difference_fen', models.BigIntegerField()),
                ('left_over', models.IntegerField()),
                ('note', models.CharField(blank=True, default='', max_length=300)),
                ('by', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='FollowedItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.CharField(max_length=200)),
                ('owner', models.BigIntegerField()),
                ('note', models.CharField(blank=True, default='', max_length=300)),
                ('by', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='Pairing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('note', models.CharField(max_length=300)),
                ('by', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('gift', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='pairing', to='donations.gift')),
                ('line', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='pairing', to='donations.channelline')),
            ],
        ),
        migrations.AddIndex(
            model_name='channelline',
            index=models.Index(fields=['organisation', 'day'], name='donations_channel_line_day'),
        ),
        migrations.AddConstraint(
            model_name='channelline',
            constraint=models.UniqueConstraint(fields=('channel', 'merchant', 'reference'), name='donations_channel_line_once'),
        ),
        migrations.AddConstraint(
            model_name='channelline',
            constraint=models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0), models.Q(('reference', ''), _negated=True)), name='donations_channel_line_is_a_payment'),
        ),
        migrations.AddConstraint(
            model_name='dayclosing',
            constraint=models.UniqueConstraint(fields=('organisation', 'day', 'channel', 'merchant', 'turn'), name='donations_day_closing_once'),
        ),
        migrations.AddConstraint(
            model_name='dayclosing',
            constraint=models.CheckConstraint(condition=models.Q(('deed__in', ['closed', 'reopened'])), name='donations_day_closing_deed'),
        ),
        migrations.AddConstraint(
            model_name='dayclosing',
            constraint=models.CheckConstraint(condition=models.Q(('difference_fen', django.db.models.expressions.CombinedExpression(models.F('channel_fen'), '-', models.F('books_fen')))), name='donations_day_closing_adds_up'),
        ),
        migrations.AddConstraint(
            model_name='dayclosing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('note', ''), _negated=True), models.Q(('deed', 'closed'), ('difference_fen', 0), ('left_over', 0)), _connector='OR'), name='donations_day_closing_says_why'),
        ),
        migrations.AddIndex(
            model_name='followeditem',
            index=models.Index(fields=['organisation', 'item'], name='donations_followed_item'),
        ),
        migrations.AddConstraint(
            model_name='pairing',
            constraint=models.CheckConstraint(condition=models.Q(('note', ''), _negated=True), name='donations_pairing_says_why'),
        ),
        migrations.AddIndex(
            model_name="toldpayment",
            index=models.Index(fields=["order_number"], name="donations_told_by_order"),
        ),
        migrations.AddIndex(
            model_name="toldpayment",
            index=models.Index(fields=["paid_at"], name="donations_told_by_day"),
        ),
        AppendOnly("ChannelLine"),
        AppendOnly("Pairing"),
        AppendOnly("FollowedItem"),
        AppendOnly("DayClosing"),
        Refuses(
            "ChannelLine",
            "day_is_open",
            on="insert",
            when=f"({LAST.format('NEW')} = 'closed')",
            message="a closed day takes no new line",
        ),
        Refuses(
            "Pairing",
            "fits",
            on="insert",
            when=f"(NOT {FITS})",
            message="a line and a gift of one amount, on a day that is open",
        ),
        Refuses(
            "DayClosing",
            "takes_turns",
            on="insert",
            when=f"(NEW.turn <> {TURNS} + 1 OR NEW.deed = {LAST.format('NEW')}"
            f" OR (NEW.turn = 1 AND NEW.deed <> 'closed'))",
            message="a day is closed, and opened again, one after the other",
        ),
    ]
