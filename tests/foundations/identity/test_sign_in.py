"""Signing in and out, the second factor, the chosen post, the lock after wrong passwords."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from boai.foundations.identity import queries
from boai.foundations.identity.services import appointing
from boai.ground.core.actors import SYSTEM, Actor
from tests.factories.people import engage
from tests.factories.world import World

Browser = Callable[[Actor | None], Client]
PASSWORD = "correct-horse-97"


@pytest.fixture
def clerk(world: World, at: datetime) -> Actor:
    return engage("试登录", "signer", world.places.city, "INT", at=at, password=PASSWORD)


def test_sign_in_by_password_in_any_case_of_letters(clerk: Actor) -> None:
    browser = Client()
    page = browser.get("/account/login/")
    assert page.status_code == 200 and "工作人员登录" in page.content.decode()
    answer = browser.post("/account/login/", {"login": "Signer", "password": PASSWORD})
    assert answer.status_code == 302 and answer["Location"] == "/desk/"
    assert browser.get("/desk/").status_code == 200
    assert browser.post("/account/logout/").status_code == 302
    assert browser.get("/desk/").status_code == 302


def test_sign_up_is_closed(world: World) -> None:
    page = Client().get("/account/signup/")
    assert "不开放注册" in page.content.decode()
    assert Client().post("/account/signup/", {"username": "x"}).status_code == 200
    assert queries.user_named("x") is None


def test_wrong_passwords_lock_the_door(clerk: Actor) -> None:
    browser = Client()
    for _ in range(7):
        answer = browser.post("/account/login/", {"login": "signer", "password": "wrong"})
        assert answer.status_code == 200
    locked = browser.post("/account/login/", {"login": "signer", "password": "wrong"})
    assert locked.status_code == 429 and "暂停登录" in locked.content.decode()
    again = browser.post("/account/login/", {"login": "signer", "password": PASSWORD})
    assert again.status_code == 429


def test_a_closed_account_does_not_sign_in(clerk: Actor, at: datetime) -> None:
    appointing.close_account(SYSTEM, user_id=clerk.user_id or 0, at=at)
    browser = Client()
    browser.post("/account/login/", {"login": "signer", "password": PASSWORD})
    assert browser.get("/desk/").status_code == 302


@pytest.mark.parametrize(
    "name",
    [
        "mfa_index",
        "mfa_activate_totp",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "account_change_password",
        "account_logout",
        "identity-security",
        "identity-seat",
    ],
)
def test_pages_of_ones_own_security_open(clerk: Actor, name: str) -> None:
    browser = Client()
    browser.post("/account/login/", {"login": "signer", "password": PASSWORD})
    page = browser.get(reverse(name))
    if page.status_code == 302:  # changing the second factor asks for the password once more
        page = browser.post(page["Location"], {"password": PASSWORD}, follow=True)
        assert page.redirect_chain[-1][0] == reverse(name)
    assert page.status_code == 200
    assert "<style" not in page.content.decode() and "style=" not in page.content.decode()


def test_who_signs_is_reminded_of_a_second_factor(world: World, client_for: Browser) -> None:
    keeper = client_for(world.cast.keeper).get(reverse("identity-security")).content.decode()
    assert "未设置者不能签字" in keeper
    driver = client_for(world.cast.driver).get(reverse("identity-security")).content.decode()
    assert "未设置者不能签字" not in driver


def test_in_production_nobody_signs_with_a_password_alone(
    world: World, client_for: Browser, settings: pytest.FixtureRequest
) -> None:
    settings.BOAI_MODE = "production"  # type: ignore[attr-defined]
    answer = client_for(world.cast.security_admin).get(
        reverse("identity-appoint", args=[world.cast.keeper.user_id])
    )
    assert answer.status_code == 302
    assert answer["Location"] == reverse("identity-security")
    assert client_for(world.cast.system_admin).get("/desk/identity/new/").status_code == 200


def test_one_chooses_the_post_and_only_ones_own(world: World, client_for: Browser) -> None:
    member = world.cast.committee[0]
    browser = client_for(member)
    page = browser.get(reverse("identity-seat")).content.decode()
    assert "测州市防控指挥部" in page
    sent = browser.post(reverse("identity-seat"), {"organisation": world.places.command})
    assert sent.status_code == 302
    assert browser.session["boai_seat"] == world.places.command
    for wrong in (world.places.foreign_city, "", "x"):
        refused = browser.post(reverse("identity-seat"), {"organisation": wrong})
        assert refused.status_code == 422
    assert browser.session["boai_seat"] == world.places.command


def test_accounts_are_opened_and_posts_given_on_pages(world: World, client_for: Browser) -> None:
    from tests.factories.people import invented_identity_number

    sent = {
        "name": "新同事",
        "identity_number": invented_identity_number(955),
        "username": "colleague",
        "password": PASSWORD,
    }
    browser = client_for(world.cast.system_admin)
    for wrong in (
        {"password": "short"},
        {"identity_number": "123"},
        {"username": "坏 名"},
        {"username": "keeper"},
        {"name": ""},
    ):
        assert browser.post("/desk/identity/new/", sent | wrong).status_code == 422
    assert browser.post("/desk/identity/new/", sent).status_code == 302
    user_id = queries.user_named("colleague")
    assert user_id is not None
    admin = client_for(world.cast.security_admin)
    assert admin.post(f"/desk/identity/{user_id}/appoint/", {"role": "WH"}).status_code == 302
    assert admin.post(f"/desk/identity/{user_id}/appoint/", {"role": "WH"}).status_code == 422
    own = world.cast.security_admin.user_id
    assert admin.post(f"/desk/identity/{own}/appoint/", {"role": "WH"}).status_code == 422
    assert browser.post(f"/desk/identity/{user_id}/appoint/", {"role": "WH"}).status_code == 403
    page = admin.get(f"/desk/identity/{user_id}/").content.decode()
    assert "仓库保管员" in page and "新同事" in page
    (post,) = queries.posts_of(user_id)
    assert admin.post(f"/desk/identity/posts/{post.post_id}/end/").status_code == 302
    assert queries.actor_for(user_id).roles == frozenset()
    assert browser.post(f"/desk/identity/{user_id}/close/").status_code == 302


def test_strangers_do_not_tell_there_from_not_there(world: World, client_for: Browser) -> None:
    browser = client_for(world.cast.security_admin)
    for there in (world.cast.outsider.user_id, 10**9):
        assert browser.get(f"/desk/identity/{there}/").status_code == 404
        assert browser.get(f"/desk/identity/{there}/appoint/").status_code == 404
