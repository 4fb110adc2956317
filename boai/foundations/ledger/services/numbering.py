"""Numbering the journal: entries get their number and their place in the hash chain set by set.

Acts do not wait for a counter that everybody locks; this step does, once for many entries.
"""

from collections.abc import Sequence

from django.db import transaction

from boai.foundations.ledger.models import Entry, Journal
from boai.foundations.ledger.rules import chunks, next_chain
from boai.ground.kit.db.bulk import fill_rows

BATCH = 20_000


def number_all() -> int:
    """Number what waits, in every society. Answers how many entries were numbered."""
    waiting = Entry.objects.filter(sequence__isnull=True)
    organisations = sorted(set(waiting.values_list("organisation_id", flat=True).distinct()))
    return sum(number_entries(organisation_id) for organisation_id in organisations)


def number_entries(organisation_id: int) -> int:
    """Number one society's waiting entries in the order of their ids, without a gap.

    The society's journal row is locked meanwhile, so that two workers never number at once.
    """
    done = 0
    while True:
        with transaction.atomic():
            Journal.objects.bulk_create(
                [Journal(organisation_id=organisation_id)], ignore_conflicts=True
            )
            Journal.objects.select_for_update(no_key=True).get(organisation_id=organisation_id)
            numbered = _number_batch(organisation_id)
        done += numbered
        if numbered < BATCH:
            return done


def _number_batch(organisation_id: int) -> int:
    own = Entry.objects.filter(organisation_id=organisation_id)
    last = own.filter(sequence__isnull=False).order_by("-sequence")
    number, chain = last.values_list("sequence", "chain").first() or (0, "")
    rows = []
    waiting = own.filter(sequence__isnull=True).order_by("id").values_list("id", "digest")
    for entry_id, digest in waiting[:BATCH]:
        number = (number or 0) + 1
        chain = next_chain(chain, digest)
        rows.append((entry_id, number, chain))
    _store(rows)
    return len(rows)


def _store(rows: Sequence[tuple[int, int, str]]) -> None:
    for part in chunks(rows, 5000):
        ids, numbers, chains = zip(*part, strict=True)
        filled = {"sequence": ("bigint", numbers), "chain": ("text", chains)}
        fill_rows(Entry._meta.db_table, ids, filled)
