"""Lists: any junk is answered, the number of queries does not grow, files hold what was filtered."""

import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from boai.ground.core import events
from boai.ground.kit.models import NumberSeries
from boai.ground.kit.web.lists import ListExported
from tests.ground.kit.web.pages import SeriesList, fill, request, shown

pytestmark = pytest.mark.django_db


def page(query: str = "") -> str:
    return shown(SeriesList.as_view()(request(f"/desk/x/{query}")))


def queries(query: str = "") -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        page(query)
    return len(seen)


def test_as_many_queries_for_one_row_as_for_thirty() -> None:
    fill(1)
    one = queries()
    NumberSeries.objects.all().delete()
    fill(30)
    assert queries() == one


def test_totals_are_of_everything_filtered_not_of_one_page() -> None:
    fill(70)
    text = page()
    assert "n030" in text
    assert "n031" not in text
    assert f"{sum(range(1, 71)):,}" in text
    assert "共 70 条" in text


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("2", "n031"),
        ("3", "n061"),
        ("999999999", "n061"),
        ("1e9", "n001"),
        ("9" * 400, "n061"),
        ("-1", "n001"),
        ("0", "n001"),
        ("abc", "n001"),
        ("٣", "n001"),
        ("", "n001"),
        ("%00", "n001"),
    ],
)
def test_no_page_number_breaks_a_list(asked: str, first: str) -> None:
    fill(70)
    assert f">{first}<" in page(f"?page={asked}")


@pytest.mark.parametrize(
    "query",
    [
        "?sort=nonsense",
        "?sort=--name",
        "?sort=pk",
        "?name=%00",
        "?day=2020-99-99",
        "?q=%00%27%3B",
        "?name=other",
    ],
)
def test_junk_in_sort_and_filters_is_ignored(query: str) -> None:
    fill(3)
    assert SeriesList.as_view()(request(f"/desk/x/{query}")).status_code == 200


def test_sorting_search_and_filters() -> None:
    fill(5)
    down = page("?sort=-next_number").split("<tbody>")[1]
    assert down.index("n005") < down.index("n001")
    assert 'aria-sort="descending"' in page("?sort=-next_number")
    assert "n003" not in page("?q=n001")
    filtered = page("?name=n002")
    assert "n002" in filtered
    assert "n001" not in filtered.split("<tbody>")[1]
    assert "没有符合条件的记录" in page("?day=2020-01-29")


def test_a_long_search_is_cut_and_shown_escaped() -> None:
    text = page("?q=" + "%3Cscript%3E" * 60)
    assert "<script>&lt;" not in text
    assert "&lt;script&gt;" in text


def test_an_empty_list_says_so() -> None:
    assert "这里还没有记录" in page()


def test_files_hold_exactly_the_rows_filtered_and_no_formula() -> None:
    fill(40)
    NumberSeries.objects.create(name="=1+1", next_number=4)
    everything = SeriesList.as_view()(request("/desk/x/?export=csv")).content.decode("utf-8-sig")
    assert everything.count("\r\n") == 42
    assert "'=1+1" in everything
    assert "screen-only" not in everything
    few = SeriesList.as_view()(request("/desk/x/?export=csv&q=n00")).content.decode("utf-8-sig")
    assert few.splitlines()[0] == "名称,下一号,金额,状态"
    assert len(few.splitlines()) == 10
    assert few.splitlines()[1] == "n001,1,0.01,小"


def test_the_workbook_has_numbers_as_numbers_and_texts_as_texts() -> None:
    NumberSeries.objects.create(name="=HYPERLINK(1)", next_number=123456)
    answer: Any = SeriesList.as_view()(request("/desk/x/?export=xlsx"))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    assert sheet.to_python() == [
        ["名称", "下一号", "金额", "状态"],
        ["=HYPERLINK(1)", 123456.0, 1234.56, "大"],
    ]
    assert "attachment" in answer["Content-Disposition"]


def test_an_export_is_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[ListExported] = []
    monkeypatch.setitem(events._listeners, ListExported, [heard.append])
    fill(3)
    SeriesList.as_view()(request("/desk/x/?export=csv"))
    assert [(fact.kind, fact.rows) for fact in heard] == [("csv", 3)]


def test_lists_of_plain_rows_work_the_same() -> None:
    class Plain(SeriesList):
        def rows(self) -> Any:
            return list(NumberSeries.objects.order_by("pk"))

        def search(self, rows: Any, text: str) -> Any:
            return [row for row in rows if text in row.name]

    fill(35)
    text = shown(Plain.as_view()(request("/desk/x/?sort=-next_number&page=2")))
    assert "n001" in text
    assert f"{sum(range(1, 36)):,}" in text
    assert "n002" in shown(Plain.as_view()(request("/desk/x/?name=n002")))
