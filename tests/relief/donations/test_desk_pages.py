"""The desk's pages: who sees what, and the acts through their doors."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from boai.ground.core import clock
from boai.ground.core.actors import Actor
from boai.ground.core.tasks import tasks_of
from boai.relief.donations import queries
from boai.relief.donations.models import Appeal, Gift, RuleVersion
from boai.relief.donations.services import counter
from tests.factories.goods import make_stock
from tests.factories.world import World
from tests.relief.donations.conftest import Opened, open_one
from tests.relief.donations.test_booking import book, order

Browser = Callable[[Actor | None], Client]


@pytest.fixture
def now() -> datetime:
    return clock.now()


@pytest.fixture
def live(world: World, now: datetime) -> Opened:
    return open_one(world, now - timedelta(hours=1))


@pytest.fixture
def gifts(world: World, live: Opened, now: datetime) -> list[str]:
    orders = [
        order(f"r{i}", 100 + i, now - timedelta(minutes=5), donor_name=f"欧阳密{i}号")
        for i in range(40)
    ]
    return list(book(world, live, now, *orders).numbers)


def test_names_are_masked_by_role(world: World, gifts: list[str], client_for: Browser) -> None:
    whole = client_for(world.cast.cashier).get("/desk/donations/").content.decode()
    assert "欧阳密39号" in whole
    masked = client_for(world.cast.intake).get("/desk/donations/").content.decode()
    assert "欧阳密" not in masked
    assert "欧***号" in masked or "欧****号" in masked
    page = client_for(world.cast.intake).get(f"/desk/donations/gifts/{gifts[0]}/")
    assert "欧阳密" not in page.content.decode()


def test_search_filter_totals_and_export(
    world: World, gifts: list[str], client_for: Browser
) -> None:
    client = client_for(world.cast.cashier)
    found = client.get("/desk/donations/", {"q": gifts[3]}).content.decode()
    assert gifts[3] in found
    assert gifts[4] not in found
    assert gifts[7] in client.get("/desk/donations/", {"q": "欧阳密7号"}).content.decode()
    assert gifts[7] not in client.get("/desk/donations/", {"state": "reversed"}).content.decode()
    sheet = client.get("/desk/donations/", {"export": "csv"})
    assert sheet.content.decode("utf-8-sig").count("\n") >= 40
    total = f"{sum(range(100, 140)) / 100:,.2f}"
    assert total in client.get("/desk/donations/").content.decode()


def test_as_many_queries_for_thirty_as_for_one(
    world: World,
    gifts: list[str],
    client_for: Browser,
    django_assert_max_num_queries: Callable[[int], object],
) -> None:
    client = client_for(world.cast.cashier)
    client.get("/desk/donations/")
    with django_assert_max_num_queries(25):  # type: ignore[attr-defined]
        client.get("/desk/donations/")


@pytest.mark.parametrize(
    "path",
    ["", "payments/", "cash/", "goods/", "goods/overseas/", "appeals/", "appeals/draft/"],
)
def test_visitors_sign_in_and_strangers_see_nothing(
    world: World, gifts: list[str], client_for: Browser, path: str
) -> None:
    assert client_for(None).get(f"/desk/donations/{path}").status_code == 302
    answer = client_for(world.cast.outsider).get(f"/desk/donations/{path}")
    assert gifts[0] not in answer.content.decode()
    assert client_for(world.cast.driver).get(f"/desk/donations/{path}").status_code == 403


def test_another_societys_gift_is_not_there(
    world: World, live: Opened, gifts: list[str], client_for: Browser
) -> None:
    client = client_for(world.cast.outsider)
    assert client.get(f"/desk/donations/gifts/{gifts[0]}/").status_code == 404
    assert client.get(f"/desk/donations/appeals/{live.id}/").status_code == 404
    assert client.get("/desk/donations/gifts/JZ1/").status_code == 404


def test_an_appeal_goes_its_way_through_the_doors(world: World, client_for: Browser) -> None:
    programme = client_for(world.cast.programme)
    member = client_for(world.cast.committee[0])
    programme.post(
        "/desk/donations/appeals/rules/", {"version": "v1", "title": "须知", "text": "正文"}
    )
    form = {
        "title": "寒冬送暖",
        "slug": "hanqing",
        "purpose": "棉被",
        "target": "10000",
        "rule_version_id": RuleVersion.objects.get().pk,
    }
    wrong = programme.post("/desk/donations/appeals/draft/", {**form, "slug": "寒"})
    assert wrong.status_code == 422
    assert programme.post("/desk/donations/appeals/draft/", form).status_code == 302
    page = f"/desk/donations/appeals/{Appeal.objects.get().pk}/"
    assert "批准募捐项目" in {task.title for task in tasks_of(world.cast.committee[0])}
    assert programme.get(page).status_code == 200
    assert programme.post(page + "approve/", {"basis": "我批"}).status_code == 403
    early = programme.post(page + "open/")
    assert early.status_code == 422
    assert "尚未经指挥部批准" in early.content.decode()
    assert member.post(page + "approve/", {"basis": "三号文"}).status_code == 302
    assert programme.post(page + "open/").status_code == 302
    assert client_for(None).get("/give/hanqing/").status_code == 200
    assert programme.post(page + "suspend/", {"reason": "结束"}).status_code == 302
    assert programme.post(page + "close/").status_code == 302
    assert Appeal.objects.get().state == "closed"
    assert member.get(page).status_code == 200


def test_cash_through_two_doors(world: World, live: Opened, client_for: Browser) -> None:
    intake, cashier = client_for(world.cast.intake), client_for(world.cast.cashier)
    form = {"appeal": str(live.id), "amount": "1,234.56", "donor_name": "赵大爷"}
    for amount in ("0", "-1", "0.001", "1e12", ""):
        wrong = intake.post("/desk/donations/cash/", {**form, "amount": amount})
        assert wrong.status_code == 422
    assert intake.post("/desk/donations/cash/", form).status_code == 302
    gift = Gift.objects.get()
    door = f"/desk/donations/cash/{gift.number}/"
    assert gift.query_code in intake.get(f"/desk/donations/gifts/{gift.number}/").content.decode()
    other = cashier.get(f"/desk/donations/gifts/{gift.number}/").content.decode()
    assert gift.query_code not in other
    assert "复核签字" in other
    assert any(gift.number in task.title for task in tasks_of(world.cast.cashier))
    assert not any(gift.number in task.title for task in tasks_of(world.cast.intake))
    own = intake.post(door)
    assert own.status_code == 422
    assert "不能自己复核" in own.content.decode()
    assert cashier.post(door).status_code == 302
    assert queries.gift(gift.number).state == "confirmed"
    assert cashier.post(door).status_code == 422


def goods_form(live: Opened, **more: str) -> dict[str, str]:
    return {
        "appeal": str(live.id),
        "donor_kind": "organisation",
        "donor_name": "某某医疗",
        "lines-TOTAL_FORMS": "2",
        "lines-INITIAL_FORMS": "0",
        "lines-0-item": "CAP",
        "lines-0-quantity": "5000",
        "lines-0-value": "",
        "lines-1-item": "",
        "lines-1-quantity": "",
        **more,
    }


def test_goods_through_the_door(
    world: World, live: Opened, now: datetime, client_for: Browser
) -> None:
    make_stock(world, now)
    client = client_for(world.cast.intake)
    assert client.get("/desk/donations/goods/").status_code == 200
    for wrong in (
        {"lines-0-item": "没有这种东西"},
        {"lines-0-quantity": "0"},
        {"lines-0-quantity": "1.5"},
        {"lines-0-quantity": ""},
        {"lines-0-value": "0"},
        {"lines-0-item": "", "lines-0-quantity": ""},
        {"directed_to": "不存在的医院"},
        {"named": "on"},
        {"donor_name": "长" * 10000},
    ):
        assert client.post("/desk/donations/goods/", goods_form(live, **wrong)).status_code == 422
    assert not Gift.objects.exists()
    done = client.post(
        "/desk/donations/goods/", goods_form(live, directed_to="测州市第一医院", purpose="给急诊")
    )
    assert done.status_code == 302
    row = queries.gift(Gift.objects.get().number)
    assert (row.lines[0].quantity, row.lines[0].stated_value_fen) == (5000, None)
    assert row.directed_to == world.places.hospital
    assert "待收货" in client.get(done["Location"]).content.decode()


def test_the_api_tells_no_names_without_consent(
    world: World, live: Opened, gifts: list[str], client_for: Browser, now: datetime
) -> None:
    answer = client_for(None).get(f"/api/v1/gifts/{gifts[0]}").json()
    assert answer["amount_fen"] == 100
    assert "欧阳" not in str(answer)
    assert client_for(None).get("/api/v1/gifts/JZ1").status_code == 404
    waiting = counter.register_cash_gift(
        world.cast.intake,
        organisation_id=world.places.city,
        appeal_id=live.id,
        amount_fen=100,
        at=now,
    )
    assert client_for(None).get(f"/api/v1/gifts/{waiting}").status_code == 404


def test_payments_show_what_is_owed_back(world: World, live: Opened, client_for: Browser) -> None:
    answer = client_for(world.cast.cashier).get("/desk/donations/payments/")
    assert answer.status_code == 200
    assert client_for(world.cast.programme).get("/desk/donations/payments/").status_code == 403
