"""Leaves and heads are for ever; an index is given once. Salts may be deleted (I-38)."""

from django.db import migrations

from boai.ground.kit.db.guards import AppendOnly, Refuses


class Migration(migrations.Migration):
    dependencies = [("translog", "0001_initial")]

    operations = [
        AppendOnly("leaf", but=("tree_index",)),
        Refuses(
            "leaf",
            "index_once",
            on="update",
            when="OLD.tree_index IS NOT NULL AND (NEW.tree_index IS NULL OR NEW.tree_index <> OLD.tree_index)",
            message="a leaf keeps its index",
        ),
        Refuses(
            "leaf",
            "index_later",
            on="insert",
            when="NEW.tree_index IS NOT NULL",
            message="only the sequencer gives a leaf its index",
        ),
        AppendOnly("signedhead"),
        Refuses(
            "leafsalt",
            "salt_stays",
            on="update",
            when="NEW.salt <> OLD.salt OR NEW.ref <> OLD.ref OR NEW.name <> OLD.name",
            message="a salt is deleted or kept, never changed",
        ),
    ]
