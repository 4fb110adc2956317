"""What the tags show."""

from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template

from boai.ground.kit.web.downloads import file_response


def drawn(source: str, **values: object) -> str:
    return Template(source).render(Context(values))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{% money n %}", "¥1,234.56"),
        ("{% money n words=True %}", "壹仟贰佰叁拾肆元伍角陆分"),
        ("{% money none %}", "未知"),
        ("{% money minus %}", "negative"),
        ("{% money zero words=True %}", "¥0.00"),
        ("{% quantity n '只' %}", "123,456"),
        ("{% quantity none '只' %}", "未知"),
        ("{% moment at %}", "2020-01-30 00:30"),
        ("{% day at %}", "2020-01-30"),
        ("{% day on %}", "2020-01-29"),
        ("{% moment none %}", "—"),
        ("{% state label 'good' %}", "state-good"),
        ("{% state label 'evil\" onclick=' %}", "state-plain"),
        ("{% ref 'donations.gift:JZ1' %}", 'data-copy="JZ1"'),
        ("{% ref 'WB-1' copy=False %}", "WB-1"),
        ("{% mask name %}", "欧**红"),
        ("{% mask phone 'phone' %}", "138****5678"),
        ("{% share 1 4 %}", "25%"),
        ("{% share 5 4 %}", 'value="4"'),
        ("{% share none 4 %}", "—"),
        ("{% icon 'box' %}", "icons.svg#box"),
        ("{% stat '金额' n kind='money' %}", "¥1,234.56"),
        ("{% address 'no-such-page' 1 %}", ""),
        ("{{ n|yuan }}", "1,234.56"),
        ("{{ none|thousands }}", "未知"),
    ],
)
def test_shows(source: str, words: str) -> None:
    text = drawn(
        source,
        n=123456,
        none=None,
        minus=-5,
        zero=0,
        at=datetime(2020, 1, 29, 16, 30, tzinfo=UTC),
        on=date(2020, 1, 29),
        label="<已入库>",
        name="欧阳小红",
        phone="13812345678",
    )
    assert words in text
    assert "<已入库>" not in text


def test_a_file_may_have_a_chinese_name() -> None:
    answer = file_response(b"x", '凭证 "1"\r\n.pdf')
    assert "filename*=utf-8''" in answer["Content-Disposition"]
    assert "\n" not in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "private, no-store"


def test_the_title_of_a_page_is_its_heading() -> None:
    text = drawn(
        '{% extends "kit/public.html" %}{% block title %}收货 {{ n }}{% endblock %}', n="<3>"
    )
    assert "<title>收货 &lt;3&gt; ·" in text
    assert "<h1>收货 &lt;3&gt;</h1>" in text
