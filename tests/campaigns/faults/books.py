"""Planted faults of the books: each breaks one thing that G1 watches.

A fault replaces a function in this process, takes a guard out of this database, or both: where the
database would stop what the program no longer refuses, the guard goes too, so that the campaign and
not the second belt is what must see it.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.campaigns.frame import Plan, planted


def _drop_triggers(*names: str) -> None:
    """Take guards of SQLite away; one that is not there is a mistake in this file."""
    from django.db import connection

    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f'DROP TRIGGER "{name}"')


def _without_checks() -> None:
    """The connection stops looking at CHECK constraints, as if the tables had none."""
    from django.db import connection
    from django.db.backends.signals import connection_created

    def unheeding(connection: Any, **_: Any) -> None:
        connection.cursor().execute("PRAGMA ignore_check_constraints = ON")

    connection_created.connect(unheeding, weak=False, dispatch_uid="campaign-fault")
    connection.cursor().execute("PRAGMA ignore_check_constraints = ON")


def _wrap(module: Any, name: str, around: Callable[..., Any]) -> None:
    """Replace ``module.name`` by ``around(plain, ...)``."""
    plain = getattr(module, name)

    def changed(*words: Any, **named: Any) -> Any:
        return around(plain, *words, **named)

    setattr(module, name, changed)


@planted("drop-one-leg", caught_by="G1")
def drop_one_leg(plan: Plan) -> None:
    """An entry of several legs loses its last one; what is left balances all the same."""
    from boai.foundations.ledger.services import posting

    def shortened(plain: Any, actor: Any, *, orders: Any, **named: Any) -> Any:
        cut = [
            order._replace(legs=tuple(order.legs)[:-1]) if len(order.legs) > 1 else order
            for order in orders
        ]
        return plain(actor, orders=cut, **named)

    _wrap(posting, "write_entries", shortened)


@planted("float-split", caught_by="G1")
def float_split(plan: Plan) -> None:
    """Shares are computed with floating point and rounded one by one."""
    from boai.relief.allocation import rules

    def rounded(total: int, weights: Sequence[int]) -> list[int]:
        whole = float(sum(weights))
        return [round(total * weight / whole) for weight in weights]

    rules.largest_remainder = rounded  # type: ignore[attr-defined]


@planted("skip-amount-check", caught_by="G1")
def skip_amount_check(plan: Plan) -> None:
    """A payment is believed whatever amount it names."""
    from boai.relief.donations.services import giving

    def believing(plain: Any, order: Any, news: Any) -> None:
        plain(order, replace(news, amount_fen=order.amount_fen))

    _wrap(giving, "refuse_contradiction", believing)


@planted("count-accounts-not-persons", caught_by="G1")
def count_accounts(plan: Plan) -> None:
    """Two signatures are two accounts: the second may be the first person again."""
    from boai.relief.dispatch import permissions as dispatch
    from boai.relief.warehouse import permissions as warehouse

    def any_account(actor: Any, first_person_id: int | None) -> int:
        return int(actor.person_id)

    warehouse.other_person = any_account
    dispatch.other_person = any_account
    _without_checks()


@planted("approval-not-bound-to-digest", caught_by="G1")
def approval_unbound(plan: Plan) -> None:
    """A vote counts for whatever the case holds, whatever was shown."""
    from boai.foundations.approvals import queries
    from boai.foundations.approvals.services import deciding

    def unbound(plain: Any, actor: Any, *, case_id: int, digest: str, **named: Any) -> Any:
        return plain(actor, case_id=case_id, digest=queries.case(case_id).digest, **named)

    _wrap(deciding, "vote", unbound)


@planted("span-taken-twice", caught_by="G1")
def span_twice(plan: Plan) -> None:
    """The guard of the spans is gone, and each spending begins one fen too early."""
    from boai.foundations.ledger.services import spans

    def early(plain: Any, fund_id: int, pieces: Any, *rest: Any) -> Any:
        found = list(pieces)
        if found and found[0][0] > 0:
            start, end = found[0]
            found[0] = (start - 1, end - 1)
        return plain(fund_id, found, *rest)

    _wrap(spans, "_consume", early)
    _drop_triggers(*_triggers_of("ledger_fundspan", "interval"))


def _triggers_of(table: str, part: str) -> list[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table]
        )
        found = [name for (name,) in cursor.fetchall() if part in name]
    assert found, f"{table} has no guard named {part}"
    return found


@planted("balance-guard-dropped", caught_by="G1")
def balance_unguarded(plan: Plan) -> None:
    """Neither the program nor the database minds a place below nothing."""
    from boai.foundations.ledger.services import journal

    def unheeding(plain: Any, *words: Any) -> None:
        return None

    _wrap(journal, "_check_scarce", unheeding)
    _without_checks()


@planted("foreign-fund-unchecked", caught_by="G1")
def foreign_fund(plan: Plan) -> None:
    """A posting may point at another society's account: neither rule nor guard looks."""
    from boai.foundations.ledger.services import journal

    def unheeding(plain: Any, organisation_id: int, legs: Any) -> str:
        why = str(plain(organisation_id, legs))
        return "" if "机构" in why else why

    _wrap(journal, "reason_against_legs", unheeding)
    _drop_triggers("ledger_posting_fits")


@planted("numbering-skips-one", caught_by="G1")
def numbering_skips(plan: Plan) -> None:
    """Once in a while the numbering step leaves a number out."""
    from boai.foundations.ledger.services import numbering

    def skipping(plain: Any, rows: Sequence[tuple[int, int, str]]) -> Any:
        return plain([(id, number + (number > 40), chain) for id, number, chain in rows])

    _wrap(numbering, "_store", skipping)


@planted("unsalted-digest-in-a-leaf", caught_by="G1")
def unsalted(plan: Plan) -> None:
    """What a leaf commits to can be found by trying names."""
    from boai.foundations.translog.services import queueing

    def bare(plain: Any, salt: str, value: str) -> str:
        return hashlib.sha256(value.encode()).hexdigest()

    _wrap(queueing, "commitment", bare)


@planted("spare-field-in-a-leaf", caught_by="G1")
def spare_field(plan: Plan) -> None:
    """One serialiser passes the giver's name on."""
    from boai.relief.donations.models import Gift
    from boai.window.disclosure.services import leaving

    def talkative(plain: Any, kind: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        told: dict[str, Any] = plain(kind, facts)
        if kind == "gift-confirmed":
            gift = Gift.objects.select_related("donor").get(number=facts["number"])
            told["giver"] = gift.donor.name if gift.donor else ""
        return told

    _wrap(leaving, "public_facts", talkative)


@planted("trust-client-time", caught_by="G1")
def trust_client_time(plan: Plan) -> None:
    """Whatever moment a sender names is believed, tomorrow as well."""
    from boai.relief.donations import rules

    def believing(plain: Any, order: Any, now: Any) -> str:
        return str(plain(order._replace(given_at=min(order.given_at, now)), now))

    _wrap(rules, "reason_against", believing)


@planted("leaf-forgotten", caught_by="G1")
def leaf_forgotten(plan: Plan) -> None:
    """Of what leaves the store nothing is said in public."""
    from boai.ground.core import events
    from boai.relief.warehouse.events import GoodsReceived

    events._listeners[GoodsReceived] = [
        listener
        for listener in events._listeners[GoodsReceived]
        if listener.__name__ != "leave_goods_received"
    ]


@planted("refund-from-elsewhere", caught_by="G1")
def refund_from_elsewhere(plan: Plan) -> None:
    """A refund takes the oldest money of the fund instead of the gift's own."""
    from boai.foundations.ledger.services import spans

    def oldest(plain: Any, inflow: Any, amount: int, **named: Any) -> Any:
        if named["kind"] != "refund":
            return plain(inflow, amount, **named)
        subject = named.pop("subject", "") or inflow.source
        return spans.take_oldest(inflow.fund_id, amount, subject=subject, **named)

    _wrap(spans, "take_back", oldest)


@planted("half-an-act", caught_by="G1")
def half_an_act(plan: Plan) -> None:
    """Booking gifts is no longer one transaction: what is broken off leaves its first half."""
    from contextlib import nullcontext
    from types import SimpleNamespace

    from boai.foundations.ledger.services import funds
    from boai.relief.donations.services import booking

    for module in (booking, funds):
        module.transaction = SimpleNamespace(atomic=nullcontext)  # type: ignore[attr-defined]
