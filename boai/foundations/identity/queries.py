"""Reads about persons, posts and what they may do."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from boai.foundations.identity.models import Person, Post, User
from boai.foundations.identity.rules.matrix import Grant, line
from boai.foundations.identity.values import PersonRow, PostRow, Seat, UserRow
from boai.foundations.organisations import queries as organisations
from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotFound


def roles_of(actor: Actor) -> frozenset[str]:
    """The role codes with which an actor is looked up in the matrix."""
    if actor.kind == "system":
        return frozenset({"SYSTEM"})
    if actor.kind == "public":
        return frozenset({"PUB"})
    if actor.kind == "machine":
        return actor.roles | {"API"}
    return actor.roles | {"PUB"}


def grants(actor: Actor, action: str) -> list[Grant]:
    """What the actor's roles give in one action; empty where nothing is given.

    *Raises* ``ActionHasNoLine``.
    """
    given = line(action)
    return [given[role] for role in roles_of(actor) if role in given]


def may(actor: Actor, action: str, *, organisation_id: int | None = None) -> bool:
    """Whether the matrix lets the actor do the action, in that organisation where one is named.

    ``U`` reaches the actor's own organisation, ``T`` that and all below it. ``O``, ``A``, ``P``
    and ``C`` reach everywhere: the room itself knows whose record it is and who is assigned.
    *Raises* ``ActionHasNoLine`` for an action the matrix does not know.
    """
    for grant in grants(actor, action):
        if organisation_id is None or actor.kind == "system" or grant.reach in "OAP":
            return True
        if actor.organisation_id is None:
            continue
        if organisation_id == actor.organisation_id:
            return True
        if grant.reach == "T" and organisation_id in organisations.subtree_ids(
            actor.organisation_id
        ):
            return True
    return False


def sees_masked(actor: Actor, action: str) -> bool:
    """Whether personal fields must be masked: true unless some grant shows them whole."""
    return all(grant.masked for grant in grants(actor, action))


def _valid(at: datetime | None) -> Q:
    if at is None:
        return Q(valid_to__isnull=True)
    return Q(valid_from__lte=at) & (Q(valid_to__isnull=True) | Q(valid_to__gt=at))


def _posts(at: datetime | None) -> QuerySet[Post]:
    return Post.objects.filter(_valid(at), user__is_active=True)


def seats_of(user_id: int, *, at: datetime | None = None) -> list[Seat]:
    """The organisations in which an account holds posts now, oldest post first."""
    found: dict[int, tuple[str, list[str]]] = {}
    rows = (
        _posts(at)
        .filter(user_id=user_id)
        .order_by("valid_from", "id")
        .values_list("organisation_id", "organisation__name", "role")
    )
    for organisation_id, name, role in rows:
        found.setdefault(organisation_id, (name, []))[1].append(role)
    return [Seat(oid, name, tuple(roles)) for oid, (name, roles) in found.items()]


def actor_for(
    user_id: int, *, organisation_id: int | None = None, at: datetime | None = None
) -> Actor:
    """The actor that an account is, in the named organisation or else in its oldest post.

    Posts are read each time, so that a lost role is lost at the next request (I-25). An account
    without a post is an actor without roles. *Raises* ``NotFound`` for an unknown or closed account.
    """
    user = User.objects.select_related("person").filter(pk=user_id, is_active=True).first()
    if user is None:
        raise NotFound
    seats = seats_of(user_id, at=at)
    chosen = next((s for s in seats if s.organisation_id == organisation_id), None)
    if chosen is None and seats and organisation_id is None:
        chosen = seats[0]
    return Actor(
        kind="person",
        name=str(user.person.name),
        user_id=user.pk,
        person_id=user.person_id,
        organisation_id=chosen.organisation_id if chosen else None,
        roles=frozenset(chosen.roles) if chosen else frozenset(),
    )


def people_with_role(
    organisation_id: int, role: str, *, at: datetime | None = None
) -> list[PersonRow]:
    """Who holds a role in an organisation now, each person once."""
    posts = (
        _posts(at)
        .filter(organisation_id=organisation_id, role=role)
        .select_related("person")
        .order_by("valid_from", "id")
    )
    found = {p.person_id: PersonRow(p.person_id, p.user_id, str(p.person.name)) for p in posts}
    return list(found.values())


def person_name(person_id: int) -> str:
    """The name of a person, opened. *Raises* ``NotFound``."""
    person = Person.objects.only("name").filter(pk=person_id).first()
    if person is None:
        raise NotFound
    return str(person.name)


def person_names(person_ids: Iterable[int]) -> dict[int, str]:
    """The names of several persons, in one query."""
    people = Person.objects.only("name").filter(pk__in=set(person_ids))
    return {p.pk: str(p.name) for p in people}


def users_of_person(person_id: int) -> list[int]:
    """The active accounts of a person."""
    return list(
        User.objects.filter(person_id=person_id, is_active=True)
        .order_by("id")
        .values_list("id", flat=True)
    )


def persons_of_users(user_ids: Iterable[int]) -> dict[int, int]:
    """The natural person behind each account; an unknown account is left out."""
    rows = User.objects.filter(pk__in=set(user_ids)).values_list("pk", "person_id")
    return dict(rows)


def user_named(username: str) -> int | None:
    """The account with a user name, if there is one."""
    return (
        User.objects.filter(username=username.strip().lower()).values_list("id", flat=True).first()
    )


def posts(organisation_ids: Iterable[int], *, ended: bool = False) -> list[PostRow]:
    """The posts of some organisations, those that ended only when asked for."""
    rows = Post.objects.filter(organisation_id__in=list(organisation_ids)).select_related(
        "organisation"
    )
    if not ended:
        rows = rows.filter(_valid(None))
    return [_post_row(p) for p in rows.order_by("organisation_id", "role", "id")]


def posts_of(user_id: int) -> list[PostRow]:
    """All posts of an account, also those that ended, newest first."""
    rows = Post.objects.filter(user_id=user_id).select_related("organisation")
    return [_post_row(p) for p in rows.order_by("-valid_from", "-id")]


def _post_row(p: Post) -> PostRow:
    return PostRow(
        p.pk,
        p.user_id,
        p.person_id,
        p.organisation_id,
        p.organisation.name,
        p.role,
        p.valid_from,
        p.valid_to,
    )


def staff_of(organisation_id: int) -> list[UserRow]:
    """The accounts that an organisation opened or that hold a post in it, in three queries."""
    held: dict[int, list[str]] = {}
    for user_id, role in (
        _posts(None).filter(organisation_id=organisation_id).values_list("user_id", "role")
    ):
        held.setdefault(user_id, []).append(role)
    users = (
        User.objects.filter(Q(organisation_id=organisation_id) | Q(pk__in=list(held)))
        .select_related("person", "organisation")
        .order_by("username")
    )
    return [
        UserRow(
            u.pk,
            u.person_id,
            str(u.person.name),
            u.username,
            u.organisation.name,
            u.is_active,
            u.opened_at,
            tuple(sorted(held.get(u.pk, []))),
        )
        for u in users
    ]
