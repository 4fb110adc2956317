"""No money leaves a fund unless a disbursement says what for (I-6).

The other half, that it leaves as the disbursement was decided, is ``0004_books_agree``; what goes
back to givers is guarded by ``donations``.
"""

from django.db import migrations

from boai.ground.kit.db.guards import Refuses

PREFIX = "finance.disbursement:"
# The number is cut out of the subject, so that the look-up goes by the index of numbers.
UNNAMED = (
    "NEW.kind IN ('spend', 'transfer') AND NOT EXISTS ("  # noqa: S608
    f"SELECT 1 FROM finance_disbursement d WHERE d.number = SUBSTR(NEW.subject, {len(PREFIX) + 1})"
    f" AND NEW.subject = '{PREFIX}' || d.number"
    " AND (NEW.kind = 'transfer') = (d.kind = 'transfer'))"
)


class Migration(migrations.Migration):
    dependencies = [("finance", "0004_books_agree"), ("ledger", "0004_inflows_in_sets")]

    operations = [
        Refuses(
            "fundoutflow",
            "names_a_disbursement",
            on="insert",
            when=UNNAMED,
            message="money leaves a fund only for a disbursement (I-6)",
            below="ledger",
        ),
    ]
