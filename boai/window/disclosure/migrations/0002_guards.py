"""A published bulletin never changes (I-30); serial numbers have no gaps."""

from django.db import migrations

from boai.ground.kit.db.guards import AppendOnly, Refuses


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0001_initial")]

    operations = [
        AppendOnly(
            "bulletin", but=("state", "number", "serial", "published_by", "published_at")
        ),
        Refuses(
            "bulletin",
            "frozen",
            on="update",
            when="OLD.state <> 'draft'",
            message="a bulletin that was published or withdrawn never changes",
        ),
        Refuses(
            "bulletin",
            "no_gap",
            on="update",
            when=(
                "NEW.state = 'published' AND NEW.serial <> 1 + (SELECT COALESCE(MAX(b.serial), 0)"
                " FROM disclosure_bulletin b WHERE b.organisation_id = NEW.organisation_id"
                " AND b.appeal = NEW.appeal)"
            ),
            message="serial numbers of a series have no gaps",
        ),
        Refuses(
            "bulletin",
            "draft_first",
            on="insert",
            when="NEW.state <> 'draft'",
            message="a bulletin begins as a draft",
        ),
    ]
