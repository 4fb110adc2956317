"""The catalogue tool finds every text and refuses a lost placeholder."""

from pathlib import Path

import pytest

from tools import messages

PAGE = """{% load i18n %}<h1>{% translate "捐赠" %}</h1>
    {% blocktranslate trimmed with n=count %}
      共 {{ n }} 笔
      捐赠
    {% endblocktranslate %}
  <p title="{% translate '它的“名字”' context '人' %}">it's</p>
{% blocktranslate count n=count trimmed %}一件{% plural %}{{ n }} 件{% endblocktranslate %}
"""
CODE = """
from boai.ground.core.text import gettext_noop as _
text = _("金额“{given}”"
         "不能识别。")
@law("room-01", "账目平衡")
def check(): ...
"""


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "boai" / "wing" / "sample"
    (home / "templates").mkdir(parents=True)
    (home / "apps.py").write_text(CODE)
    (home / "templates" / "a.html").write_text(PAGE)
    monkeypatch.setattr(messages, "PACKAGE", tmp_path / "boai")
    return home


def test_collects_code_templates_and_laws(room: Path) -> None:
    found = {str(message.id) for message in messages.collect((room,)) if message.id}
    assert "捐赠" in found
    assert "共 %(n)s 笔 捐赠" in found
    assert "它的“名字”" in found
    assert "('一件', '%(n)s 件')" in found
    assert "金额“{given}”不能识别。" in found
    assert "账目平衡" in found


def test_update_keeps_english_and_drops_what_is_gone(room: Path) -> None:
    assert messages.update("sample") == (6, 6)
    path = messages.catalogue_path(room)
    path.write_text(
        path.read_text().replace('msgid "捐赠"\nmsgstr ""', 'msgid "捐赠"\nmsgstr "Gift"')
    )
    assert messages.update("sample") == (6, 5)
    (room / "templates" / "a.html").write_text('{% load i18n %}{% translate "捐赠" %}')
    assert messages.update("sample") == (3, 2)
    assert 'msgstr "Gift"' in path.read_text()


def test_check_names_missing_and_lost_placeholders(room: Path) -> None:
    messages.update("sample")
    path = messages.catalogue_path(room)
    path.write_text(
        path.read_text().replace(
            'msgid "金额“{given}”不能识别。"\nmsgstr ""',
            'msgid "金额“{given}”不能识别。"\nmsgstr "Not an amount."',
        )
    )
    faults = messages.faults("sample")
    assert any("placeholders differ" in line for line in faults)
    assert any("no English for “捐赠”" in line for line in faults)
    assert messages.main(["check", "sample"]) == 1


def test_compile_writes_english_and_chinese_as_itself(room: Path) -> None:
    messages.update("sample")
    assert messages.compile_all(messages.PACKAGE) == 1
    assert (room / "locale" / "en" / "LC_MESSAGES" / "django.mo").exists()
    assert (room / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.mo").exists()
