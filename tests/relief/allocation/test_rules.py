"""Pure rules: shares, first expiry, the cut-off, the order."""

from datetime import date, datetime, time

from hypothesis import given
from hypothesis import strategies as st

from boai.ground.core.clock import CHINA
from boai.relief.allocation.rules import (
    arrived_since,
    by_first_expiry,
    cut_off_of,
    list_day,
    may_follow,
    shares,
    warning_stage,
)
from boai.relief.allocation.values import REQUEST_STATES, ProposeLine, Stock, Wish


@given(st.integers(0, 10**9), st.lists(st.integers(1, 10**7), min_size=1, max_size=30))
def test_shares_never_exceed_what_is_there_or_was_asked(free: int, asked: list[int]) -> None:
    found = shares(free, [Wish(at, n) for at, n in enumerate(asked)])
    assert sum(found.values()) == min(free, sum(asked))
    assert all(0 <= found[at] <= n for at, n in enumerate(asked))


def test_first_expiry_first_and_never_anothers_goods() -> None:
    stock = [
        Stock(1, 11, 10, None, None),
        Stock(2, 12, 10, date(2020, 5, 1), None),
        Stock(3, 13, 10, date(2020, 3, 1), 8),
        Stock(4, 14, 5, date(2021, 1, 1), 7),
    ]
    assert by_first_expiry(stock, 20, receiver_id=7) == [
        ProposeLine(4, 14, 5),
        ProposeLine(2, 12, 10),
        ProposeLine(1, 11, 5),
    ]


def test_cut_off() -> None:
    four = time(16, 0)
    at = datetime(2020, 1, 29, 16, 0, 3, tzinfo=CHINA)
    assert arrived_since(at, four) == datetime(2020, 1, 28, 16, 0, tzinfo=CHINA)
    assert arrived_since(at.replace(hour=20), four) == datetime(2020, 1, 29, 16, 0, tzinfo=CHINA)
    assert list_day(at, four) == date(2020, 1, 30)
    assert list_day(at.replace(hour=15), four) == date(2020, 1, 29)
    assert cut_off_of("17:30") == time(17, 30)
    assert cut_off_of("soon") == four


def test_only_a_proposed_request_is_decided() -> None:
    for state in REQUEST_STATES:
        for outcome in ("approved", "refused"):
            assert may_follow(state, outcome) is (state == "proposed")


def test_the_clock_warns_at_six_and_nine_and_flags_past_ten() -> None:
    stages = [warning_stage(s, 6, 9, 10) for s in (0, 359, 360, 539, 540, 600, 601)]
    assert stages == [0, 0, 1, 1, 2, 2, 3]
