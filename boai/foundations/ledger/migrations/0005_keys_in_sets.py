"""On PostgreSQL the keys of entries, postings and inflows are looked for once a statement."""

from django.db import migrations

from boai.ground.kit.db.keys import KeysInSets


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_inflows_in_sets")]

    operations = [
        KeysInSets("Entry", stays=("reverses_id",)),
        # ``ledger_posting_fits`` looks up the entry and both accounts, ``has_own_posting`` the
        # posting; none of those rows is ever deleted.
        KeysInSets("Posting", held=("entry_id", "debit_id", "credit_id")),
        KeysInSets("FundInflow", held=("posting_id",), stays=("fund_id", "continues_id")),
    ]
