"""The doors of dispatch: loading, signing on the phone, settling, strangers."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from boai.foundations.ledger.queries import lot_position
from boai.ground.core.actors import Actor
from boai.ground.core.tasks import tasks_of
from boai.relief.dispatch import queries
from boai.relief.dispatch.models import Waybill
from tests.factories.goods import Stock, gloves, order, receive, send

ClientFor = Callable[[Actor | None], Client]


def picture() -> SimpleUploadedFile:
    """A photo as a phone sends it."""
    content = BytesIO()
    Image.new("RGB", (64, 48), "white").save(content, "JPEG")
    return SimpleUploadedFile("IMG_1.jpg", content.getvalue(), "image/jpeg")


def number_of(waybill_id: int) -> str:
    """The number of a waybill."""
    return Waybill.objects.get(pk=waybill_id).number


def test_from_picking_to_the_signature(stock: Stock, at: datetime, client_for: ClientFor) -> None:
    cast = stock.world.cast
    [lot] = receive(stock, gloves(stock, 50), at=at)
    waybill = order(stock, {lot: 40}, at=at)
    number = number_of(waybill)
    first, second = client_for(cast.keeper), client_for(cast.second_keeper)
    load = reverse("dispatch-load", args=[number])
    assert "A-01" in first.get(load).content.decode()
    assert first.post(load, {"vehicle": "江A·1"}).status_code == 422
    assert first.post(load, {"vehicle": "江A·1", "picked": "on"}).status_code == 302
    sign = reverse("dispatch-countersign", args=[number])
    digest = Waybill.objects.get().loading_digest
    assert "须由另一名保管员" in first.get(sign).content.decode()
    assert first.post(sign, {"digest": digest, "seen": "on"}).status_code == 422
    assert any(number == task.detail for task in tasks_of(cast.second_keeper))
    assert digest in second.get(sign).content.decode()
    assert second.post(sign, {"digest": digest, "seen": "on"}).status_code == 302

    phone = client_for(cast.receiver)
    assert any(number in task.title for task in tasks_of(cast.receiver))
    assert number in phone.get(reverse("dispatch-arriving")).content.decode()
    hand_over = reverse("dispatch-sign", args=[number])
    [line] = queries.waybill(number).lines  # type: ignore[union-attr]
    assert f'name="counted-{line.id}"' in phone.get(hand_over).content.decode()
    for wrong in ({}, {f"counted-{line.id}": "-1"}, {f"counted-{line.id}": "1.5"}):
        assert phone.post(hand_over, wrong).status_code == 422
    broken = phone.post(hand_over, {f"counted-{line.id}": "3", f"damaged-{line.id}": "4"})
    assert broken.status_code == 422 and "破损数量大于实收" in broken.content.decode()
    fake = SimpleUploadedFile("x.jpg", b"<script>", "image/jpeg")
    refused = phone.post(hand_over, {f"counted-{line.id}": "38", "photo": fake})
    assert refused.status_code == 422
    done = phone.post(
        hand_over,
        {
            f"counted-{line.id}": "38",
            f"damaged-{line.id}": "",
            "photo": picture(),
            "note": "少两副",
        },
    )
    assert done.status_code == 302
    assert lot_position([lot])[lot].delivered == 38
    page = phone.get(reverse("dispatch-waybill", args=[number])).content.decode()
    assert "少两副" in page and "韩签收" in page
    key = page.split(f"{number}/photo/")[1].split("/")[0]
    shown = phone.get(reverse("dispatch-photo", args=[number, key]))
    assert shown["Content-Type"] == "image/jpeg"

    [short] = queries.discrepancies(organisation_id=stock.city)
    settle = reverse("dispatch-difference", args=[short.id])
    given = {"outcome": "returned", "reason": "车上找到"}
    assert first.post(settle, given).status_code == 302
    second_page = second.get(settle)
    assert second_page.status_code == 302
    own = first.post(reverse("dispatch-settle", args=[short.id]), {"outcome": "returned"})
    assert own.status_code == 422 and "两名不同人员" in own.content.decode()
    assert second.post(second_page.url, {"outcome": "returned"}).status_code == 302  # type: ignore[attr-defined]
    assert lot_position([lot])[lot].on_hand == 12


def test_every_page_opens_and_the_waybill_prints(
    stock: Stock, at: datetime, client_for: ClientFor
) -> None:
    [lot] = receive(stock, gloves(stock, 50), at=at)
    number = number_of(send(stock, {lot: 40}, at=at))
    client = client_for(stock.world.cast.third_keeper)
    for name, args in (
        ("waybills", []),
        ("waybill", [number]),
        ("load", [number]),
        ("countersign", [number]),
        ("unload", [number]),
        ("differences", []),
    ):
        assert client.get(reverse(f"dispatch-{name}", args=args)).status_code == 200, name
    assert client.get(reverse("dispatch-paper", args=[number])).content.startswith(b"%PDF")
    assert client.get(reverse("dispatch-waybills") + "?q=第一医院&export=xlsx").status_code == 200


@pytest.mark.parametrize("who", ["second_receiver", "outsider"])
def test_strangers_find_no_waybill(
    stock: Stock, at: datetime, client_for: ClientFor, who: str
) -> None:
    [lot] = receive(stock, gloves(stock, 50), at=at)
    number = number_of(send(stock, {lot: 40}, at=at))
    client = client_for(getattr(stock.world.cast, who))
    assert number not in client.get(reverse("dispatch-waybills")).content.decode()
    for name in ("waybill", "paper", "sign"):
        assert client.get(reverse(f"dispatch-{name}", args=[number])).status_code == 404, name


def test_the_printed_code_asks_for_a_sign_in(
    stock: Stock, at: datetime, client_for: ClientFor
) -> None:
    [lot] = receive(stock, gloves(stock, 50), at=at)
    url = reverse("dispatch-sign", args=[number_of(send(stock, {lot: 40}, at=at))])
    answer = client_for(None).get(url)
    assert answer.status_code == 302 and "next=" in answer.url  # type: ignore[attr-defined]
    assert client_for(stock.world.cast.keeper).get(url).status_code == 403
