"""What every request passes through."""

import pytest
from django.test import Client


@pytest.mark.django_db
def test_an_address_with_a_nul_is_not_there(client: Client) -> None:
    assert client.get("/give/done/1%002/").status_code == 404


@pytest.mark.django_db
def test_a_form_key_that_is_none_of_ours_is_replaced(client: Client) -> None:
    answer = client.post("/give/nowhere/", {"_key": "1\0", "amount": "20"})
    assert answer.status_code == 404
