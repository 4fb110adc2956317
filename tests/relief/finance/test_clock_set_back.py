"""Nothing is paid on a day before the decision that it rests on (found by campaign G1)."""

from datetime import timedelta

import pytest

from boai.relief.finance.errors import DecisionIsInTheFuture
from tests.relief.finance.conftest import Money

pytestmark = pytest.mark.django_db


def test_a_payment_waits_until_the_clock_is_right_again(money: Money) -> None:
    asked = money.propose()
    money.decide(asked)
    with pytest.raises(DecisionIsInTheFuture):
        money.pay(asked, at=money.at - timedelta(days=1))
    assert money.pay(asked)
