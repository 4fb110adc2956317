"""Rows in sets: what goes in comes out again, with rising ids, on both databases."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from boai.foundations.trail.models import Act
from boai.foundations.translog.models import Leaf
from boai.ground.core.clock import CHINA
from boai.ground.kit.db import bulk
from boai.ground.kit.db.bulk import COPIED_FROM, append_rows, fill_rows, known_values
from boai.ground.kit.db.sealed import seal_many, unseal
from boai.ground.kit.models import NumberSeries

AT = datetime(2020, 1, 29, 10, 0, tzinfo=CHINA)
TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30
) | st.sampled_from(["\\", "\\.", "\\N", "\t", "a\nb", "c\rd", "%s", "100%", "'", '"', ""])


def acts(texts: list[str], **more: Any) -> list[int]:
    columns = {
        "at": [AT + timedelta(seconds=n) for n in range(len(texts))],
        "actor_label": "system",
        "person_id": [None if n % 2 else n for n in range(len(texts))],
        "verb": "try",
        "subject": texts,
        "detail": ["{}"] * len(texts),
        "digest": "",
    } | more
    with transaction.atomic():
        return append_rows(Act, len(texts), columns)


class AnyText(TestCase):
    """Nothing that a person can write is taken for the format that carries it."""

    @given(st.lists(TEXT, min_size=1, max_size=4), st.sampled_from([1, COPIED_FROM]))
    @settings(max_examples=60, deadline=None)
    def test_text_comes_back_as_it_went(self, texts: list[str], times: int) -> None:
        ids = acts(texts * times)
        rows = list(Act.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "subject"))
        assert rows == list(zip(ids, texts * times, strict=True))
        assert sorted(set(ids)) == ids


@pytest.mark.django_db
@pytest.mark.parametrize("count", [3, COPIED_FROM + 5])
def test_every_kind_of_value(count: int) -> None:
    ids = acts([f"x.y:{n}" for n in range(count)])
    rows = {row.pk: row for row in Act.objects.filter(pk__in=ids)}
    for n, pk in enumerate(ids):
        assert rows[pk].at == AT + timedelta(seconds=n) and rows[pk].detail == {}
        assert rows[pk].person_id == (None if n % 2 else n) and rows[pk].organisation_id is None
    after = Act.objects.create(at=AT, actor_label="a", verb="v", subject="later", digest="")
    assert after.pk > ids[-1]  # ids that were taken are not given again
    assert acts(["again"])[0] > after.pk


@pytest.mark.django_db
def test_a_set_is_all_or_nothing_and_keys_hold() -> None:
    names = [f"s{n}" for n in range(COPIED_FROM)]
    with pytest.raises(IntegrityError), transaction.atomic():
        append_rows(NumberSeries, COPIED_FROM + 1, {"name": [*names, "s0"], "next_number": 1})
    assert not NumberSeries.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        append_rows(NumberSeries, 1, {"name": "s", "next_number": 0})  # the table's own check
    with pytest.raises(ValueError, match="another length"), transaction.atomic():
        append_rows(NumberSeries, 3, {"name": names, "next_number": 1})


@pytest.mark.django_db
def test_a_refused_set_leaves_nothing_for_the_next_one() -> None:
    names = [f"s{n}" for n in range(COPIED_FROM)]
    with pytest.raises(IntegrityError), transaction.atomic():
        append_rows(
            NumberSeries,
            COPIED_FROM + 1,
            {"name": [*names, "s0"], "next_number": [1] * (COPIED_FROM + 1)},
        )
    with transaction.atomic():
        ids = append_rows(
            NumberSeries, COPIED_FROM, {"name": names, "next_number": [7] * COPIED_FROM}
        )
    rows = NumberSeries.objects.order_by("pk").values_list("pk", "name", "next_number")
    assert list(rows) == [(pk, name, 7) for pk, name in zip(ids, names, strict=True)]


@pytest.mark.django_db
def test_a_trigger_is_asked_of_every_row_of_a_set() -> None:
    count = COPIED_FROM + 5
    columns = {
        "ref": [f"a.b:{n}" for n in range(count)],
        "kind": "x",
        "body": "{}",
        "leaf_hash": "",
        "queued_at": AT,
    }
    late: list[int | None] = [None] * count
    late[-2] = 3
    with pytest.raises(IntegrityError, match="only the sequencer"), transaction.atomic():
        append_rows(Leaf, count, columns | {"tree_index": late})
    assert not Leaf.objects.exists()
    with transaction.atomic():
        append_rows(Leaf, count, columns)
    assert Leaf.objects.count() == count


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 300])
def test_rows_are_filled_by_their_ids(count: int) -> None:
    with transaction.atomic():
        names = [f"s{n}" for n in range(count + 1)]
        ids = append_rows(NumberSeries, count + 1, {"name": names, "next_number": 1})
    upwards = list(range(10, 10 + count))
    fill_rows("kit_numberseries", ids[:count][::-1], {"next_number": ("bigint", upwards[::-1])})
    found = NumberSeries.objects.order_by("pk").values_list("next_number", flat=True)
    assert list(found) == [*upwards, 1]
    fill_rows("kit_numberseries", [], {"next_number": ("bigint", [])})


@pytest.mark.django_db
def test_known_values_are_asked_as_a_set() -> None:
    with transaction.atomic():
        append_rows(NumberSeries, 2, {"name": ["a", "b"], "next_number": 1}, with_ids=False)
    asked = [f"x{n}" for n in range(40_000)] + ["b"]
    assert known_values("kit_numberseries", "name", asked) == ["b"]


@pytest.mark.django_db
def test_outside_a_transaction_nothing_is_appended(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as outside:
        outside.setattr(bulk, "connection", SimpleNamespace(in_atomic_block=False))
        with pytest.raises(RuntimeError):
            append_rows(NumberSeries, 1, {"name": ["a"], "next_number": 1})
    assert not NumberSeries.objects.exists()


def test_each_value_of_a_set_is_sealed_by_itself() -> None:
    sealed = seal_many(["张三", "张三", ""], "a.b")
    assert sealed[0] != sealed[1] and sealed[2] == b""
    assert [unseal(one, "a.b") for one in sealed[:2]] == ["张三", "张三"]
