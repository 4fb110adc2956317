"""Registering persons, opening accounts, appointing to posts and ending them."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from boai.foundations.identity import errors, permissions
from boai.foundations.identity.models import Person, Post, User
from boai.foundations.identity.rules import (
    USERNAME,
    identity_number_fits,
    tidy_identity_number,
)
from boai.foundations.identity.values import ADMINISTRATORS, NOT_POSTS, ROLES
from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotFound
from boai.ground.kit.db.sealed import blind_index


def register_person(
    actor: Actor, *, name: str, identity_number: str, phone: str | None = None, at: datetime
) -> int:
    """Register a natural person by identity number; the same number is the same person.

    *Refuses*: ``NameIsNotUsable``, ``IdentityNumberIsNotValid``,
    ``PersonIsKnownUnderAnotherName``, ``NotPermitted``.
    """
    permissions.require_open_accounts(actor)
    name = " ".join(name.split())
    if not 1 <= len(name) <= 60:
        raise errors.NameIsNotUsable(field="name")
    number = tidy_identity_number(identity_number)
    if not identity_number_fits(number):
        raise errors.IdentityNumberIsNotValid(field="identity_number")
    index = blind_index("identity-number", number)
    with transaction.atomic():
        known = Person.objects.filter(identity_index=index).first()
        if known is not None:
            if known.name != name:
                raise errors.PersonIsKnownUnderAnotherName(field="identity_number")
            return int(known.pk)
        person = Person.objects.create(
            name=name,
            identity_number=number,
            identity_index=index,
            phone=phone,
            registered_at=at,
        )
        record(actor, "register-person", subject=f"identity.person:{person.pk}", at=at)
    return int(person.pk)


def open_account(
    actor: Actor,
    *,
    person_id: int,
    organisation_id: int,
    username: str,
    password: str | None = None,
    at: datetime,
) -> int:
    """Open an account without rights for a person; without a password nobody can sign in yet.

    *Refuses*: ``UsernameIsNotUsable``, ``UsernameIsTaken``, ``PersonHasAnAccountHere``,
    ``NotFound``, ``NotPermitted``.
    """
    permissions.require_open_accounts(actor, organisation_id)
    username = username.strip().lower()
    if not USERNAME.fullmatch(username):
        raise errors.UsernameIsNotUsable(field="username")
    secret = make_password(password)
    with transaction.atomic():
        person = Person.objects.select_for_update().filter(pk=person_id).first()
        if person is None:
            raise NotFound
        if User.objects.filter(username=username).exists():
            raise errors.UsernameIsTaken(field="username", username=username)
        if User.objects.filter(
            person=person, organisation_id=organisation_id, is_active=True
        ).exists():
            raise errors.PersonHasAnAccountHere
        user = User.objects.create(
            username=username,
            person=person,
            organisation_id=organisation_id,
            password=secret,
            opened_at=at,
        )
        record(
            actor,
            "open-account",
            subject=f"identity.user:{user.pk}",
            at=at,
            organisation_id=organisation_id,
        )
    return int(user.pk)


def enrol(
    actor: Actor,
    *,
    name: str,
    identity_number: str,
    phone: str | None = None,
    organisation_id: int,
    username: str,
    password: str | None = None,
    at: datetime,
) -> int:
    """Register a person, or find them by number, and open their account, in one act.

    *Refuses* as ``register_person`` and ``open_account``.
    """
    with transaction.atomic():
        person_id = register_person(
            actor, name=name, identity_number=identity_number, phone=phone, at=at
        )
        return open_account(
            actor,
            person_id=person_id,
            organisation_id=organisation_id,
            username=username,
            password=password,
            at=at,
        )


def appoint(actor: Actor, *, user_id: int, organisation_id: int, role: str, at: datetime) -> int:
    """Give an account a role in an organisation.

    *Refuses*: ``NobodyAppointsThemselves`` (I-26), ``AdministratorsAreThreePersons``,
    ``PostIsHeldAlready``, ``RoleIsNotAPost``, ``AccountIsClosed``, ``NotPermitted``.
    """
    permissions.require_appoint(actor, organisation_id)
    if role not in ROLES or role in NOT_POSTS:
        raise errors.RoleIsNotAPost(field="role", role=role[:12])
    with transaction.atomic():
        user = User.objects.select_for_update().filter(pk=user_id).first()
        if user is None:
            raise NotFound
        if not user.is_active:
            raise errors.AccountIsClosed
        if actor.person_id == user.person_id:
            raise errors.NobodyAppointsThemselves
        held = Post.objects.filter(person_id=user.person_id, valid_to__isnull=True)
        if role in ADMINISTRATORS and held.filter(role__in=ADMINISTRATORS - {role}).exists():
            raise errors.AdministratorsAreThreePersons(field="role")
        here = held.filter(organisation_id=organisation_id)
        if here.filter(role=role).exists() or here.exclude(user=user).exists():
            raise errors.PostIsHeldAlready(field="role")
        try:
            with transaction.atomic():
                post = Post.objects.create(
                    user=user,
                    person_id=user.person_id,
                    organisation_id=organisation_id,
                    role=role,
                    valid_from=at,
                    appointed_by_person_id=actor.person_id,
                )
        except IntegrityError as error:  # lost a race against another appointment
            raise errors.PostIsHeldAlready(field="role") from error
        record(
            actor,
            "appoint",
            subject=f"identity.post:{post.pk}",
            at=at,
            organisation_id=organisation_id,
            detail={"user": user.pk, "role": role},
        )
    return int(post.pk)


def end_post(actor: Actor, *, post_id: int, at: datetime) -> None:
    """End a post; its holder loses the role at the next request (I-25).

    *Refuses*: ``PostHasEnded``, ``NotFound``, ``NotPermitted``.
    """
    with transaction.atomic():
        post = Post.objects.select_for_update().filter(pk=post_id).first()
        if post is None:
            raise NotFound
        permissions.require_appoint(actor, post.organisation_id)
        if post.valid_to is not None:
            raise errors.PostHasEnded
        post.valid_to = max(at, post.valid_from)
        post.ended_by_person_id = actor.person_id
        post.save(update_fields=["valid_to", "ended_by_person"])
        record(
            actor,
            "end-post",
            subject=f"identity.post:{post.pk}",
            at=at,
            organisation_id=post.organisation_id,
            detail={"user": post.user_id, "role": post.role},
        )


def close_account(actor: Actor, *, user_id: int, at: datetime) -> None:
    """Close an account: its posts count no more, its open sessions end at the next request.

    *Refuses*: ``AccountIsClosed``, ``NotFound``, ``NotPermitted``.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().filter(pk=user_id).first()
        if user is None:
            raise NotFound
        permissions.require_open_accounts(actor, user.organisation_id)
        if not user.is_active:
            raise errors.AccountIsClosed
        user.is_active = False
        user.save(update_fields=["is_active"])
        record(
            actor,
            "close-account",
            subject=f"identity.user:{user.pk}",
            at=at,
            organisation_id=user.organisation_id,
        )
