"""The doors of the warehouse: the way through, refusals shown, strangers kept out."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from boai.ground.core.actors import Actor
from boai.ground.core.clock import now
from boai.ground.core.tasks import tasks_of
from boai.relief.warehouse import queries
from boai.relief.warehouse.models import Lot, ReceivedNote
from boai.relief.warehouse.services import receiving
from boai.relief.warehouse.values import CountedLine, ExpectedLine
from tests.factories.goods import Stock, gloves, receive

ClientFor = Callable[[Actor | None], Client]


def lines_data(*lines: dict[str, object], start: int = 0) -> dict[str, object]:
    """The formset's fields."""
    total = max(len(lines), start + 3)
    data: dict[str, object] = {
        "lines-TOTAL_FORMS": total,
        "lines-INITIAL_FORMS": start,
    }
    for number, line in enumerate(lines):
        data |= {f"lines-{number}-{name}": value for name, value in line.items()}
    return data


def announce(stock: Stock, at: datetime) -> int:
    """An intake clerk announces gloves."""
    return receiving.expect_goods(
        stock.world.cast.intake,
        organisation_id=stock.city,
        origin="test.source:S9",
        donor_label="爱心药房",
        lines=[ExpectedLine(stock.gloves, 100), ExpectedLine(stock.alcohol, 20)],
        at=at,
    )


def test_two_keepers_on_two_phones(stock: Stock, at: datetime, client_for: ClientFor) -> None:
    cast = stock.world.cast
    consignment = announce(stock, at)
    first, second = client_for(cast.keeper), client_for(cast.second_keeper)
    assert "爱心药房" in first.get(reverse("warehouse-arrivals")).content.decode()
    url = reverse("warehouse-count", args=[consignment])
    assert "预告" in first.get(url).content.decode()
    data = lines_data(
        {"item": stock.gloves, "quantity": 98, "expires_on": "2099-01-01", "bin": "A-02"},
        {"item": stock.alcohol, "quantity": 20},
        {"item": stock.caps, "quantity": 7},
        start=2,
    )
    answer = first.post(url, {"store": stock.store_id, **data})
    note = ReceivedNote.objects.get()
    assert answer.status_code == 302 and note.number in answer.url  # type: ignore[attr-defined]
    sign = reverse("warehouse-countersign", args=[note.number])
    assert "须由另一名保管员" in first.get(sign).content.decode()
    again = first.post(sign, {"digest": note.digest, "seen": "on"})
    assert again.status_code == 422 and "两名不同人员" in again.content.decode()
    titles = [task.title for task in tasks_of(cast.second_keeper)]
    assert any(note.number in title for title in titles)
    page = second.get(sign).content.decode()
    assert "预告 100" in page and note.digest in page
    unseen = second.post(sign, {"digest": note.digest})
    assert unseen.status_code == 422
    changed = second.post(sign, {"digest": "0" * 64, "seen": "on"})
    assert changed.status_code == 422 and "不一致" in changed.content.decode()
    assert second.post(sign, {"digest": note.digest, "seen": "on"}).status_code == 302
    assert {lot.received_quantity for lot in Lot.objects.all()} == {98, 20, 7}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({"quantity": -3}, "不可接受"),
        ({"quantity": 10**13}, "不可接受"),
        ({"quantity": 5, "expires_on": "2020-01-01"}, "已过期"),
        ({"quantity": 5, "expires_on": "2030-01-01", "produced_on": "2031-01-01"}, "早于生产日期"),
        ({"quantity": 5, "item": ""}, "请选择物资"),
        ({"quantity": "0.5"}, "整数"),
        ({"quantity": 0}, "没有任何物资"),
    ],
)
def test_wrong_counts_stand_beside_their_line(
    stock: Stock, client_for: ClientFor, line: dict[str, object], words: str
) -> None:
    client = client_for(stock.world.cast.keeper)
    data = lines_data({"item": stock.gloves} | line)
    answer = client.post(
        reverse("warehouse-receive"), {"store": stock.store_id, "donor_label": "某人", **data}
    )
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ReceivedNote.objects.exists()


def test_every_page_opens_and_prints(stock: Stock, at: datetime, client_for: ClientFor) -> None:
    cast = stock.world.cast
    lot, waiting = receive(stock, gloves(stock, 10), CountedLine(stock.alcohol, 5), at=at)
    client = client_for(cast.third_keeper)
    number, other = Lot.objects.get(pk=lot).number, Lot.objects.get(pk=waiting).number
    note = ReceivedNote.objects.get().number
    for name, args in (
        ("stock", []),
        ("items", []),
        ("arrivals", []),
        ("receive", []),
        ("notes", []),
        ("note", [note]),
        ("countersign", [note]),
        ("issues", []),
        ("inspections", []),
        ("lot", [number]),
        ("lot", [other]),
        ("inspect", [other]),
        ("recall", [number]),
        ("count-lot", [number]),
        ("adjust", [number]),
        ("split", [number]),
        ("adjustments", []),
        ("stores", []),
        ("open-store", []),
    ):
        answer = client.get(reverse(f"warehouse-{name}", args=args))
        assert answer.status_code == 200, name
    for name, args in (
        ("note-paper", [note]),
        ("label", [number, "60x40"]),
        ("label", [number, "100x70"]),
        ("label", [number, "a5"]),
    ):
        answer = client.get(reverse(f"warehouse-{name}", args=args))
        assert answer.content.startswith(b"%PDF"), name
    assert client.get(reverse("warehouse-label", args=[number, "9x9"])).status_code == 404
    assert client.get(reverse("warehouse-stock") + "?export=csv").status_code == 200
    listed = client.get(reverse("warehouse-stock") + "?q=手套&where=here&state=released")
    assert number in listed.content.decode()
    found = client.get(reverse("warehouse-find"), {"code": f"http://x/desk/lots/{number.lower()}/"})
    assert found.url == reverse("warehouse-lot", args=[number])  # type: ignore[attr-defined]


def test_inspecting_counting_and_countersigning_on_the_phone(
    stock: Stock, at: datetime, client_for: ClientFor
) -> None:
    cast = stock.world.cast
    [waiting] = receive(stock, CountedLine(stock.alcohol, 5), at=at)
    number = Lot.objects.get(pk=waiting).number
    counter, inspector = client_for(cast.keeper), client_for(cast.third_keeper)
    url = reverse("warehouse-inspect", args=[number])
    own = counter.post(url, {"passed": "yes"})
    assert own.status_code == 422 and "清点过" in own.content.decode()
    silent = inspector.post(url, {"passed": "no"})
    assert silent.status_code == 422 and "没有填写原因" in silent.content.decode()
    assert inspector.post(url, {"passed": "yes", "note": "合格"}).status_code == 302
    count = reverse("warehouse-count-lot", args=[number])
    assert counter.post(count, {"counted": 4, "reason": "破损一瓶"}).status_code == 302
    [task] = [t for t in tasks_of(cast.second_keeper) if "盘点" in t.title]
    assert counter.post(task.url, {"agree": "yes"}).status_code == 422
    assert inspector.post(task.url, {"agree": "yes"}).status_code == 302
    assert queries.available(stock.city, now().date())[0].quantity == 4


@pytest.mark.parametrize("who", ["county_keeper", "outsider"])
def test_other_societies_find_nothing(
    stock: Stock, at: datetime, client_for: ClientFor, who: str
) -> None:
    [lot] = receive(stock, gloves(stock, 10), at=at)
    consignment = announce(stock, at)
    number, note = Lot.objects.get(pk=lot).number, ReceivedNote.objects.get().number
    client = client_for(getattr(stock.world.cast, who))
    assert number not in client.get(reverse("warehouse-stock")).content.decode()
    for name, args in (
        ("lot", [number]),
        ("note", [note]),
        ("note-paper", [note]),
        ("countersign", [note]),
        ("inspect", [number]),
        ("count-lot", [number]),
        ("label", [number, "a5"]),
        ("count", [consignment]),
    ):
        assert client.get(reverse(f"warehouse-{name}", args=args)).status_code == 404, name


def test_visitors_and_other_posts_stay_outside(stock: Stock, client_for: ClientFor) -> None:
    assert client_for(None).get(reverse("warehouse-stock")).status_code == 302
    receiver = client_for(stock.world.cast.receiver)
    assert receiver.get(reverse("warehouse-stock")).status_code == 403
    assert receiver.get(reverse("warehouse-arrivals")).status_code == 403
