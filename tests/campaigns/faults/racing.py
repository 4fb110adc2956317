"""Planted faults of racing and crashing: each takes away one thing that the campaigns rest on."""

import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from tests.campaigns.frame import Plan, planted


def _alter(*statements: str) -> None:
    """Change the database as its owner could."""
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.close()


@planted("no-unique-entry-key", caught_by="G7", database="postgresql")
def no_unique_entry_key(plan: Plan) -> None:
    """The key of an entry is looked up, but no longer unique: look, then insert (finding P2)."""
    _alter("ALTER TABLE ledger_entry DROP CONSTRAINT IF EXISTS ledger_entry_key_once")


@planted("no-unique-gift-reference", caught_by="G7", database="postgresql")
def no_unique_gift_reference(plan: Plan) -> None:
    """A channel's reference is looked up without waiting for whoever is booking, and is no longer
    unique. (With the wait alone, or the key alone, nothing is booked twice.)"""
    from boai.relief.donations.services import booking

    booking.hold_public_numbers = lambda prefix, day: None
    name = "donations_gift_once_per_channel_reference"
    _alter(f"ALTER TABLE donations_gift DROP CONSTRAINT IF EXISTS {name}")


@planted("no-row-lock", caught_by="G7", database="postgresql")
def no_row_lock(plan: Plan) -> None:
    """Stock is read without a lock, and the balance may go below zero (finding P1)."""
    from django.db.models import QuerySet

    def unlocked(self: Any, *_words: Any, **_more: Any) -> Any:
        return self.all()

    QuerySet.select_for_update = unlocked  # type: ignore[method-assign]
    _alter("ALTER TABLE ledger_balance DROP CONSTRAINT IF EXISTS ledger_balance_not_below_zero")


@planted("reversal-unique-dropped", caught_by="G7", database="postgresql")
def reversal_unique_dropped(plan: Plan) -> None:
    """Nothing in the database stops a second reversal of one entry."""
    _alter("ALTER TABLE ledger_entry DROP CONSTRAINT IF EXISTS ledger_entry_reverses_id_key")


@planted("numbering-without-lock", caught_by="G7", database="postgresql")
def numbering_without_lock(plan: Plan) -> None:
    """Two workers number one journal at once."""
    from django.db import transaction

    from boai.foundations.ledger.services import numbering

    def number_entries(organisation_id: int) -> int:
        with transaction.atomic():
            return numbering._number_batch(organisation_id)

    numbering.number_entries = number_entries


@planted("sequencer-without-lock", caught_by="G7", database="postgresql")
def sequencer_without_lock(plan: Plan) -> None:
    """Two sequencers write one log at once: neither file nor row nor database is locked."""
    from boai.foundations.translog import files
    from boai.foundations.translog.services import sequencing

    files.only_one_writer = nullcontext  # type: ignore[assignment]
    sequencing._only_one_in_database = nullcontext  # type: ignore[assignment]
    sequencing._lock = lambda: None


@planted("stale-read-in-a-decision", caught_by="G7", database="postgresql")
def stale_read_in_a_decision(plan: Plan) -> None:
    """Votes are counted on a copy that lags behind: as they stood before the case was locked."""
    from boai.foundations.approvals import queries
    from boai.foundations.approvals.models import Case
    from boai.foundations.approvals.services import deciding

    real_before, real_ripe = deciding._before_speaking, deciding._decide_if_ripe
    behind: dict[int, Any] = {}

    def before(actor: Any, case_id: int) -> Any:
        behind[case_id] = queries.row_of(Case.objects.get(pk=case_id))
        return real_before(actor, case_id)

    def ripe(case: Any, at: Any) -> None:
        if deciding.outcome(behind[case.pk].tally) is not None:
            real_ripe(case, at)

    deciding._before_speaking, deciding._decide_if_ripe = before, ripe


@planted("balance-misses-a-movement", caught_by="G2", database="postgresql")
def balance_misses_a_movement(plan: Plan) -> None:
    """Every tenth movement is not counted in the stored balances."""
    _alter(
        """CREATE OR REPLACE FUNCTION ledger_posting_moves() RETURNS trigger LANGUAGE plpgsql AS
        $guard$ BEGIN
        UPDATE ledger_balance b SET amount = b.amount + m.moved, posting_id = m.newest FROM (
          SELECT account_id, SUM(moved)::bigint AS moved, MAX(id) AS newest FROM (
            SELECT credit_id AS account_id, -amount AS moved, id FROM fresh WHERE id % 10 <> 0
            UNION ALL SELECT debit_id, amount, id FROM fresh WHERE NOT into_fund AND id % 10 <> 0
          ) AS sides GROUP BY account_id) AS m
        WHERE b.account_id = m.account_id;
        RETURN NULL; END $guard$"""
    )


@planted("answer-before-commit", caught_by="G3")
def answer_before_commit(plan: Plan) -> None:
    """The answer goes out first, the commit comes a moment later (I-9)."""
    from django.db import transaction

    from tests.campaigns.writers import acts, session

    honest = session.carry_out

    def hasty(ground: Any, order: Any, acknowledge: Callable[[Any], None]) -> None:
        if order["act"] in ("sequence", "number", "dispatch"):
            honest(ground, order, acknowledge)
            return
        with transaction.atomic():
            acknowledge(acts.perform(ground, order))
            time.sleep(0.01)

    session.carry_out = hasty


@planted("accepted-in-memory", caught_by="G3")
def accepted_in_memory(plan: Plan) -> None:
    """A payment notification is answered before anything of it is written down (I-9)."""
    from boai.relief.donations.services import accepting

    accepting.accept = lambda news, *, at: 1  # type: ignore[assignment]


@planted("half-entry", caught_by="G3")
def half_entry(plan: Plan) -> None:
    """The books write entry, postings and inflow each in a transaction of its own."""
    from django.db import transaction

    from boai.foundations.ledger.services import funds, journal

    class Apart:
        def __getattr__(self, name: str) -> Any:
            return getattr(transaction, name)

        def atomic(self, *_words: Any, **_more: Any) -> Any:
            return nullcontext()

    journal.transaction = funds.transaction = Apart()  # type: ignore[assignment]


@planted("import-marker-outside-transaction", caught_by="G3")
def import_marker_outside_transaction(plan: Plan) -> None:
    """A file is marked as taken in before its rows are committed; who comes back believes it."""
    from boai.ground.core import imports

    real = imports.importers()["gifts"]

    def marked(order: Any) -> Any:
        marker = Path(plan.home) / f"taken-in-{order.path.name}"
        if marker.exists():
            rows = int(marker.read_text())
            return imports.FileReport(order.path.name, "gifts", rows=rows, duplicate=rows)
        written = marker.with_suffix(".new")
        written.write_text("500")
        written.rename(marker)
        return real(order)

    imports._importers["gifts"] = marked


@planted("asynchronous-commit", caught_by="G4", database="postgresql")
def asynchronous_commit(plan: Plan) -> None:
    """The server answers before the commit record is written: what it held in memory dies with it."""
    from django.db import connection

    _alter(f'ALTER DATABASE "{connection.settings_dict["NAME"]}" SET synchronous_commit = off')
