"""Amounts in, amounts out, and nothing lost in between."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boai.ground.core import money


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("100", 10000),
        ("100.5", 10050),
        ("0.01", 1),
        ("1,234.56", 123456),
        (" ￥１００ ", 10000),
        ("20,000,000.00\u00a0", 2000000000),
        ("88.88元", 8888),
        ("５００", 50000),
        ("1.10", 110),
    ],
)
def test_amounts_as_people_write_them(written: str, fen: int) -> None:
    assert money.fen_from_yuan(written) == fen


@pytest.mark.parametrize(
    ("written", "refusal"),
    [
        ("", money.AmountIsNotReadable),
        ("abc", money.AmountIsNotReadable),
        ("1e3", money.AmountIsNotReadable),
        ("NaN", money.AmountIsNotReadable),
        ("Infinity", money.AmountIsNotReadable),
        ("1,00", money.AmountIsNotReadable),
        ("100元整", money.AmountIsNotReadable),
        ("--1", money.AmountIsNotReadable),
        ("0.001", money.AmountHasTooManyDecimals),
        ("0", money.AmountOutOfRange),
        ("-1", money.AmountOutOfRange),
        ("99999999999999999999", money.AmountOutOfRange),
        ("壹佰", money.AmountIsNotReadable),
        ("1" * 5000, money.AmountOutOfRange),
    ],
)
def test_amounts_that_are_refused(written: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        money.fen_from_yuan(written)


@given(st.integers(min_value=1, max_value=money.LARGEST_FEN))
def test_what_is_shown_reads_back(fen: int) -> None:
    assert money.fen_from_yuan(money.yuan(fen)) == fen


@pytest.mark.parametrize(
    ("fen", "words"),
    [(1, "壹分"), (1005, "壹拾元零伍分"), (32504, "叁佰贰拾伍元零肆分"), (10000, "壹佰元整")],
)
def test_capital_numerals(fen: int, words: str) -> None:
    assert money.in_words(fen) == words


@given(
    st.integers(min_value=0, max_value=10**12),
    st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=40).filter(any),
)
def test_largest_remainder_loses_nothing(total: int, weights: list[int]) -> None:
    parts = money.largest_remainder(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - total * weight) < sum(weights)
