"""Persons, accounts, posts: who may be what, and what the database itself refuses."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from boai.foundations.identity import errors, queries
from boai.foundations.identity.models import Person, Post, User
from boai.foundations.identity.services import appointing
from boai.foundations.identity.services.authorising import require_two_people
from boai.ground.core.actors import SYSTEM
from boai.ground.core.errors import NotPermitted
from tests.factories.people import engage, invented_identity_number, other_account_of
from tests.factories.world import World


def test_the_same_number_is_the_same_person(world: World, at: datetime) -> None:
    number = invented_identity_number(901)
    first = appointing.register_person(SYSTEM, name="赵一", identity_number=number, at=at)
    again = appointing.register_person(
        SYSTEM, name=" 赵一 ", identity_number=f" {number.lower()} ", at=at
    )
    assert first == again
    with pytest.raises(errors.PersonIsKnownUnderAnotherName):
        appointing.register_person(SYSTEM, name="赵二", identity_number=number, at=at)


@pytest.mark.parametrize(
    "number", ["", "123", "980101199001010010", "11010119900101001A", "一二三"]
)
def test_a_number_that_cannot_be_one_is_refused(world: World, at: datetime, number: str) -> None:
    with pytest.raises(errors.IdentityNumberIsNotValid):
        appointing.register_person(SYSTEM, name="赵一", identity_number=number, at=at)


@pytest.mark.parametrize("name", ["", "  ", "名" * 61, "名" * 10_000])
def test_a_name_that_cannot_be_one_is_refused(world: World, at: datetime, name: str) -> None:
    with pytest.raises(errors.NameIsNotUsable):
        appointing.register_person(
            SYSTEM, name=name, identity_number=invented_identity_number(902), at=at
        )


def test_names_and_numbers_are_sealed_in_the_table(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, identity_number FROM identity_person")
        raw = b"".join(bytes(cell) for row in cursor.fetchall() for cell in row)
    assert "周保管".encode() not in raw
    assert b"9801" not in raw
    assert queries.person_name(world.cast.keeper.person_id or 0) == "周保管"


def test_one_account_per_person_and_organisation(world: World, at: datetime) -> None:
    keeper = world.cast.keeper
    with pytest.raises(errors.PersonHasAnAccountHere):
        engage("", "keeper-again", world.places.city, at=at, person_id=keeper.person_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(
            username="behind",
            person_id=keeper.person_id,
            organisation_id=world.places.city,
            opened_at=at,
        )


def test_a_second_account_gets_no_post_where_the_first_has_one(world: World, at: datetime) -> None:
    twin = other_account_of(world.cast.keeper, world.places.county, at=at)
    assert twin.person_id == world.cast.keeper.person_id
    with pytest.raises(errors.PostIsHeldAlready):
        appointing.appoint(
            SYSTEM,
            user_id=twin.user_id or 0,
            organisation_id=world.places.city,
            role="APP",
            at=at,
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(
            user_id=twin.user_id,
            person_id=twin.person_id,
            organisation_id=world.places.city,
            role="APP",
            valid_from=at,
        )


def test_two_accounts_of_one_person_are_not_two_people(world: World, at: datetime) -> None:
    keeper = world.cast.keeper
    twin = other_account_of(keeper, world.places.county, "WH", at=at)
    with pytest.raises(errors.MustBeTwoPeople):
        require_two_people(keeper.person_id, twin)
    with pytest.raises(NotPermitted):
        require_two_people(None, twin)
    require_two_people(keeper.person_id, world.cast.second_keeper)


def test_nobody_appoints_themselves(world: World, at: datetime) -> None:
    admin = world.cast.security_admin
    with pytest.raises(errors.NobodyAppointsThemselves):
        appointing.appoint(
            admin,
            user_id=admin.user_id or 0,
            organisation_id=world.places.city,
            role="WH",
            at=at,
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(
            user_id=admin.user_id,
            person_id=admin.person_id,
            organisation_id=world.places.city,
            role="WH",
            valid_from=at,
            appointed_by_person_id=admin.person_id,
        )


def test_the_three_administrators_are_three_persons(world: World, at: datetime) -> None:
    admin = world.cast.system_admin
    with pytest.raises(errors.AdministratorsAreThreePersons):
        appointing.appoint(
            SYSTEM,
            user_id=admin.user_id or 0,
            organisation_id=world.places.city,
            role="SEC",
            at=at,
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(
            user_id=admin.user_id,
            person_id=admin.person_id,
            organisation_id=world.places.city,
            role="SEC",
            valid_from=at,
        )


def test_the_database_keeps_posts_and_accounts_as_they_were(world: World, at: datetime) -> None:
    post = Post.objects.filter(user_id=world.cast.keeper.user_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        post.update(role="SEC")
    with pytest.raises(IntegrityError), transaction.atomic():
        post.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=world.cast.keeper.user_id).update(
            person_id=world.cast.driver.person_id
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(
            user_id=world.cast.keeper.user_id,
            person_id=world.cast.driver.person_id,
            organisation_id=world.places.county,
            role="WH",
            valid_from=at,
        )
    post.update(valid_to=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        post.update(valid_to=None)


def test_only_the_right_administrators_act(world: World, at: datetime) -> None:
    cast = world.cast
    fresh = appointing.enrol(
        cast.system_admin,
        name="新来的",
        identity_number=invented_identity_number(903),
        organisation_id=world.places.city,
        username="newcomer",
        at=at,
    )
    with pytest.raises(NotPermitted):
        appointing.appoint(
            cast.system_admin,
            user_id=fresh,
            organisation_id=world.places.city,
            role="WH",
            at=at,
        )
    with pytest.raises(NotPermitted):
        appointing.appoint(
            cast.security_admin,
            user_id=fresh,
            organisation_id=world.places.foreign_city,
            role="WH",
            at=at,
        )
    appointing.appoint(
        cast.security_admin,
        user_id=fresh,
        organisation_id=world.places.city,
        role="WH",
        at=at,
    )
    assert queries.actor_for(fresh).roles == {"WH"}
    for role in ("SYSTEM", "PUB", "API", "XYZ", ""):
        with pytest.raises(errors.RoleIsNotAPost):
            appointing.appoint(
                cast.security_admin,
                user_id=fresh,
                organisation_id=world.places.city,
                role=role,
                at=at,
            )


def test_a_lost_role_is_lost_at_the_next_request(
    world: World, at: datetime, client_for: Callable[..., object]
) -> None:
    browser = client_for(world.cast.security_admin)
    assert browser.get("/desk/identity/").status_code == 200  # type: ignore[attr-defined]
    post = Post.objects.get(user_id=world.cast.security_admin.user_id)
    appointing.end_post(SYSTEM, post_id=post.pk, at=at)
    assert browser.get("/desk/identity/").status_code == 403  # type: ignore[attr-defined]
    appointing.close_account(SYSTEM, user_id=post.user_id, at=at)
    assert browser.get("/desk/identity/").status_code == 302  # type: ignore[attr-defined]


def test_posts_count_from_their_beginning_to_their_end(world: World, at: datetime) -> None:
    keeper = world.cast.keeper
    assert keeper.user_id is not None
    before = queries.actor_for(keeper.user_id, at=world.since - timedelta(seconds=1))
    assert before.roles == frozenset()
    assert queries.actor_for(keeper.user_id, at=world.since).roles == {"WH"}


def test_people_with_a_role_are_named_once(world: World) -> None:
    names = [row.name for row in queries.people_with_role(world.places.city, "WH")]
    assert names == ["周保管", "吴保管", "郑保管"]
    assert len(queries.people_with_role(world.places.command, "APP")) == 4
    assert Person.objects.count() == len(world.cast.everybody())
