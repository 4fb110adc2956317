"""Short ways to the canonical form and to public numbers say the same as the long ones."""

import json
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boai.foundations.certificates.rules import (
    ALPHABET,
    new_check_codes,
    paper_digest,
    paper_digests,
)
from boai.foundations.translog.rules import bodies_of, body_of
from boai.foundations.translog.values import LeafOrder
from boai.ground.core.canonical import canonical, canonical_many, quoted
from boai.ground.core.clock import CHINA
from boai.ground.core.numbering import numbered, numbered_many

TEXT = st.text(st.characters(codec="utf-8"), max_size=40)
PLAIN = st.none() | st.booleans() | st.integers() | TEXT
MOMENTS = st.datetimes(timezones=st.just(CHINA))
FACTS = st.dictionaries(st.sampled_from("xy"), PLAIN, max_size=2)


@given(st.dictionaries(TEXT, PLAIN, max_size=6))
def test_plain_dictionaries_need_no_copy(content: dict[str, object]) -> None:
    expected = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert canonical(content) == expected.encode()


@given(
    st.lists(st.sampled_from(["a", "b%s", 'c"', "数", ""]), unique=True, max_size=5).flatmap(
        lambda names: st.lists(
            st.fixed_dictionaries(
                {name: PLAIN | MOMENTS | st.dates() | FACTS for name in names[1:]}
                | dict.fromkeys(names[:1], MOMENTS | FACTS)
            ),
            max_size=6,
        )
    )
)
def test_contents_of_one_shape_are_written_as_one_by_one(contents: list[dict[str, Any]]) -> None:
    assert canonical_many(contents) == [canonical(one).decode() for one in contents]


@given(st.lists(st.dictionaries(TEXT, PLAIN, max_size=3) | st.lists(PLAIN, max_size=2), max_size=5))
def test_contents_of_any_shape_are_written_as_one_by_one(contents: list[Any]) -> None:
    assert canonical_many(contents) == [canonical(one).decode() for one in contents]


@given(TEXT)
def test_one_text(text: str) -> None:
    assert quoted(text).encode() == canonical(text)


def test_a_float_has_no_form_anywhere() -> None:
    for content in (1.0, {"a": 1.0}, {"a": [1.0]}, {"a": {"b": float("nan")}}):
        with pytest.raises(TypeError):
            canonical(content)
    for contents in ([{"a": 1.0, "b": 1}] * 2, [{"a": 1, "b": 1}, {"a": 1.5, "b": 1}]):
        with pytest.raises(TypeError):
            canonical_many(contents)


@given(
    ref=st.text(st.characters(codec="utf-8"), min_size=1, max_size=140),
    facts=st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True), PLAIN, max_size=5),
    hidden=st.dictionaries(st.sampled_from(["name", "phone"]), st.just("ab" * 32), max_size=2),
    at=MOMENTS,
)
def test_a_leaf_is_the_canonical_form_of_what_it_says(
    ref: str, facts: dict[str, object], hidden: dict[str, str], at: datetime
) -> None:
    content: dict[str, object] = {"at": at, "facts": facts, "kind": "x-y", "ref": ref, "v": 1}
    if hidden:
        content["commitments"] = hidden
    assert body_of(LeafOrder(ref, "x-y", facts, at), hidden).encode() == canonical(content)
    plain = [LeafOrder(ref, "x-y", facts, at)] * 2
    assert bodies_of(plain) == [body_of(order, {}) for order in plain]


@given(st.lists(st.integers(min_value=1, max_value=10**9), max_size=20), st.dates())
def test_numbers_of_a_set_are_the_numbers_one_by_one(running: list[int], day: date) -> None:
    assert numbered_many("JZ", day, running) == [numbered("JZ", day, n) for n in running]


def test_check_codes_use_every_letter_and_no_other() -> None:
    codes = new_check_codes(4000)
    assert {len(code) for code in codes} == {8} and len(set(codes)) == 4000
    assert set("".join(codes)) == set(ALPHABET)


@pytest.mark.django_db
@given(holder=st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=40))
def test_the_digest_of_a_paper_is_the_one_that_the_law_reads(holder: str) -> None:
    from boai.foundations.certificates.services.writing import NewPaper, digest_all

    at = datetime(2020, 1, 29, 10, 0, tzinfo=CHINA)
    facts = {"amount_fen": 5, "purpose": 'a"b\\', "gift_number": "JZ1"}
    paper = NewPaper(
        "ZS1", "donation-certificate", 7, "a.b:1", holder, canonical(facts).decode(), facts,
        "ABCDEFGH", at, "", "ZS0",
    )  # fmt: skip
    digest_all([paper])
    assert paper.digest == paper_digest(
        number="ZS1",
        kind="donation-certificate",
        organisation_id=7,
        subject="a.b:1",
        holder=holder,
        facts=facts,
        check_code="ABCDEFGH",
        template_version=paper.version,
        replaces="ZS0",
        issued_at=at,
    )
    columns: dict[str, Any] = {
        "number": "ZS1", "kind": "donation-certificate", "organisation": 7, "subject": "a.b:1",
        "holder": holder, "facts": facts, "check_code": "ABCDEFGH", "template": paper.version,
        "replaces": "ZS0", "issued_at": at,
    }  # fmt: skip
    assert paper_digests({name: [value] * 2 for name, value in columns.items()}) == [
        paper.digest,
        paper.digest,
    ]
