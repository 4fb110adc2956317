"""Kits, divided and merged lots, and what the database refuses about them (H01, I-18)."""

import django.db.models.deletion
from django.db import migrations, models

import boai.relief.warehouse.values
from boai.ground.kit.db.guards import AppendOnly, Refuses

SIGNING = "NEW.state = 'signed' AND OLD.state <> 'signed'"
USED = (
    "COALESCE((SELECT SUM(u.quantity) FROM warehouse_usedlot u JOIN warehouse_lot l"
    " ON l.id = u.lot_id WHERE u.note_id = NEW.id AND l.item_id = {item}), 0)"
)
MADE = "COALESCE((SELECT SUM(m.quantity) FROM warehouse_madelot m WHERE m.note_id = NEW.id), 0)"
PARTS_DIFFER = (
    "(NOT EXISTS (SELECT 1 FROM catalogue_kitpart k WHERE k.kit_id = NEW.item_id)"  # noqa: S608
    " OR EXISTS (SELECT 1 FROM catalogue_kitpart k WHERE k.kit_id = NEW.item_id"
    f" AND k.quantity * {MADE} <> {USED.format(item='k.part_id')})"
    " OR EXISTS (SELECT 1 FROM warehouse_usedlot u JOIN warehouse_lot l ON l.id = u.lot_id"
    " WHERE u.note_id = NEW.id AND NOT EXISTS (SELECT 1 FROM catalogue_kitpart k"
    " WHERE k.kit_id = NEW.item_id AND k.part_id = l.item_id)))"
)
OTHER_ITEM = (
    "EXISTS (SELECT 1 FROM warehouse_usedlot u JOIN warehouse_lot l ON l.id = u.lot_id"
    " WHERE u.note_id = NEW.id AND l.item_id <> NEW.item_id)"
)
WORN = (
    "EXISTS (SELECT 1 FROM warehouse_madelot m JOIN warehouse_lot c ON c.id = m.lot_id,"
    " warehouse_usedlot u JOIN warehouse_lot l ON l.id = u.lot_id"
    " WHERE m.note_id = NEW.id AND u.note_id = NEW.id AND (l.state <> 'released'"
    " OR (l.expires_on IS NOT NULL AND (c.expires_on IS NULL OR c.expires_on > l.expires_on))))"
)


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0002_kits"),
        ("identity", "0002_guards"),
        ("organisations", "0001_initial"),
        ("warehouse", "0003_feeds"),
    ]

    operations = [
        migrations.CreateModel(
            name="Repacking",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=30, unique=True)),
                ("kind", models.CharField(max_length=8)),
                (
                    "state",
                    models.CharField(
                        default=boai.relief.warehouse.values.NoteState["COUNTED"], max_length=12
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("packed_at", models.DateTimeField()),
                ("countersigned_at", models.DateTimeField(null=True)),
                (
                    "countersigned_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.person",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.item",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "packed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.person",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="warehouse.store",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MadeLot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.BigIntegerField()),
                ("bin", models.CharField(blank=True, default="", max_length=30)),
                ("spec", models.CharField(blank=True, default="", max_length=200)),
                (
                    "lot",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="made_by",
                        to="warehouse.lot",
                    ),
                ),
                (
                    "note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="made",
                        to="warehouse.repacking",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UsedLot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.BigIntegerField()),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="used_by",
                        to="warehouse.lot",
                    ),
                ),
                (
                    "note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="used",
                        to="warehouse.repacking",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="repacking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("packed_by__isnull", True),
                    ("countersigned_by__isnull", True),
                    models.Q(("packed_by", models.F("countersigned_by")), _negated=True),
                    _connector="OR",
                ),
                name="warehouse_repacked_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="repacking",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["counted", "signed", "withdrawn"])),
                name="warehouse_repacking_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="repacking",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["kit", "repack"])), name="warehouse_repacking_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="repacking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "signed"), _negated=True),
                    ("countersigned_by__isnull", False),
                    _connector="OR",
                ),
                name="warehouse_repacking_needs_second",
            ),
        ),
        migrations.AddConstraint(
            model_name="madelot",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="warehouse_made_gt0"
            ),
        ),
        migrations.AddConstraint(
            model_name="usedlot",
            constraint=models.UniqueConstraint(
                models.F("note"), models.F("lot"), name="warehouse_used_lot_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="usedlot",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="warehouse_used_gt0"
            ),
        ),
        AppendOnly("Repacking", but=("state", "countersigned_by_id", "countersigned_at")),
        AppendOnly("UsedLot"),
        AppendOnly("MadeLot", but=("lot_id",)),
        Refuses(
            "Repacking",
            "begins_unsigned",
            on="insert",
            when="NEW.state <> 'counted'",
            message="warehouse: a repacking begins with one signature",
        ),
        Refuses(
            "Repacking",
            "closed",
            on="update",
            when="OLD.state <> 'counted'",
            message="warehouse: a signed or withdrawn repacking does not change",
        ),
        Refuses(
            "Repacking",
            "keeps_quantities",
            on="update",
            when=f"({SIGNING} AND ((NEW.kind = 'kit' AND {PARTS_DIFFER}) OR (NEW.kind = 'repack'"
            f" AND ({OTHER_ITEM} OR {MADE} <> {USED.format(item='NEW.item_id')}))))",
            message="warehouse: a repacking neither makes nor loses anything",
        ),
        Refuses(
            "Repacking",
            "no_better_than_its_parts",
            on="update",
            when=f"({SIGNING} AND {WORN})",
            message="warehouse: a lot is no better than the lots it was made of",
        ),
        Refuses(
            "UsedLot",
            "not_after_second",
            on="insert",
            when="EXISTS (SELECT 1 FROM warehouse_repacking n"
            " WHERE n.id = NEW.note_id AND n.state <> 'counted')",
            message="warehouse: no line is added to a signed repacking",
        ),
    ]
