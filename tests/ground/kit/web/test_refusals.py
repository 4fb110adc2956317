"""A refusal that nobody caught becomes a page or a problem document."""

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.utils import translation

from boai.ground.core.errors import NotFound, NotPermitted
from boai.ground.kit.web.middleware import RefusalMiddleware
from boai.ground.kit.web.refusals import explain
from tests.ground.kit.web.pages import LotIsEmpty, request

pytestmark = pytest.mark.django_db


def answered(path: str, error: Exception) -> Any:
    middleware = RefusalMiddleware(lambda _request: HttpResponse())
    return middleware.process_exception(request(path), error)


@pytest.mark.parametrize(
    ("error", "status"), [(NotFound(), 404), (NotPermitted(), 403), (LotIsEmpty(lot="L1"), 422)]
)
def test_status_by_kind(error: Exception, status: int) -> None:
    page = answered("/x/", error)
    assert page.status_code == status
    assert "text/html" in page["Content-Type"]


def test_a_page_gives_reason_and_mend_escaped() -> None:
    text = answered("/desk/x/", LotIsEmpty(lot="<i>")).content.decode()
    assert "批次“&lt;i&gt;”已无库存。" in text
    assert "请换一批次。" in text


def test_programs_get_a_problem_document() -> None:
    answer = answered("/api/v1/lots", LotIsEmpty(field="quantity", lot="L1"))
    assert answer["Content-Type"] == "application/problem+json"
    document = json.loads(answer.content)
    assert document["status"] == answer.status_code == 422
    assert document["code"] == "LotIsEmpty"
    assert document["field"] == "quantity"
    assert document["instance"] == "/api/v1/lots"


def test_other_errors_are_left_to_django() -> None:
    assert answered("/x/", ValueError()) is None


def test_a_translation_with_other_places_does_not_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boai.ground.kit.web.refusals.gettext", lambda text: text + "{missing}")
    assert "{missing}" not in explain(LotIsEmpty(lot="L1")).reason


def test_english_readers_get_english() -> None:
    with translation.override("en"):
        assert explain(NotPermitted()).reason.isascii()
