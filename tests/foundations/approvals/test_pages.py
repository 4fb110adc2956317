"""The committee member's phone and the case page."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from boai.foundations.approvals import queries
from boai.foundations.approvals.services import opening
from boai.foundations.approvals.values import CaseRow
from boai.ground.core.actors import Actor
from boai.ground.core.clock import now
from tests.factories.world import World

Browser = Callable[[Actor | None], Client]


@pytest.fixture
def case(world: World, at: datetime) -> CaseRow:
    case_id = opening.open_case(
        world.cast.task_officer,
        kind="allocation",
        subject="allocation.request:1",
        organisation_id=world.places.city,
        title="分配防护服 200 件",
        content={"接收单位": "测州市第一医院", "物资": [{"品名": "防护服", "数量": "200 件"}]},
        committee=[m.person_id or 0 for m in world.cast.committee],
        at=now(),
    )
    return queries.case(case_id)


def test_the_phone_page_shows_everything_and_takes_the_vote(
    world: World, case: CaseRow, client_for: Browser
) -> None:
    browser = client_for(world.cast.committee[0])
    page = browser.get(f"/desk/approvals/{case.id}/decide/")
    text = page.content.decode()
    for word in ("测州市第一医院", "防护服", "200 件", "不同意", "回避", "data-deadline"):
        assert word in text
    # On a phone each cell of a row stands beside its column's name.
    assert "<td>" not in text
    answer = browser.post(
        f"/desk/approvals/{case.id}/decide/", {"digest": case.digest, "stance": "approve"}
    )
    assert answer.status_code == 302
    assert len(queries.case(case.id).votes) == 1
    shown = browser.get(answer["Location"]).content.decode()
    assert "冯委员" in shown and case.digest in shown


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"stance": "refuse"}, "请写明理由"),
        ({"stance": "recuse"}, "请写明理由"),
        ({"stance": "approve", "digest": "0" * 64}, "已经变更"),
        ({"stance": "whatever"}, ""),
        ({}, ""),
        ({"stance": "refuse", "reason": "长" * 10_000}, ""),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(
    world: World, case: CaseRow, client_for: Browser, sent: dict[str, str], words: str
) -> None:
    browser = client_for(world.cast.committee[0])
    answer = browser.post(f"/desk/approvals/{case.id}/decide/", {"digest": case.digest} | sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert queries.case(case.id).votes == () and queries.case(case.id).recused == ()


def test_strangers_see_nothing(world: World, case: CaseRow, client_for: Browser) -> None:
    for path in (f"/desk/approvals/{case.id}/", f"/desk/approvals/{case.id}/decide/"):
        missing = path.replace(str(case.id), "999999")
        browser = client_for(world.cast.outsider)
        assert browser.get(path).status_code == browser.get(missing).status_code == 404
        assert client_for(world.cast.keeper).get(path).status_code == 403
        assert client_for(None).get(path).status_code == 302
    assert (
        case.title not in client_for(world.cast.outsider).get("/desk/approvals/").content.decode()
    )


def test_the_opener_voids_with_a_reason(world: World, case: CaseRow, client_for: Browser) -> None:
    browser = client_for(world.cast.task_officer)
    assert browser.post(f"/desk/approvals/{case.id}/void/", {"reason": ""}).status_code == 422
    assert browser.post(f"/desk/approvals/{case.id}/void/", {"reason": "有误"}).status_code == 302
    assert queries.case(case.id).state == "void"


def test_the_list_asks_no_more_for_many(
    world: World,
    case: CaseRow,
    client_for: Browser,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    browser = client_for(world.cast.task_officer)
    assert case.title in browser.get("/desk/approvals/").content.decode()
    with django_assert_max_num_queries(20):  # type: ignore[attr-defined]
        browser.get("/desk/approvals/?q=防护&state=open&sort=-opened_at")
