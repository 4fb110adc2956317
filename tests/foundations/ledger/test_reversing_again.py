"""A reversal whose key comes back is answered again, whatever it moved (found by campaign G1)."""

import pytest

from boai.foundations.ledger.errors import AlreadyReversed, SameKeyOtherInputs
from boai.foundations.ledger.services import posting
from boai.foundations.ledger.values import Posted
from boai.ground.core.actors import SYSTEM
from tests.factories.books import AT, gift, make_fund, spend

pytestmark = pytest.mark.django_db


def reverse(entry: Posted, key: str, reason: str = "误记") -> Posted:
    return posting.reverse(SYSTEM, entry_id=entry.entry_id, key=key, at=AT, reason=reason)


def test_the_reversal_of_a_spending_is_answered_again() -> None:
    fund = make_fund()
    gift(fund, "1", 100)
    spent = spend(fund, "1", 40)
    first = reverse(spent, "back")
    again = reverse(spent, "back")
    assert (again.entry_id, again.repeated) == (first.entry_id, True)


def test_the_reversal_of_a_gift_is_answered_again() -> None:
    given = gift(make_fund(), "1", 100)
    first = reverse(given, "back")
    assert reverse(given, "back").entry_id == first.entry_id


def test_another_key_or_another_reason_is_refused_in_its_own_words() -> None:
    fund = make_fund()
    gift(fund, "1", 100)
    spent = spend(fund, "1", 40)
    reverse(spent, "back")
    with pytest.raises(AlreadyReversed):
        reverse(spent, "other")
    with pytest.raises(SameKeyOtherInputs):
        reverse(spent, "back", "另有原因")
