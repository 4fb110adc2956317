"""Numbers, references, canonical bytes, facts, days."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boai.ground.core import canonical, clock, events, numbering
from boai.ground.core.refs import Ref

NUMBER = numbering.numbered("JZ", date(2020, 1, 29), 123)


def test_a_number_is_well_formed_as_typed_by_people() -> None:
    assert numbering.is_well_formed(f" {NUMBER[:10]}-{NUMBER[10:]} ".lower())


@given(st.integers(min_value=0, max_value=len(NUMBER) - 1), st.sampled_from("0123456789ABCXYZ"))
def test_one_wrong_character_is_found(position: int, character: str) -> None:
    wrong = NUMBER[:position] + character + NUMBER[position + 1 :]
    assert numbering.is_well_formed(wrong) == (wrong == NUMBER)


@pytest.mark.parametrize("text", ["", "gift", "a.b", "a.b:", "A.b:1", "a.b:1 2", "a.b:" + "x" * 99])
def test_a_reference_has_one_shape(text: str) -> None:
    with pytest.raises(ValueError, match="not a reference"):
        Ref.parse(text)


def test_a_reference_reads_back() -> None:
    ref = Ref("donations", "gift-line", "12")
    assert Ref.parse(str(ref)) == ref


def test_canonical_bytes_do_not_depend_on_order() -> None:
    assert canonical.canonical({"b": 1, "a": ["捐", None]}) == '{"a":["捐",null],"b":1}'.encode()


@pytest.mark.parametrize("content", [1.5, {"a": 0.1}, {1, 2}, b"x"])
def test_floats_and_strangers_have_no_canonical_form(content: object) -> None:
    with pytest.raises(TypeError):
        canonical.canonical(content)


def test_the_day_is_the_day_in_china() -> None:
    assert clock.day_of(datetime(2020, 1, 28, 16, 0, tzinfo=UTC)) == date(2020, 1, 29)
    with pytest.raises(ValueError, match="time zone"):
        clock.day_of(datetime(2020, 1, 28, 16, 0))


def test_a_listener_that_fails_makes_the_announcement_fail() -> None:
    @dataclass(frozen=True)
    class Planted:
        number: int

    heard: list[int] = []

    @events.listens_to(Planted)
    def first(fact: Planted) -> None:
        heard.append(fact.number)

    @events.listens_to(Planted)
    def second(fact: Planted) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        events.announce(Planted(7))
    assert heard == [7]
