"""The pages for goods that come back: the unit registers, two keepers sign, strangers outside."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from boai.foundations.ledger.queries import lot_position
from boai.ground.core.actors import Actor
from boai.ground.core.tasks import tasks_of
from boai.relief.dispatch.models import Return, Waybill, WaybillLine
from boai.relief.dispatch.services import delivering, returning
from boai.relief.warehouse.models import Lot
from tests.factories.goods import Stock, gloves, receive, send

ClientFor = Callable[[Actor | None], Client]


def delivered(stock: Stock, at: datetime) -> tuple[int, str, int]:
    """Sixty gloves with the hospital; answers lot, number of the waybill, line."""
    [lot] = receive(stock, gloves(stock, 100), at=at)
    waybill = send(stock, {lot: 60}, at=at)
    line = WaybillLine.objects.get(waybill_id=waybill).pk
    delivering.sign(stock.world.cast.receiver, waybill_id=waybill, counted={line: 60}, at=at)
    return lot, Waybill.objects.get(pk=waybill).number, line


def sent_back(stock: Stock, at: datetime, pieces: int = 5) -> str:
    """The hospital registers a return; answers its number."""
    _lot, number, line = delivered(stock, at)
    return returning.send_back(
        stock.world.cast.receiver,
        waybill_id=Waybill.objects.get(number=number).pk,
        quantities={line: pieces},
        reason="多余",
        at=at,
    )


def test_from_the_hospital_to_quarantine(stock: Stock, at: datetime, client_for: ClientFor) -> None:
    cast = stock.world.cast
    lot, waybill, line = delivered(stock, at)
    phone = client_for(cast.receiver)
    send_page = reverse("dispatch-send-back", args=[waybill])
    assert send_page in phone.get(reverse("dispatch-waybill", args=[waybill])).content.decode()
    assert 'data-fill="60"' in phone.get(send_page).content.decode()
    done = phone.post(send_page, {f"quantity-{line}": "25", "reason": "多余"})
    note = Return.objects.get()
    page = reverse("dispatch-return", args=[note.number])
    assert done.status_code == 302 and done.url == page  # type: ignore[attr-defined]
    assert note.number in phone.get(reverse("dispatch-waybill", args=[waybill])).content.decode()

    first, second = client_for(cast.keeper), client_for(cast.second_keeper)
    count = reverse("dispatch-count-return", args=[note.number])
    sign = reverse("dispatch-receive-return", args=[note.number])
    assert count in first.get(page).content.decode()
    assert count in [task.url for task in tasks_of(cast.keeper)]
    early = second.post(sign, {"seen": "on"})
    assert early.status_code == 422 and "目前不能这样办理" in early.content.decode()
    assert first.post(count, {}).status_code == 422
    assert first.post(count, {"seen": "on"}).status_code == 302
    assert sign not in [task.url for task in tasks_of(cast.keeper)]
    assert sign in [task.url for task in tasks_of(cast.second_keeper)]
    assert "须由另一名保管员" in first.get(sign).content.decode()
    own = first.post(sign, {"seen": "on"})
    assert own.status_code == 422 and "两名不同人员" in own.content.decode()
    assert lot_position([lot])[lot].delivered == 60
    assert second.post(sign, {"seen": "on"}).status_code == 302

    back = Lot.objects.exclude(pk=lot).get()
    assert (lot_position([back.pk])[back.pk].quarantine, back.state) == (25, "quarantine")
    inspector = client_for(cast.third_keeper)
    assert back.number in inspector.get(reverse("warehouse-inspections")).content.decode()
    shown = second.get(page).content.decode()
    assert reverse("warehouse-lot", args=[back.number]) in shown and "已入待检" in shown
    assert reverse("warehouse-lot", args=[back.number]) not in phone.get(page).content.decode()


@pytest.mark.parametrize(
    ("quantity", "reason", "words", "field"),
    [
        ("61", "多余", "不能退回 61", "quantity"),
        ("-1", "多余", "不小于 0", "quantity"),
        ("1.5", "多余", "整数", "quantity"),
        ("0", "多余", "没有填写要退回的物资", ""),
        ("5", " ", "没有填写原因", "reason"),
    ],
)
def test_wrong_numbers_stand_beside_their_field(
    stock: Stock,
    at: datetime,
    client_for: ClientFor,
    quantity: str,
    reason: str,
    words: str,
    field: str,
) -> None:
    _lot, waybill, line = delivered(stock, at)
    answer = client_for(stock.world.cast.receiver).post(
        reverse("dispatch-send-back", args=[waybill]),
        {f"quantity-{line}": quantity, "reason": reason},
    )
    page = answer.content.decode()
    assert answer.status_code == 422 and words in page
    name = {"quantity": f"id_quantity-{line}_errors", "reason": "id_reason_errors", "": ""}[field]
    assert words in page.split(name)[-1] if name else "callout-bad" in page
    assert not Return.objects.exists()


def test_the_unit_takes_its_note_back(stock: Stock, at: datetime, client_for: ClientFor) -> None:
    number = sent_back(stock, at)
    phone = client_for(stock.world.cast.receiver)
    url = reverse("dispatch-withdraw-return", args=[number])
    assert url in phone.get(reverse("dispatch-return", args=[number])).content.decode()
    assert phone.get(url).status_code == 200
    assert phone.post(url).status_code == 302
    assert phone.post(url).status_code == 422
    assert "已撤回" in phone.get(reverse("dispatch-return", args=[number])).content.decode()


def test_nothing_comes_back_before_it_was_signed_for(
    stock: Stock, at: datetime, client_for: ClientFor
) -> None:
    [lot] = receive(stock, gloves(stock, 100), at=at)
    number = Waybill.objects.get(pk=send(stock, {lot: 60}, at=at)).number
    phone = client_for(stock.world.cast.receiver)
    url = reverse("dispatch-send-back", args=[number])
    assert url not in phone.get(reverse("dispatch-waybill", args=[number])).content.decode()
    assert "没有可以退回的物资" in phone.get(url).content.decode()
    assert phone.post(url, {"reason": "多余"}).status_code == 422


def test_empty_state_and_filters(stock: Stock, at: datetime, client_for: ClientFor) -> None:
    client = client_for(stock.world.cast.keeper)
    assert "没有退回物资" in client.get(reverse("dispatch-returns")).content.decode()
    number = sent_back(stock, at)
    for query, found in (
        ("?state=sent", True),
        ("?state=received", False),
        (f"?from={at:%Y-%m-%d}", True),
        ("?from=2099-01-01", False),
        (f"?q={number}", True),
        ("?q=第一医院", True),
        ("?q=第二医院", False),
    ):
        page = client.get(reverse("dispatch-returns") + query).content.decode()
        assert (reverse("dispatch-return", args=[number]) in page) is found, query
    assert client.get(reverse("dispatch-returns") + "?export=xlsx").status_code == 200


@pytest.mark.parametrize(
    ("who", "acts"),
    [("second_receiver", 403), ("county_keeper", 404), ("outsider", 404)],
)
def test_strangers_find_no_return(
    stock: Stock, at: datetime, client_for: ClientFor, who: str, acts: int
) -> None:
    number = sent_back(stock, at)
    waybill = Return.objects.get().waybill.number
    client = client_for(getattr(stock.world.cast, who))
    assert number not in client.get(reverse("dispatch-returns")).content.decode()
    assert client.get(reverse("dispatch-return", args=[number])).status_code == 404
    for name in ("count-return", "receive-return"):
        assert client.get(reverse(f"dispatch-{name}", args=[number])).status_code == acts, name
    for name, ref in (("withdraw-return", number), ("send-back", waybill)):
        answer = client.get(reverse(f"dispatch-{name}", args=[ref]))
        assert answer.status_code in (403, 404), name


def test_each_side_has_its_own_doors(stock: Stock, at: datetime, client_for: ClientFor) -> None:
    number = sent_back(stock, at)
    keeper, phone = client_for(stock.world.cast.keeper), client_for(stock.world.cast.receiver)
    assert keeper.get(reverse("dispatch-withdraw-return", args=[number])).status_code == 403
    assert phone.get(reverse("dispatch-count-return", args=[number])).status_code == 403
    assert client_for(None).get(reverse("dispatch-returns")).status_code == 302


def test_the_list_asks_as_often_for_thirty_rows_as_for_one(
    stock: Stock, at: datetime, client_for: ClientFor
) -> None:
    client = client_for(stock.world.cast.second_keeper)

    def asked() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert client.get(reverse("dispatch-returns")).status_code == 200
        return len(counted)

    number = sent_back(stock, at, 1)
    asked()
    one = asked()
    waybill = Return.objects.get(number=number).waybill
    line = waybill.lines.get().pk
    for _ in range(29):
        returning.send_back(
            stock.world.cast.receiver,
            waybill_id=waybill.pk,
            quantities={line: 1},
            reason="多余",
            at=at,
        )
    assert asked() == one
