"""The keeper's pages for kits, divided and merged lots: look first, two sign, strangers outside."""

import re
from collections.abc import Callable
from datetime import date, datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from boai.foundations.catalogue.services import kits, listing
from boai.foundations.ledger.queries import lot_position
from boai.ground.core.actors import SYSTEM, Actor
from boai.ground.core.tasks import tasks_of
from boai.relief.warehouse.models import Lot, Repacking
from boai.relief.warehouse.services import packing
from boai.relief.warehouse.values import CountedLine, IssueOrderLine, NewLot
from tests.factories.goods import Stock, gloves, receive

ClientFor = Callable[[Actor | None], Client]
SOON, LATER = date(2098, 6, 30), date(2099, 6, 30)


def make_kit(stock: Stock, at: datetime) -> int:
    """Four gloves and two caps."""
    kit = listing.list_item(
        SYSTEM, code="KIT-CARE", name="防护套装", category_code="E4", unit="套", at=at
    )
    kits.list_kit(SYSTEM, kit_id=kit, parts={stock.gloves: 4, stock.caps: 2}, at=at)
    return kit


def two_lots(stock: Stock, at: datetime) -> tuple[int, int]:
    """A hundred gloves that end first, sixty caps."""
    first, second = receive(
        stock,
        gloves(stock, 100, expires_on=SOON),
        CountedLine(stock.caps, 60, bin="B-01", expires_on=LATER),
        at=at,
    )
    return first, second


def seen(page: str) -> str:
    """The digest that a preview carries."""
    found = re.search(r'name="shown" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


def parts(*rows: dict[str, object]) -> dict[str, object]:
    """The rows of a divided lot."""
    data: dict[str, object] = {"lines-TOTAL_FORMS": 6, "lines-INITIAL_FORMS": 0}
    for n, row in enumerate(rows):
        data |= {f"lines-{n}-{name}": value for name, value in row.items()}
    return data


def number_of(lot: int) -> str:
    """The number of a lot."""
    return Lot.objects.get(pk=lot).number


def test_kits_from_the_list_to_the_second_signature(
    stock: Stock, at: datetime, client_for: ClientFor
) -> None:
    cast = stock.world.cast
    glove, cap = two_lots(stock, at)
    kit = make_kit(stock, at)
    first, second = client_for(cast.keeper), client_for(cast.second_keeper)
    listed = first.get(reverse("warehouse-packings")).content.decode()
    url = reverse("warehouse-pack-kits", args=[kit])
    assert url in listed and "防护套装" in listed
    assert 'data-fill="25"' in first.get(url).content.decode()
    look = first.post(url, {"count": 20, "bin": "C-01"})
    page = look.content.decode()
    assert look.status_code == 200 and not Repacking.objects.exists()
    assert number_of(glove) in page and "2098" in page and "C-01" in page
    again = first.post(url, {"count": 20, "again": "1"}).content.decode()
    assert 'name="shown"' not in again
    done = first.post(url, {"count": 20, "bin": "C-01", "shown": seen(page)})
    note = Repacking.objects.get()
    assert done.status_code == 302 and note.number in done.url  # type: ignore[attr-defined]
    assert lot_position([glove])[glove].on_hand == 100

    sign = reverse("warehouse-sign-packing", args=[note.number])
    assert "须由另一名保管员" in first.get(sign).content.decode()
    own = first.post(sign, {"digest": note.digest, "seen": "on"})
    assert own.status_code == 422 and "两名不同人员" in own.content.decode()
    assert sign in [task.url for task in tasks_of(cast.second_keeper)]
    assert sign not in [task.url for task in tasks_of(cast.keeper)]
    assert sign in second.get(reverse("warehouse-packings")).content.decode()
    assert second.post(sign, {"digest": note.digest}).status_code == 422
    changed = second.post(sign, {"digest": "0" * 64, "seen": "on"})
    assert changed.status_code == 422 and "不一致" in changed.content.decode()
    assert second.post(sign, {"digest": note.digest, "seen": "on"}).status_code == 302
    made = Lot.objects.get(item_id=kit)
    assert (made.expires_on, made.bin) == (SOON, "C-01")
    left = lot_position([glove, cap, made.pk])
    assert [left[x].on_hand for x in (glove, cap, made.pk)] == [20, 20, 20]
    page = first.get(reverse("warehouse-packing", args=[note.number])).content.decode()
    assert made.number in page and "已签字入账" in page


def test_stock_that_moved_is_shown_again_before_it_is_signed(
    stock: Stock, at: datetime, client_for: ClientFor
) -> None:
    two_lots(stock, at)
    url = reverse("warehouse-pack-kits", args=[make_kit(stock, at)])
    client = client_for(stock.world.cast.keeper)
    digest = seen(client.post(url, {"count": 20}).content.decode())
    receive(stock, gloves(stock, 40, expires_on=date(2097, 1, 1)), at=at, origin="test.source:S2")
    moved = client.post(url, {"count": 20, "shown": digest})
    assert "库存刚有变化" in moved.content.decode() and not Repacking.objects.exists()
    now = seen(moved.content.decode())
    assert now != digest
    assert client.post(url, {"count": 20, "shown": now}).status_code == 302


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (26, "不够：26 套需要 104，同一仓库可用 100"),
        (0, "不可接受"),
        (10**13, "不可接受"),
        ("", "必填"),
        ("1.5", "整数"),
    ],
)
def test_wrong_numbers_of_kits_stand_beside_the_field(
    stock: Stock, at: datetime, client_for: ClientFor, count: object, words: str
) -> None:
    two_lots(stock, at)
    url = reverse("warehouse-pack-kits", args=[make_kit(stock, at)])
    answer = client_for(stock.world.cast.keeper).post(url, {"count": count})
    assert answer.status_code == 422
    [beside] = re.findall(r'id="id_count_errors".*?</div></div>', answer.content.decode(), re.S)
    assert words in beside


def test_dividing_a_lot_and_what_is_refused(
    stock: Stock, at: datetime, client_for: ClientFor
) -> None:
    glove, _cap = two_lots(stock, at)
    client = client_for(stock.world.cast.keeper)
    url = reverse("warehouse-divide", args=[number_of(glove)])
    assert url in client.get(reverse("warehouse-packable")).content.decode()
    assert client.get(url).status_code == 200
    for rows, words in (
        ([{"quantity": 60}, {"quantity": 50}], "只有 100"),
        ([{"quantity": -5}], "不可接受"),
        ([{"quantity": 5}, {"quantity": 0}], "不可接受"),
        ([], "没有任何物资"),
    ):
        answer = client.post(url, parts(*rows))
        assert answer.status_code == 422 and words in answer.content.decode(), words
    rows = [{"quantity": 60, "bin": "A-02"}, {"quantity": 30, "spec": "10双装"}]
    page = client.post(url, parts(*rows)).content.decode()
    assert "A-02" in page and "10双装" in page
    assert client.post(url, {**parts(*rows), "shown": seen(page)}).status_code == 302
    note = Repacking.objects.get()
    packing.countersign_packing(
        stock.world.cast.second_keeper, note_id=note.pk, digest=note.digest, at=at
    )
    assert sorted(Lot.objects.filter(made_by__note=note).values_list("received_quantity")) == [
        (30,),
        (60,),
    ]
    assert lot_position([glove])[glove].on_hand == 10


def test_merging_lots_of_one_item(stock: Stock, at: datetime, client_for: ClientFor) -> None:
    glove, cap = two_lots(stock, at)
    [other] = receive(stock, gloves(stock, 30, expires_on=LATER), at=at, origin="test.source:S2")
    [given] = receive(
        stock,
        gloves(stock, 9, directed_to=stock.world.places.hospital),
        at=at,
        origin="test.source:S3",
    )
    client = client_for(stock.world.cast.keeper)
    url = reverse("warehouse-merge", args=[number_of(glove)])
    page = client.get(url).content.decode()
    assert f"lot-{other}" in page and f"lot-{cap}" not in page and f"lot-{given}" not in page
    over = client.post(url, {f"lot-{glove}": 10, f"lot-{other}": 31})
    assert over.status_code == 422
    assert "只有 30" in over.content.decode().split(f'id="id_lot-{other}_errors"')[1]
    none = client.post(url, {f"lot-{glove}": ""})
    assert none.status_code == 422 and "没有任何物资" in none.content.decode()
    data = {f"lot-{glove}": 100, f"lot-{other}": 30, "bin": "A-09"}
    look = client.post(url, data).content.decode()
    assert client.post(url, {**data, "shown": seen(look)}).status_code == 302
    note = Repacking.objects.get()
    assert [row.quantity for row in note.made.all()] == [130]
    back = reverse("warehouse-withdraw-packing", args=[note.number])
    assert client.get(back).status_code == 200
    assert client.post(back).status_code == 302
    assert client.post(back).status_code == 422
    assert Repacking.objects.get().state == "withdrawn"


def test_empty_states_and_every_filter(stock: Stock, at: datetime, client_for: ClientFor) -> None:
    client = client_for(stock.world.cast.keeper)
    page = client.get(reverse("warehouse-packings")).content.decode()
    assert "还没有套装清单" in page and "还没有组套或分装" in page
    assert "没有可以分装的批次" in client.get(reverse("warehouse-packable")).content.decode()
    glove, _cap = two_lots(stock, at)
    note = pack_ten(stock, glove, at)
    for query, found in (
        ("?state=counted", True),
        ("?state=signed", False),
        ("?kind=repack", True),
        ("?kind=kit", False),
        (f"?q={note}", True),
        ("?q=手套", True),
        ("?q=口罩", False),
    ):
        page = client.get(reverse("warehouse-packings") + query).content.decode()
        assert (reverse("warehouse-packing", args=[note]) in page) is found, query
    assert client.get(reverse("warehouse-packings") + "?export=csv").status_code == 200


def pack_ten(stock: Stock, lot: int, at: datetime) -> str:
    """The first keeper repacks ten; answers the number."""
    return packing.pack(
        stock.world.cast.keeper,
        item_id=stock.gloves,
        used=[IssueOrderLine(lot, 10)],
        made=[NewLot(10)],
        key=uuid4().hex,
        at=at,
    ).number


@pytest.mark.parametrize("who", ["county_keeper", "outsider"])
def test_other_societies_find_nothing(
    stock: Stock, at: datetime, client_for: ClientFor, who: str
) -> None:
    glove, _cap = two_lots(stock, at)
    note = pack_ten(stock, glove, at)
    client = client_for(getattr(stock.world.cast, who))
    assert note not in client.get(reverse("warehouse-packings")).content.decode()
    for name, number in (
        ("packing", note),
        ("sign-packing", note),
        ("withdraw-packing", note),
        ("divide", number_of(glove)),
        ("merge", number_of(glove)),
    ):
        assert client.get(reverse(f"warehouse-{name}", args=[number])).status_code == 404, name
    assert client.get(reverse("warehouse-pack-kits", args=[987654321])).status_code == 404


def test_other_posts_stay_outside(stock: Stock, client_for: ClientFor) -> None:
    assert client_for(None).get(reverse("warehouse-packings")).status_code == 302
    receiver = client_for(stock.world.cast.receiver)
    for name in ("warehouse-packings", "warehouse-packable"):
        assert receiver.get(reverse(name)).status_code == 403


def test_lists_ask_as_often_for_thirty_rows_as_for_one(
    stock: Stock, at: datetime, client_for: ClientFor
) -> None:
    client = client_for(stock.world.cast.second_keeper)
    make_kit(stock, at)

    def fill(times: int) -> None:
        for n in range(times):
            [lot] = receive(stock, gloves(stock, 20), at=at, origin=f"test.source:{n}")
            pack_ten(stock, lot, at)

    def asked(page: str) -> int:
        with CaptureQueriesContext(connection) as counted:
            assert client.get(page).status_code == 200
        return len(counted)

    fill(1)
    pages = [reverse("warehouse-packings"), reverse("warehouse-packable")]
    for page in pages:
        asked(page)
    one = [asked(page) for page in pages]
    fill(1)
    pages.append(reverse("warehouse-merge", args=[Lot.objects.order_by("pk")[0].number]))
    one.append(asked(pages[-1]))
    fill(28)
    assert [asked(page) for page in pages] == one


def test_a_double_click_packs_once(stock: Stock, at: datetime, client_for: ClientFor) -> None:
    """The same form sent twice answers the same note; the next form packs anew."""
    glove, _cap = two_lots(stock, at)
    browser = client_for(stock.world.cast.keeper)
    url = reverse("warehouse-divide", args=[number_of(glove)])
    data = parts({"quantity": 30, "bin": "C-01"})
    shown = seen(browser.post(url, data).content.decode())
    sent = {**data, "shown": shown, "_key": "a" * 32}
    first, again = browser.post(url, sent), browser.post(url, sent)
    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    assert Repacking.objects.count() == 1
    other = browser.post(url, {**sent, "_key": "b" * 32})
    assert other["Location"] != first["Location"]
    assert Repacking.objects.count() == 2
