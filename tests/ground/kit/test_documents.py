"""Papers: data stays data, missing characters are found, codes can be read."""

from io import BytesIO

import pytest

from boai.ground.kit import documents
from boai.ground.kit.documents import compose, missing_glyphs, render_pdf, render_png
from boai.ground.kit.qr import qr_png, qr_svg

SOURCE = b"""#let data = json(bytes(sys.inputs.data))
#set page(width: 200pt, height: 120pt)
#set text(font: ("Noto Sans SC", "Noto Sans CJK SC"))
#data.name"""


def test_markup_in_data_is_inert() -> None:
    for name in (
        "#panic()",
        "*粗* _斜_ $x$ @ref <a>",
        '"]; #import "x"',
        "\\u{1F600}",
        "名\x00\x1b",
    ):
        assert render_pdf(SOURCE, {"name": name}).startswith(b"%PDF")
    assert render_png(SOURCE, {"name": "张三"}).startswith(b"\x89PNG")


def test_a_character_that_no_font_has_is_reported_and_spelled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = compose(SOURCE, {"name": "张\U0010f000", "more": [{"deep": "\ue000"}]})
    assert [glyph.code_point for glyph in document.missing] == ["U+E000", "U+10F000"]
    monkeypatch.setattr(documents, "_has_glyph", lambda character: False)
    assert [g.character for g in missing_glyphs({"name": "张禤三 \n\u3000"})] == ["禤"]
    shown = documents._drawable({"name": "禤三"}, {"禤": documents.MissingGlyph("禤")})
    assert shown == {"name": "〔U+79A4〕三"}


def test_common_characters_are_in_the_fonts_of_the_house() -> None:
    own = documents._own_glyphs()
    assert all(
        ord(c) in own
        for c in "捐赠证书壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整感谢信ABCabc0123456789¥：，。"
    )


def test_codes_can_be_read_back() -> None:
    zxingcpp = pytest.importorskip("zxingcpp")
    from PIL import Image

    text = "http://127.0.0.1:8000/verify/?n=ZS20200129000123K&c=8K3PWX9M"
    assert zxingcpp.read_barcodes(Image.open(BytesIO(qr_png(text))))[0].text == text
    svg = qr_svg("博爱")
    assert svg.startswith("<svg") and "script" not in svg
