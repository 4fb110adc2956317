"""Signatures, moments and the carrier stay once they stand; only an undone loading is cleared."""

from django.db import migrations

from boai.ground.kit.db.guards import Refuses, SetOnce

SIGNED = (
    "loaded_by_id",
    "loaded_at",
    "loading_digest",
    "countersigned_by_id",
    "departed_at",
    "departed_on",
)
SETTLED = ("outcome", "settled_by_id", "settled_at", "settled_on")


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0002_guards")]

    operations = [
        SetOnce(
            "waybill",
            "signed_once",
            columns=SIGNED,
            unless="OLD.state = 'loading' AND NEW.state = 'ordered'",
        ),
        Refuses(
            "waybill",
            "goes_with_its_carrier",
            on="update",
            when="OLD.state NOT IN ('ordered', 'loading') AND (NEW.carrier <> OLD.carrier"
            " OR NEW.vehicle <> OLD.vehicle OR (OLD.driver IS NOT NULL"
            " AND (NEW.driver IS NULL OR NEW.driver <> OLD.driver)))",
            message="dispatch: who carries is written before the goods leave",
        ),
    ]
