"""Funds: oldest first, refunds from the own interval, transfers, traces exact in fen."""

import pytest

from boai.foundations.ledger import queries
from boai.foundations.ledger.errors import (
    FundHasTooLittle,
    NotASource,
    NotEnough,
    PartlySpent,
    PostingIsMalformed,
    SameKeyOtherInputs,
    TransferIsReturnedByTransfer,
)
from boai.foundations.ledger.services import funds, posting
from boai.foundations.ledger.values import AccountKey, Inflow
from boai.ground.core.actors import SYSTEM
from tests.factories.books import AT, CITY, COUNTY, gift, make_fund, spend

pytestmark = pytest.mark.django_db


def uses(number: str) -> list[tuple[str, int]]:
    return [
        (u.subject.split(":")[1], u.amount) for u in queries.uses_of(f"donations.gift:{number}")
    ]


def unspent(number: str) -> int:
    return queries.unspent_of(f"donations.gift:{number}")


def sources(number: str) -> list[tuple[str, int]]:
    shares = queries.sources_of(f"finance.disbursement:{number}")
    return [(s.source.split(":")[1], s.amount) for s in shares]


def refund(fund: int, number: str, amount: int, key: str = "refund") -> None:
    funds.refund(
        SYSTEM,
        fund_id=fund,
        source=f"donations.gift:{number}",
        amount=amount,
        bank="ICBC",
        subject=f"donations.refund:{number}",
        key=key,
        at=AT,
        inputs={"amount": amount},
    )


def transfer(here: int, there: int, amount: int, key: str = "transfer") -> int:
    return funds.transfer(
        SYSTEM,
        from_fund_id=here,
        to_fund_id=there,
        amount=amount,
        bank="ICBC",
        to_bank="CCB",
        key=key,
        at=AT,
        inputs={"amount": amount},
    ).entry_id


def test_the_worked_example_of_the_books_page() -> None:
    fund = make_fund()
    gift(fund, "A", 10_000)
    gift(fund, "B", 5_000)
    gift(fund, "C", 20_000)
    refund(fund, "B", 2_000)
    spend(fund, "1", 12_000)
    spend(fund, "2", 8_000)
    assert uses("A") == [("1", 10_000)]
    assert sorted(uses("B")) == [("1", 2_000), ("2", 1_000), ("B", 2_000)]
    assert uses("C") == [("2", 7_000)]
    assert (unspent("A"), unspent("B"), unspent("C")) == (0, 0, 13_000)
    assert sources("1") == [("A", 10_000), ("B", 2_000)]
    assert sources("2") == [("B", 1_000), ("C", 7_000)]
    row = queries.fund(fund)
    assert (row.received, row.spent, row.balance) == (35_000, 22_000, 13_000)
    assert queries.balance(AccountKey(CITY, "bank", "ICBC")) == 13_000
    assert queries.balance(AccountKey(CITY, "fund", str(fund))) == 13_000


def test_money_not_yet_in_sequence_counts_as_unspent() -> None:
    fund = make_fund()
    gift(fund, "A", 10_000)
    assert unspent("A") == 10_000
    assert queries.balance(AccountKey(CITY, "bank", "ICBC")) == 10_000


def test_a_fund_gives_no_more_than_it_has() -> None:
    fund = make_fund()
    other = make_fund("另一专项")
    gift(fund, "A", 100)
    gift(other, "B", 100)
    with pytest.raises(FundHasTooLittle):
        spend(fund, "1", 101)
    with pytest.raises(NotEnough):
        spend(fund, "1", 100, bank="CCB")
    spend(fund, "1", 100)
    assert spend(fund, "1", 100).repeated
    with pytest.raises(FundHasTooLittle):
        spend(fund, "2", 1)
    assert queries.fund(other).balance == 100


def test_only_the_unspent_is_refunded() -> None:
    fund = make_fund()
    gift(fund, "A", 100)
    gift(fund, "B", 100)
    spend(fund, "1", 130)
    with pytest.raises(PartlySpent):
        refund(fund, "A", 1)
    with pytest.raises(PartlySpent):
        refund(fund, "B", 71)
    with pytest.raises(NotASource):
        refund(fund, "Z", 1)
    refund(fund, "B", 70)
    with pytest.raises(SameKeyOtherInputs):
        refund(fund, "B", 69)
    assert sorted(uses("B")) == [("1", 30), ("B", 70)]


def test_a_transfer_within_a_society_keeps_the_trace() -> None:
    here, there = make_fund(), make_fund("县级支援")
    gift(here, "A", 100)
    gift(here, "B", 100)
    spend(here, "0", 40)
    transfer(here, there, 120)
    spend(there, "1", 90)
    assert uses("A") == [("0", 40), ("1", 60)]
    assert uses("B") == [("1", 30)]
    assert (unspent("A"), unspent("B")) == (0, 70)
    assert sources("1") == [("A", 60), ("B", 30)]
    assert queries.balance(AccountKey(CITY, "bank", "ICBC")) == 70


def test_a_transfer_to_another_society_stands_in_both_journals() -> None:
    here, there = make_fund(), make_fund("转入", COUNTY)
    gift(here, "A", 100)
    entry = transfer(here, there, 60)
    assert transfer(here, there, 60) == entry
    spend(there, "1", 25, bank="CCB")
    assert uses("A") == [("1", 25)]
    assert unspent("A") == 75
    assert sources("1") == [("A", 25)]
    assert queries.balance(AccountKey(CITY, "bank", "ICBC")) == 40
    assert queries.balance(AccountKey(COUNTY, "bank", "CCB")) == 35
    with pytest.raises(TransferIsReturnedByTransfer):
        posting.reverse(SYSTEM, entry_id=entry, key="r", at=AT, reason="x")


def test_spending_taken_back_is_unspent_again() -> None:
    fund = make_fund()
    gift(fund, "A", 100)
    paid = spend(fund, "1", 60)
    posting.reverse(SYSTEM, entry_id=paid.entry_id, key="r", at=AT, reason="付款退回")
    assert unspent("A") == 100
    assert sources("1") == []
    spend(fund, "2", 70)
    assert uses("A") == [("2", 70)]
    assert queries.fund(fund).balance == 30
    assert queries.balance(AccountKey(CITY, "bank", "ICBC")) == 30


def test_a_gift_booked_by_mistake_is_reversed_from_its_own_interval() -> None:
    fund = make_fund()
    gift(fund, "A", 100)
    wrong = gift(fund, "B", 500)
    gift(fund, "C", 100)
    posting.reverse(SYSTEM, entry_id=wrong.entry_id, key="r", at=AT, reason="重复入账")
    spend(fund, "1", 150)
    assert sources("1") == [("A", 100), ("C", 50)]
    assert unspent("B") == 0
    with pytest.raises(PartlySpent):
        posting.reverse(SYSTEM, entry_id=gift(fund, "A", 100).entry_id, key="ra", at=AT, reason="x")


def test_a_transfer_between_own_funds_can_be_reversed() -> None:
    here, there = make_fund(), make_fund("县级支援")
    gift(here, "A", 100)
    entry = transfer(here, there, 60)
    posting.reverse(SYSTEM, entry_id=entry, key="r", at=AT, reason="划错")
    assert unspent("A") == 100
    spend(here, "1", 100)
    assert uses("A") == [("1", 100)]


def test_many_gifts_at_once_and_the_same_file_twice() -> None:
    fund = make_fund()
    batch = [Inflow(f"donations.gift:{n}", n, f"k{n}", AT, {"n": n}) for n in range(1, 400)]
    first = funds.receive_many_into_fund(SYSTEM, fund_id=fund, bank="ICBC", gifts=batch)
    again = funds.receive_many_into_fund(SYSTEM, fund_id=fund, bank="ICBC", gifts=batch)
    assert [p.entry_id for p in first] == [p.entry_id for p in again]
    assert all(p.repeated for p in again)
    spend(fund, "1", 1000)
    assert sum(share for _, share in sources("1")) == 1000
    assert unspent("399") == 399


def test_a_fund_name_stands_once() -> None:
    assert make_fund() == make_fund()
    with pytest.raises(PostingIsMalformed):
        funds.open_fund(
            SYSTEM,
            organisation_id=CITY,
            name="防疫专项",
            restriction="unrestricted",
            purpose="",
            at=AT,
        )
