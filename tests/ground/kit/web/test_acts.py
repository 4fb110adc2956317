"""Acts: one call, the refusal beside its field, the input kept."""

import pytest
from django.http import HttpResponse

from boai.ground.core.errors import NotFound
from tests.ground.kit.web.pages import Take, request, shown

pytestmark = pytest.mark.django_db
KEY = "0123456789abcdef0123456789abcdef"


def send(name: str, quantity: str = "3", **more: str) -> HttpResponse:
    return Take.as_view()(request("/desk/x/", {"name": name, "quantity": quantity, **more}))  # type: ignore[return-value]


def test_the_page_asks_before_sending_and_carries_a_key() -> None:
    text = shown(Take.as_view()(request()))
    assert 'data-confirm="确认领用？"' in text
    assert 'name="_key"' in text


def test_a_good_form_goes_on() -> None:
    answer = send("L9")
    assert answer.status_code == 302
    assert answer["Location"] == "/done/L9/"


def test_a_refusal_stands_beside_its_field_with_the_input_kept() -> None:
    answer = send("空批次", "42", _key=KEY)
    text = shown(answer)
    assert answer.status_code == 422
    field = text[text.index('id="id_quantity"') :]
    assert "已无库存。请换一批次。" in field
    assert "&lt;b&gt;L1&lt;/b&gt;" in field
    assert 'value="42"' in text
    assert 'value="空批次"' in text
    assert f'value="{KEY}"' in text
    assert 'aria-invalid="true"' in text


def test_a_refusal_of_no_field_of_this_form_stands_on_top() -> None:
    text = shown(send("别处"))
    assert text.index("已无库存") < text.index('id="id_name"')


def test_a_form_error_is_422_too() -> None:
    answer = send("L9", "0")
    assert answer.status_code == 422
    assert "field-error" in shown(answer)


def test_what_is_not_there_flies_on_to_the_middleware() -> None:
    with pytest.raises(NotFound):
        send("没有")


def test_a_forged_key_is_replaced() -> None:
    text = shown(send("空批次", _key="<script>"))
    assert "<script>" not in text.split('name="_key"')[1][:80]
