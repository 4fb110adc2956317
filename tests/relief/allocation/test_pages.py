"""The pages: what each person sees, sends, and is refused."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from boai.ground.core.actors import Actor
from boai.ground.core.tasks import tasks_of
from boai.relief.allocation import queries
from boai.relief.allocation.models import Need, Request
from tests.relief.allocation.conftest import Case

Browser = Callable[[Actor | None], Client]


def test_a_hospital_posts_a_need_on_the_phone_and_ends_it(
    case: Case, client_for: Browser, at: datetime
) -> None:
    browser = client_for(case.stock.world.cast.hospital_user)
    assert browser.get(reverse("allocation-post")).status_code == 200
    wrong = browser.post(reverse("allocation-post"), {"urgency": "urgent"})
    assert wrong.status_code == 422
    fine = browser.post(
        reverse("allocation-post"),
        {"item": str(case.stock.gloves), "quantity": "", "urgency": "critical"},
    )
    assert fine.status_code == 302
    need = Need.objects.get()
    assert (need.quantity, need.organisation_id) == (None, case.stock.world.places.hospital)
    assert need.society_id == case.stock.city
    page = browser.get(reverse("allocation-mine")).content.decode()
    assert "未报数量" in page
    stranger = client_for(case.stock.world.cast.second_hospital_user)
    assert stranger.get(reverse("allocation-end", args=[need.pk])).status_code == 404
    assert browser.post(reverse("allocation-end", args=[need.pk])).status_code == 302
    need.refresh_from_db()
    assert need.state == "withdrawn"


def test_the_way_of_a_request_through_the_pages(
    case: Case, client_for: Browser, at: datetime
) -> None:
    cast = case.stock.world.cast
    hospital = client_for(cast.hospital_user)
    page = hospital.get(reverse("allocation-submit"))
    assert page.status_code == 200
    refused = hospital.post(
        reverse("allocation-submit"), {"reason": "急需", f"line_{case.gloves_line}": "1001"}
    )
    assert refused.status_code == 422
    assert "只剩" in refused.content.decode()
    sent = hospital.post(
        reverse("allocation-submit"), {"reason": "急需", f"line_{case.gloves_line}": "200"}
    )
    assert sent.status_code == 302
    request = Request.objects.get()
    officer = client_for(cast.task_officer)
    assert any(request.number in task.title for task in tasks_of(cast.task_officer))
    bench = officer.get(reverse("allocation-propose", args=[request.pk]))
    assert bench.status_code == 200
    assert 'value="200"' in bench.content.decode()
    assert hospital.get(reverse("allocation-propose", args=[request.pk])).status_code == 403
    field = f"lot_{case.gloves_line}_{case.gloves_lot}"
    too_much = officer.post(
        reverse("allocation-propose", args=[request.pk]), {field: "300", "note": ""}
    )
    assert too_much.status_code == 422
    assert (
        officer.post(
            reverse("allocation-propose", args=[request.pk]), {field: "150", "note": "先发"}
        ).status_code
        == 302
    )
    row = queries.request(request.pk)
    assert row.state == "proposed"
    for person in (cast.hospital_user, cast.task_officer, cast.committee[0]):
        assert (
            client_for(person).get(reverse("allocation-request", args=[row.id])).status_code == 200
        )
    for person in (cast.second_hospital_user, cast.outsider):
        assert (
            client_for(person).get(reverse("allocation-request", args=[row.id])).status_code == 404
        )


@pytest.mark.parametrize(
    "name", ["allocation-needs", "allocation-lists", "allocation-requests", "allocation-freeze"]
)
def test_every_page_of_the_task_force_opens(case: Case, client_for: Browser, name: str) -> None:
    officer = client_for(case.stock.world.cast.task_officer)
    assert officer.get(reverse(name)).status_code == 200
    assert client_for(None).get(reverse(name)).status_code == 302


def test_list_one_shows_its_marks_and_exports(case: Case, client_for: Browser) -> None:
    officer = client_for(case.stock.world.cast.task_officer)
    url = reverse("allocation-list", args=[case.list_id])
    page = officer.get(url).content.decode()
    assert "截止后新到" in page
    assert officer.get(url, {"mark": "expected"}).status_code == 200
    assert officer.get(url, {"export": "csv"}).status_code == 200
    outsider = client_for(case.stock.world.cast.outsider)
    assert outsider.get(url).status_code == 404


def test_return_withdraw_and_again(case: Case, client_for: Browser, at: datetime) -> None:
    cast = case.stock.world.cast
    request = case.submit(at)
    officer, hospital = client_for(cast.task_officer), client_for(cast.hospital_user)
    assert officer.get(reverse("allocation-return", args=[request])).status_code == 200
    sent = officer.post(reverse("allocation-return", args=[request]), {"reason": "写明科室"})
    assert sent.status_code == 302
    assert any("退回" in task.title for task in tasks_of(cast.hospital_user))
    again = reverse("allocation-again", args=[request])
    assert hospital.get(again).status_code == 200
    assert (
        hospital.post(again, {"reason": "感染科", f"line_{case.gloves_line}": "20"}).status_code
        == 302
    )
    assert hospital.post(reverse("allocation-withdraw", args=[request])).status_code == 302
    assert queries.request(request).state == "withdrawn"


def test_the_number_of_queries_does_not_grow(
    case: Case, client_for: Browser, at: datetime, django_assert_max_num_queries: Callable
) -> None:
    for number in range(30):
        case.submit(at, number + 1)
    officer = client_for(case.stock.world.cast.task_officer)
    with django_assert_max_num_queries(40):
        assert officer.get(reverse("allocation-requests")).status_code == 200
