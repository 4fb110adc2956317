"""Writing entries and postings: the one place where the books are written to."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from django.db import IntegrityError, connection, transaction

from boai.foundations.ledger.errors import (
    AlreadyReversed,
    NotEnough,
    PostingIsMalformed,
    SameKeyOtherInputs,
)
from boai.foundations.ledger.models import Account, Balance, Entry, Posting
from boai.foundations.ledger.rules import entry_digest, in_chunks, posting_line, reason_against_legs
from boai.foundations.ledger.values import (
    BALANCE_KINDS,
    KIND_LABELS,
    AccountKey,
    EntryOrder,
    Prepared,
)
from boai.ground.core.actors import Actor
from boai.ground.core.canonical import canonical_many
from boai.ground.core.money import CNY, yuan
from boai.ground.kit.db.bulk import COPIED_FROM, append_rows, insert_rows, rows_among

ENTRY_COLUMNS = {
    "organisation_id": "bigint",
    "kind": "text",
    "key": "text",
    "inputs_digest": "text",
    "subject": "text",
    "at": "timestamptz",
    "person_id": "bigint",
    "actor": "text",
    "reverses_id": "bigint",
    "digest": "text",
    "chain": "text",
}


def write_entries(
    actor: Actor,
    *,
    organisation_id: int,
    kind: str,
    orders: Sequence[EntryOrder],
    reverses_id: int | None = None,
) -> list[Prepared]:
    """Write many entries of one kind in a handful of statements; repeated keys are answered.

    *Refuses*: ``PostingIsMalformed``, ``SameKeyOtherInputs``, ``NotEnough``; ``AlreadyReversed``
    when another connection reversed the same entry meanwhile.
    """
    inputs = canonical_many([order.inputs for order in orders])
    prepared = [
        _prepare(actor, organisation_id, kind, order, said, reverses_id)
        for order, said in zip(orders, inputs, strict=True)
    ]
    with transaction.atomic():
        fresh = _settle_keys(organisation_id, prepared)
        if not fresh:
            return prepared
        _insert_entries(actor, organisation_id, kind, fresh, reverses_id)
        written = [p for p in fresh if not p.repeated]
        ids = find_or_make_accounts(
            key for p in written for leg in p.order.legs for key in (leg.debit, leg.credit)
        )
        _check_scarce(written, ids)
        _insert_postings(organisation_id, written, ids)
    _answer_twins(prepared)
    return prepared


def _prepare(
    actor: Actor,
    organisation_id: int,
    kind: str,
    order: EntryOrder,
    said: str,
    reverses_id: int | None,
) -> Prepared:
    """``said`` is the canonical form of the order's inputs."""
    why = reason_against_legs(organisation_id, order.legs)
    if not why and not 0 < len(order.key) <= 200:
        why = "请求号为空或过长"
    if not why and (len(order.subject) > 140 or order.at.tzinfo is None):
        why = "事由过长或时间没有时区"
    if why:
        raise PostingIsMalformed(why=why)
    inputs = sha256(said.encode()).hexdigest()
    whole = entry_digest(
        (
            organisation_id,
            kind,
            order.key,
            inputs,
            order.subject,
            actor.person_id,
            actor.label,
            reverses_id,
        ),
        order.at,
        (posting_line(leg.debit.code, leg.credit.code, leg.amount) for leg in order.legs),
    )
    return Prepared(order, inputs, whole)


def _settle_keys(organisation_id: int, prepared: Sequence[Prepared]) -> list[Prepared]:
    """Answer keys that were posted before; what is left is new, each key once."""
    known: dict[str, tuple[int, str, int | None]] = {}
    wanted, also = ("key", "id", "inputs_digest", "sequence"), {"organisation_id": organisation_id}
    for keys in in_chunks(p.order.key for p in prepared):
        for key, id, inputs, number in rows_among(Entry._meta.db_table, wanted, "key", keys, also):
            known[key] = (id, inputs, number)
    fresh: dict[str, Prepared] = {}
    for p in prepared:
        before = known.get(p.order.key)
        if before is not None:
            _repeat(p, before)
        elif p.order.key in fresh:
            if fresh[p.order.key].inputs_digest != p.inputs_digest:
                raise SameKeyOtherInputs()
            p.repeated = True
        else:
            fresh[p.order.key] = p
    return list(fresh.values())


def _repeat(p: Prepared, before: tuple[int, str, int | None]) -> None:
    entry_id, inputs_digest, sequence = before
    if inputs_digest != p.inputs_digest:
        raise SameKeyOtherInputs()
    p.entry_id, p.sequence, p.repeated = entry_id, sequence, True


def _insert_entries(
    actor: Actor,
    organisation_id: int,
    kind: str,
    fresh: Sequence[Prepared],
    reverses_id: int | None,
) -> None:
    """Insert the entries; a key that another connection wrote meanwhile is answered as repeated."""
    if reverses_id is None and len(fresh) >= COPIED_FROM:
        try:
            with transaction.atomic():
                _append_entries(actor, organisation_id, kind, fresh)
            return
        except IntegrityError:
            pass  # a key was written meanwhile: the way below tells which
    rows = [
        (
            organisation_id,
            kind,
            p.order.key,
            p.inputs_digest,
            p.order.subject,
            connection.ops.adapt_datetimefield_value(p.order.at),
            actor.person_id,
            actor.label,
            reverses_id,
            p.digest,
            "",
        )
        for p in fresh
    ]
    made = insert_rows(
        Entry._meta.db_table, ENTRY_COLUMNS, rows, returning=("id", "key"), skip_conflicts=True
    )
    by_key = {key: entry_id for entry_id, key in made}
    late = [p for p in fresh if p.order.key not in by_key]
    for p in fresh:
        p.entry_id = by_key.get(p.order.key)
    if late:
        _settle_keys(organisation_id, late)
        if any(p.entry_id is None for p in late):
            raise AlreadyReversed()


def _append_entries(
    actor: Actor, organisation_id: int, kind: str, fresh: Sequence[Prepared]
) -> None:
    ids = append_rows(
        Entry,
        len(fresh),
        {
            "organisation_id": organisation_id,
            "kind": kind,
            "key": [p.order.key for p in fresh],
            "inputs_digest": [p.inputs_digest for p in fresh],
            "subject": [p.order.subject for p in fresh],
            "at": [p.order.at for p in fresh],
            "person_id": actor.person_id,
            "actor": actor.label,
            "digest": [p.digest for p in fresh],
            "chain": "",
        },
    )
    for p, entry_id in zip(fresh, ids, strict=True):
        p.entry_id = entry_id


def find_or_make_accounts(keys: Iterable[AccountKey]) -> dict[str, int]:
    """The ids of accounts by code; those not there yet are made."""
    wanted: dict[str, AccountKey] = {key.code: key for key in keys}
    found = _account_ids(wanted)
    missing = sorted(code for code in wanted if code not in found)
    if missing:
        Account.objects.bulk_create(
            [
                Account(
                    organisation_id=key.organisation_id,
                    kind=key.kind,
                    ref=key.ref,
                    commodity=key.commodity,
                    lot=key.lot,
                    code=code,
                )
                for code in missing
                for key in (wanted[code],)
            ],
            ignore_conflicts=True,
            batch_size=2000,
        )
        found.update(_account_ids(missing))
    return found


def _account_ids(codes: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in in_chunks(codes):
        found.update(Account.objects.filter(code__in=part).values_list("code", "id"))
    return found


def _check_scarce(written: Sequence[Prepared], ids: dict[str, int]) -> None:
    """Lock the balances that the postings touch, in one order, and see that none goes below zero.

    The rows are locked by ascending account id, so that two acts never wait for each other in a
    circle. Money arriving in a fund locks nothing.
    """
    touched: dict[int, AccountKey] = {}
    for p in written:
        for leg in p.order.legs:
            if leg.credit.kind in BALANCE_KINDS:
                touched[ids[leg.credit.code]] = leg.credit
            if leg.debit.kind in BALANCE_KINDS and leg.credit.kind != "fund":
                touched[ids[leg.debit.code]] = leg.debit
    held: dict[int, int] = {}
    for part in in_chunks(sorted(touched)):
        rows = Balance.objects.select_for_update(no_key=True).filter(account_id__in=part)
        held.update(rows.order_by("account_id").values_list("account_id", "amount"))
    for p in written:
        for leg in p.order.legs:
            credit, debit = ids[leg.credit.code], ids[leg.debit.code]
            if credit in held:
                if held[credit] < leg.amount:
                    raise _not_enough(leg.credit, held[credit], leg.amount)
                held[credit] -= leg.amount
            if debit in held and leg.credit.kind != "fund":
                held[debit] += leg.amount


def _not_enough(place: AccountKey, have: int, wanted: int) -> NotEnough:
    def shown(n: int) -> str:
        return f"{yuan(n)} 元" if place.commodity == CNY else str(n)

    name = f"{KIND_LABELS[place.kind]} {place.ref}".strip()
    return NotEnough(place=name, have=shown(have), wanted=shown(wanted))


def _insert_postings(
    organisation_id: int, written: Sequence[Prepared], ids: dict[str, int]
) -> None:
    pairs = [(p, leg) for p in written for leg in p.order.legs]
    legs = [leg for _p, leg in pairs]
    made = append_rows(
        Posting,
        len(legs),
        {
            "entry_id": [p.entry_id for p, _leg in pairs],
            "organisation_id": organisation_id,
            "debit_id": [ids[leg.debit.code] for leg in legs],
            "credit_id": [ids[leg.credit.code] for leg in legs],
            "amount": [leg.amount for leg in legs],
            "lot": [leg.credit.lot if leg.debit.lot is None else leg.debit.lot for leg in legs],
            "into_fund": [leg.debit.kind == "bank" and leg.credit.kind == "fund" for leg in legs],
        },
    )
    for (p, _leg), posting_id in zip(pairs, made, strict=True):
        p.posting_ids.append(posting_id)


def _answer_twins(prepared: Sequence[Prepared]) -> None:
    """A key that stands twice in one batch is answered with the entry of the first."""
    first = {p.order.key: p for p in prepared if p.entry_id is not None}
    for p in prepared:
        if p.entry_id is None:
            p.entry_id = first[p.order.key].entry_id
