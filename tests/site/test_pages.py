"""The site's own pages, health and the frame of the API."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory

from boai.ground.core.errors import Refusal
from boai.relief.donations.services.accepting import accept
from boai.relief.donations.values import PaidNews
from boai.site import health
from boai.site.api import api

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_start_page_in_both_languages(client: Client, language: str) -> None:
    client.post("/i18n/setlang/", {"language": language, "next": "/"})
    text = client.get("/").content.decode()
    assert ('<html lang="en"' in text) == (language == "en")
    assert ("看得见去处" in text) == (language != "en")


def test_a_visitor_is_asked_to_sign_in_at_the_desk(client: Client) -> None:
    answer = client.get("/desk/")
    assert answer.status_code == 302
    assert "/account/login/" in answer["Location"]


def test_the_desk_shows_my_tasks(world: Any, client_for: Callable[..., Client]) -> None:
    actor = world.cast.keeper
    text = client_for(actor).get("/desk/").content.decode()
    assert "我的待办" in text
    assert actor.name in text


def test_no_page_allows_inline_script_or_style(client: Client) -> None:
    policy = client.get("/")["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "script-src 'self'" in policy


def test_health(client: Client) -> None:
    assert client.get("/health/live").json()["ok"] is True
    answer = client.get("/health/ready")
    names = [f["name"] for f in answer.json()["findings"]]
    wanted = ["database", "migrations", "engine", "role", "disk", "log", "clock", "jobs"]
    assert names == [*wanted, "payments"]
    assert (
        "text/html" in client.get("/health/ready", headers={"accept": "text/html"})["Content-Type"]
    )


def test_a_part_that_fails_makes_the_house_not_ready(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> tuple[bool, str]:
        raise OSError("secret path")

    monkeypatch.setattr(health, "_disk", broken)
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert "secret path" not in answer.content.decode()


def test_health_says_what_was_told_and_is_not_booked(client: Client, at: datetime) -> None:
    """A remark after a minute; never a reason to take no more notifications."""
    assert health._payments(at) == (True, "0")
    news = PaidNews(
        "sandbox", "M", "", "N1", "DD1", "T1", 100, "CNY", "paid", at, "0" * 64,
    )  # fmt: skip
    accept(news, at=at)
    for seconds, fine in ((59, True), (60, None)):
        found, told = health._payments(at + timedelta(seconds=seconds))
        assert found is fine
        assert "1" in told
        assert str(seconds) in told
    answer = client.get("/health/ready").json()
    assert [f["fine"] for f in answer["findings"] if f["name"] == "payments"] == [None]
    assert b"boai_payments_waiting 1.0" in client.get("/metrics").content


def test_metrics_are_for_this_machine_or_a_token(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert b"boai_info" in client.get("/metrics").content
    assert client.get("/metrics", headers={"x-forwarded-for": "1.2.3.4"}).status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.9").status_code == 404
    monkeypatch.setenv("BOAI_METRICS_TOKEN", "long-token")
    given = {"authorization": "Bearer long-token"}
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.9", headers=given).status_code == 200


@pytest.mark.parametrize("path", ["/no-such-page/", "/desk/no/such/", "/%00", "/" + "x" * 3000])
def test_what_is_not_there_is_404_in_words(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "没有找到" in answer.content.decode()


def test_errors_of_the_api_are_problem_documents(client: Client) -> None:
    answer = client.get("/api/v1/no-such-thing")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 404


def test_the_api_describes_itself(client: Client) -> None:
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.")
    for operations in document["paths"].values():
        for operation in operations.values():
            assert "application/problem+json" in operation["responses"]["default"]["content"]
    assert client.get("/api/v1/version").json()["name"] == "boai"


def test_a_refusal_inside_the_api_is_a_problem_document() -> None:
    class GiftIsReversed(Refusal):
        text = "这笔捐赠已冲销。"

    answer = api.on_exception(
        RequestFactory().get("/api/v1/gifts/x"), GiftIsReversed(field="number")
    )
    assert answer.status_code == 422
    assert json.loads(answer.content)["code"] == "GiftIsReversed"


def test_a_stale_form_is_explained(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/i18n/setlang/", {"language": "en"})
    assert answer.status_code == 403
    assert "页面已过期" in answer.content.decode()


def test_a_crash_page_needs_no_database(client: Client) -> None:
    from boai.site.pages import crashed

    answer = crashed(RequestFactory().get("/x/"))
    assert answer.status_code == 500
    assert "不是您的问题" in answer.content.decode()


def test_robots(client: Client) -> None:
    assert "Disallow: /desk/" in client.get("/robots.txt").content.decode()


def test_the_operator_brings_its_own_emblem(client: Client, own_home: Any) -> None:
    assert client.get("/emblem").status_code == 404
    assert "wordmark-sign" in client.get("/").content.decode()
    own_home.mkdir(parents=True, exist_ok=True)
    (own_home / "emblem.png").write_bytes(b"\x89PNG")
    assert client.get("/emblem")["Content-Type"] == "image/png"
    assert 'class="wordmark-emblem" src="/emblem"' in client.get("/").content.decode()


def test_the_badge_counts_my_tasks(world: Any, client_for: Callable[..., Client]) -> None:
    answer = client_for(world.cast.keeper).get("/desk/count")
    assert answer.content.decode() in {"", *map(str, range(1, 99))}
