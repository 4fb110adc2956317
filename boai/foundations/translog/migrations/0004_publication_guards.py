"""Cosignatures and publications are for ever; publication only moves forward (I-37)."""

from django.db import migrations

from boai.ground.kit.db.guards import AppendOnly, Refuses


class Migration(migrations.Migration):
    dependencies = [("translog", "0003_cosignatures")]

    operations = [
        AppendOnly("cosignature"),
        AppendOnly("publishedhead"),
        Refuses(
            "publishedhead",
            "forward",
            on="insert",
            when="(SELECT size FROM translog_signedhead WHERE id = NEW.head_id) <= "
            "(SELECT COALESCE(MAX(h.size), -1) FROM translog_publishedhead p "
            "JOIN translog_signedhead h ON h.id = p.head_id)",
            message="publication only moves forward",
        ),
    ]
