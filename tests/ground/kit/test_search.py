"""Search finds Chinese, pinyin, initials, words and numbers, on both databases."""

import pytest
from django.db.models import Q

from boai.ground.kit.models import JobRun
from boai.ground.kit.search import search_filter, tokens

TEXTS = {
    "tent": "武汉博爱帐篷 20-A3型",
    "zhang": "张三",
    "san": "三张纸",
    "ou": "区小红 Co. GB 19083",
}


@pytest.fixture
def rows(db: None) -> None:
    for name, text in TEXTS.items():
        JobRun.objects.create(name=name, failure=tokens(text))


def found(query: str) -> set[str]:
    rows = JobRun.objects.filter(search_filter("failure", query))
    return set(rows.values_list("name", flat=True))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("帐篷", {"tent"}),
        ("博爱", {"tent"}),
        ("张三", {"zhang"}),
        ("zhangsan", {"zhang"}),
        ("zs", {"zhang"}),
        ("ZhangPeng", {"tent"}),
        ("zp", {"tent"}),
        ("ou xiao", {"ou"}),
        ("ouxiaohong", {"ou"}),
        ("19083", {"ou"}),
        ("gb", {"ou"}),
        ("爱帐 a3", {"tent"}),
        ("张", {"zhang", "san"}),
        ("ＧＢ", {"ou"}),
        ("没有的", set()),
        ("%_'", set(TEXTS)),
    ],
)
def test_finds(rows: None, query: str, expected: set[str]) -> None:
    assert found(query) == expected


def test_an_empty_query_keeps_nothing_out_and_long_input_ends() -> None:
    assert search_filter("failure", " ") == Q()
    assert len(tokens("汉" * 100_000)) < 50_000
    assert tokens("") == ""
