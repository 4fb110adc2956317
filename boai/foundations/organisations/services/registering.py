"""Registering organisations, one or many."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from boai.foundations.organisations.errors import (
    CodeIsTaken,
    CreditCodeIsWrong,
    OrganisationIsNotWellDescribed,
    ParentIsNotKnown,
)
from boai.foundations.organisations.models import Alias, Ancestry, Organisation
from boai.foundations.organisations.rules import normal_name, uscc_is_well_formed
from boai.foundations.organisations.values import KINDS, LEVELS, RegisterOrder
from boai.foundations.trail.services.recording import record, record_many
from boai.foundations.trail.values import ActOrder
from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotFound
from boai.ground.kit.db.series import take_numbers


def register(
    actor: Actor,
    *,
    code: str,
    name: str,
    kind: str,
    at: datetime,
    level: str = "",
    parent_id: int | None = None,
    division_code: str = "",
    short_name: str = "",
    uscc: str | None = None,
    address: str = "",
    aliases: Sequence[str] = (),
) -> int:
    """Register an organisation and put it into the tree; answers its id.

    *Refuses*: ``OrganisationIsNotWellDescribed``, ``CreditCodeIsWrong``, ``CodeIsTaken``,
    ``ParentIsNotKnown``.
    """
    order = RegisterOrder(
        code=code.strip(),
        name=name.strip(),
        kind=kind,
        level=level,
        division_code=division_code,
        short_name=short_name.strip(),
        uscc=uscc or None,
        address=address.strip(),
    )
    _check(order)
    with transaction.atomic():
        if Organisation.objects.filter(code=order.code).exists():
            raise CodeIsTaken(field="code", code=order.code)
        if parent_id is not None and not Organisation.objects.filter(pk=parent_id).exists():
            raise ParentIsNotKnown(field="parent", parent=parent_id)
        made = _record_of(order)
        made.parent_id = parent_id
        made.save()
        above = list(Ancestry.objects.filter(descendant_id=parent_id)) if parent_id else []
        Ancestry.objects.bulk_create(
            [
                Ancestry(ancestor_id=made.pk, descendant_id=made.pk, depth=0),
                *(
                    Ancestry(ancestor_id=up.ancestor_id, descendant_id=made.pk, depth=up.depth + 1)
                    for up in above
                ),
            ]
        )
        _add_aliases({made.pk: aliases})
        record(
            actor,
            "register-organisation",
            subject=f"organisations.organisation:{made.pk}",
            at=at,
            organisation_id=made.pk,
            detail={"code": order.code, "kind": kind},
        )
    return made.pk


def register_many(actor: Actor, orders: Sequence[RegisterOrder], *, at: datetime) -> list[int]:
    """Register many organisations, parents among them or among those known; set-based.

    Orders whose code is known already are left out; answers the ids of the new ones.
    *Refuses* as ``register``.
    """
    for order in orders:
        _check(order)
    with transaction.atomic():
        known = dict(Organisation.objects.values_list("code", "pk"))
        given = {order.code for order in orders}
        made: dict[str, Organisation] = {}
        for order in orders:
            if order.code in known or order.code in made:
                continue
            if order.parent_code and order.parent_code not in known.keys() | given:
                raise ParentIsNotKnown(field="parent", parent=order.parent_code)
            made[order.code] = _record_of(order)
        new = [order for order in orders if order.code in made]
        new = list({order.code: order for order in new}.values())
        _insert_in_layers(new, made, known)
        _extend_closure(new, made, known)
        _add_aliases({made[order.code].pk: order.aliases for order in new})
        record_many(
            actor,
            [
                ActOrder(
                    "register-organisation",
                    f"organisations.organisation:{made[order.code].pk}",
                    made[order.code].pk,
                    {"code": order.code, "kind": order.kind},
                )
                for order in new
            ],
            at=at,
        )
    return [made[order.code].pk for order in new]


def register_unnumbered(
    actor: Actor, orders: Sequence[RegisterOrder], *, at: datetime
) -> list[int]:
    """Register outside bodies that came without a code under the house's own running codes.

    *Refuses* as ``register``.
    """
    if not orders:
        return []
    with transaction.atomic():
        running = take_numbers("organisations.body", len(orders))
        coded = [
            replace(order, code=f"{'HS' if order.kind == 'hospital' else 'OB'}{number:06d}")
            for order, number in zip(orders, running, strict=True)
        ]
        return register_many(actor, coded, at=at)


def add_alias(actor: Actor, *, organisation_id: int, name: str, at: datetime) -> None:
    """Let an organisation be found by another name too; twice changes nothing.

    *Refuses*: ``NotFound``, ``OrganisationIsNotWellDescribed`` for an empty name.
    """
    with transaction.atomic():
        if not Organisation.objects.filter(pk=organisation_id).exists():
            raise NotFound()
        if not 2 <= len(normal_name(name)) <= 120 or len(name) > 120:
            raise OrganisationIsNotWellDescribed(field="name", name=name[:30])
        _add_aliases({organisation_id: [name.strip()]})
        record(
            actor,
            "add-alias",
            subject=f"organisations.organisation:{organisation_id}",
            at=at,
            organisation_id=organisation_id,
            detail={"name": name.strip()},
        )


def _check(order: RegisterOrder) -> None:
    if (
        not 2 <= len(order.name) <= 120
        or not 1 <= len(order.code) <= 40
        or order.kind not in KINDS
        or order.level not in LEVELS
        or len(order.short_name) > 60
        or len(order.address) > 200
    ):
        raise OrganisationIsNotWellDescribed(field="name", name=order.name[:30])
    if order.uscc and not uscc_is_well_formed(order.uscc):
        raise CreditCodeIsWrong(field="uscc", uscc=order.uscc[:20])


def _record_of(order: RegisterOrder) -> Organisation:
    return Organisation(
        code=order.code,
        name=order.name,
        normal_name=normal_name(order.name),
        short_name=order.short_name,
        kind=order.kind,
        level=order.level,
        division_code=order.division_code,
        uscc=order.uscc,
        address=order.address,
    )


def _insert_in_layers(
    orders: Sequence[RegisterOrder], made: dict[str, Organisation], known: dict[str, int]
) -> None:
    """One insert per depth of the tree, since a child needs its parent's id."""
    waiting = list(orders)
    while waiting:
        ready = [o for o in waiting if o.parent_code not in made or made[o.parent_code].pk]
        for order in ready:
            if order.parent_code:
                parent = made.get(order.parent_code)
                made[order.code].parent_id = parent.pk if parent else known[order.parent_code]
        Organisation.objects.bulk_create([made[o.code] for o in ready], batch_size=1000)
        there = {o.code for o in ready}
        if not there:
            raise ParentIsNotKnown(field="parent", parent=waiting[0].parent_code)
        waiting = [o for o in waiting if o.code not in there]


def _extend_closure(
    orders: Sequence[RegisterOrder], made: dict[str, Organisation], known: dict[str, int]
) -> None:
    """Every new organisation's ancestors: its own line up, through new and known ones."""
    outside = {known[o.parent_code] for o in orders if o.parent_code in known}
    lines: dict[int, list[tuple[int, int]]] = {}
    for up in Ancestry.objects.filter(descendant_id__in=outside):
        lines.setdefault(up.descendant_id, []).append((up.ancestor_id, up.depth))
    new: list[Ancestry] = []
    for one in sorted((made[o.code] for o in orders), key=lambda one: one.pk):
        line = [(one.pk, 0)]
        if one.parent_id is not None:
            line += [(up, depth + 1) for up, depth in lines[one.parent_id]]
        lines[one.pk] = line
        new += [Ancestry(ancestor_id=up, descendant_id=one.pk, depth=d) for up, d in line]
    Ancestry.objects.bulk_create(new, batch_size=2000)


def _add_aliases(names: dict[int, Sequence[str]]) -> None:
    Alias.objects.bulk_create(
        [
            Alias(organisation_id=pk, name=name, normal_name=normal_name(name))
            for pk, many in names.items()
            for name in many
            if normal_name(name)
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )
