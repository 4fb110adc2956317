"""The menu shows what this person may open, and marks where they are."""

from typing import Any

import pytest

from boai.ground.kit.web import navigation
from boai.ground.kit.web.doors import door, door_of
from boai.ground.kit.web.navigation import Entry, menu_for
from tests.ground.kit.web.pages import SeriesList, request

ENTRIES = (
    Entry("待办", "desk", "desk", "check", "工作"),
    Entry("运行状况", "health-ready", "site.look", "activity", "系统"),
    Entry("没有的页", "no-such-page", "desk", "x", "系统"),
)


@pytest.fixture
def entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "all_entries", lambda: ENTRIES)


def labels(asked: Any) -> list[str]:
    return [item.label for group in menu_for(asked) for item in group.items]


def test_without_an_answer_from_identity_only_the_desk_is_open(entries: None) -> None:
    assert labels(request("/desk/")) == ["待办"]


def test_permitted_doors_are_shown_and_the_present_one_marked(entries: None) -> None:
    asked = request("/health/ready")
    asked.may = lambda action: action == "site.look"  # type: ignore[attr-defined]
    assert labels(asked) == ["待办", "运行状况"]
    assert [i.label for g in menu_for(asked) for i in g.items if i.active] == ["运行状况"]


def test_tags_are_found_on_functions_classes_and_their_views() -> None:
    @door("warehouse.receive")
    class Tagged(SeriesList):
        pass

    assert door_of(Tagged.as_view()) == "warehouse.receive"
    assert door_of(door("public")(lambda _request: None)) == "public"
    assert door_of(lambda _request: None) is None
