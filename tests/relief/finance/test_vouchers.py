"""Vouchers: the books carried over to the accountant's accounts, to the fen."""

import csv
import io
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from boai.foundations.ledger.models import Posting
from boai.foundations.ledger.services import funds, posting
from boai.foundations.ledger.values import Inflow
from boai.ground.core.actors import SYSTEM
from boai.ground.core.clock import day_of
from boai.ground.core.errors import NotPermitted
from boai.relief.finance import errors, queries
from boai.relief.finance.models import AccountCode
from boai.relief.finance.services import coding
from boai.relief.finance.values import ACCOUNT_USES, VoucherLine
from tests.factories.books import stand_alone

from .conftest import Money

Clients = Callable[..., Client]
FIRST, AFTER = date(2020, 1, 1), date(2020, 4, 1)
GIVEN = 100_000_000
"""Fen that each fund of the fixture begins with."""


def lines(money: Money, organisation: int | None = None) -> list[VoucherLine]:
    return queries.vouchers(organisation or money.world.places.city, FIRST, AFTER)


def turnover(rows: list[VoucherLine]) -> dict[str, tuple[int, int]]:
    """Debit and credit by account."""
    debit, credit = Counter[str](), Counter[str]()
    for row in rows:
        debit[row.code] += row.debit or 0
        credit[row.code] += row.credit or 0
    return {code: (debit[code], credit[code]) for code in sorted({*debit, *credit})}


def assert_balanced(rows: list[VoucherLine]) -> None:
    debit, credit = Counter[int](), Counter[int]()
    for row in rows:
        assert (row.debit is None) != (row.credit is None)
        debit[row.number] += row.debit or 0
        credit[row.number] += row.credit or 0
    assert debit == credit
    assert sorted(debit) == list(range(1, len(debit) + 1))


def in_bank(organisation_id: int) -> int:
    """What the postings say is in the bank, without asking the vouchers' query."""
    own = Posting.objects.filter(organisation_id=organisation_id)
    came = sum(own.filter(debit__kind="bank").values_list("amount", flat=True))
    return came - sum(own.filter(credit__kind="bank").values_list("amount", flat=True))


def pay(money: Money, id: int) -> str:
    money.decide(id)
    return money.pay(id)


def test_each_restriction_has_its_account(money: Money) -> None:
    found = turnover(lines(money))
    assert found["410101"] == (0, GIVEN)
    assert found["410102"] == (0, GIVEN)
    assert found["2601"] == (0, GIVEN)  # on its way to the unit that the givers named
    assert found["1002"] == (3 * GIVEN, 0)


def test_a_days_gifts_are_one_voucher(money: Money) -> None:
    before = len({row.number for row in lines(money)})
    gifts = [
        Inflow(f"t:{n}", 100 + n, f"t:{n}", money.at + timedelta(days=3), n) for n in range(50)
    ]
    funds.receive_many_into_fund(SYSTEM, fund_id=money.appeal, bank="ICBC", gifts=gifts)
    funds.receive_many_into_fund(
        SYSTEM, fund_id=money.free, bank="ICBC", gifts=[g._replace(key=f"f:{g.key}") for g in gifts]
    )
    rows = lines(money)
    new = [row for row in rows if row.day == day_of(money.at + timedelta(days=3))]
    assert len({row.number for row in rows}) == before + 1
    assert [(row.debit, row.credit) for row in new] == [(12450, None), (None, 6225), (None, 6225)]
    assert "100" in new[0].summary and "50" in new[1].summary
    assert_balanced(rows)


def test_what_is_spent_goes_to_the_account_of_its_kind(money: Money) -> None:
    places = money.world.places
    coding.assign_account(
        money.world.cast.accountant, organisation_id=places.city, use="spent-purchase",
        code="510102", name="业务活动成本—采购", at=money.at,
    )  # fmt: skip
    number = pay(money, money.propose(amount=1_234))
    pay(money, money.buy(quantity=100, price=250))
    rows = lines(money)
    found = turnover(rows)
    assert found["5101"] == (1_234, 0)
    assert found["510102"] == (25_000, 0)
    (spent,) = [row for row in rows if row.code == "5101"]
    assert number in spent.summary and "发热门诊改造" in spent.summary
    assert found["1002"][0] - found["1002"][1] == in_bank(places.city)
    assert_balanced(rows)


def test_what_goes_back_is_red(money: Money) -> None:
    stand_alone()
    own = {"fund_id": money.appeal, "at": money.at, "inputs": 1}
    funds.receive_into_fund(SYSTEM, source="t:1", amount=500, bank="ICBC", key="t:1", **own)
    taken = funds.receive_into_fund(SYSTEM, source="t:2", amount=70, bank="ICBC", key="t:2", **own)
    before = turnover(lines(money))
    posting.reverse(SYSTEM, entry_id=taken.entry_id, key="back:2", at=money.at, reason="重复")
    rows = lines(money)
    assert turnover(rows)["410101"] == (0, before["410101"][1] - 70)
    assert turnover(rows)["1002"] == (before["1002"][0] - 70, 0)
    (red,) = [row for row in rows if row.code == "410101" and (row.credit or 0) < 0]
    assert red.credit == -70
    assert_balanced(rows)


def test_between_funds_of_one_society(money: Money) -> None:
    with transaction.atomic():
        stand_alone()
        funds.transfer(
            SYSTEM,
            from_fund_id=money.free,
            to_fund_id=money.appeal,
            amount=300,
            bank="ICBC",
            key="move",
            at=money.at,
            inputs=1,
        )
        rows = lines(money)
        there = in_bank(money.world.places.city)
        transaction.set_rollback(True)
    found = turnover(rows)
    assert (found["3101"], found["3102"]) == ((300, 0), (0, 300))
    assert found["1002"][0] - found["1002"][1] == there
    assert_balanced(rows)


def test_between_societies(money: Money) -> None:
    places = money.world.places
    pay(money, money.propose(amount=900, kind="transfer", payee_organisation_id=places.county))
    assert turnover(lines(money))["5101"] == (900, 0)
    there = lines(money, places.county)
    assert turnover(there) == {"1002": (900, 0), "4901": (0, 900)}
    assert_balanced(there)


def test_the_reads_do_not_grow_with_gifts_and_payments(money: Money) -> None:
    def reads() -> int:
        with CaptureQueriesContext(connection) as captured:
            lines(money)
        return len(captured)

    pay(money, money.propose(amount=10))
    before = reads()
    gifts = [Inflow(f"t:{n}", 100, f"t:{n}", money.at, n) for n in range(30)]
    funds.receive_many_into_fund(SYSTEM, fund_id=money.appeal, bank="ICBC", gifts=gifts)
    for amount in (20, 30, 40):
        pay(money, money.propose(amount=amount))
    assert reads() == before


def test_a_code_is_digits_and_has_a_name(money: Money) -> None:
    cast, city = money.world.cast, money.world.places.city
    given = {"organisation_id": city, "use": "bank", "at": money.at}
    for code in ("", "12", "10 02", "１００２", "x" * 30, "1" * 21):
        with pytest.raises(errors.CodeIsNotAnAccount):
            coding.assign_account(cast.accountant, code=code, name="银行存款", **given)
    with pytest.raises(errors.AccountHasNoName):
        coding.assign_account(cast.accountant, code="100201", name="  ", **given)
    with pytest.raises(errors.NotFound):
        coding.assign_account(
            cast.accountant, code="100201", name="x", **{**given, "use": "nothing"}
        )
    for stranger in (cast.cashier, cast.programme, cast.outsider):
        with pytest.raises(NotPermitted):
            coding.assign_account(stranger, code="100201", name="x", **given)
    with pytest.raises(NotPermitted):
        coding.assign_account(
            cast.accountant, code="1002", name="x",
            **{**given, "organisation_id": money.world.places.county},
        )  # fmt: skip
    assert queries.account_codes(city)["bank"].code == ACCOUNT_USES["bank"].code


def test_the_newest_code_counts_and_none_is_ever_changed(money: Money) -> None:
    city = money.world.places.city
    for code in ("100201", "100202"):
        coding.assign_account(
            money.world.cast.accountant, organisation_id=city, use="bank", code=code,
            name="银行存款—工行", at=money.at,
        )  # fmt: skip
    assert queries.account_codes(city)["bank"].code == "100202"
    assert queries.account_codes(money.world.places.county)["bank"].code == "1002"
    for sql in (
        "UPDATE finance_accountcode SET code = '9999'",
        "DELETE FROM finance_accountcode",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    row = AccountCode.objects.latest("pk")
    for wrong in ({"use": "nothing"}, {"code": ""}, {"name": ""}):
        given = {"use": "bank", "code": "1002", "name": "银行存款", **wrong}
        with pytest.raises(IntegrityError), transaction.atomic():
            AccountCode.objects.create(
                organisation_id=city, set_by_id=row.set_by_id, set_at=row.set_at, **given
            )


def test_the_page_and_its_file(money: Money, client_for: Clients) -> None:
    pay(money, money.propose(amount=1_234))
    accountant = client_for(money.world.cast.accountant)
    month = f"{money.at:%Y-%m}"
    address = reverse("finance-vouchers-month", args=[month])
    newest = accountant.get(reverse("finance-vouchers"))
    for page in (newest, accountant.get(address)):
        text = page.content.decode()
        assert month in text and "业务活动成本" in text and "12.34" in text and "未知" not in text
    file = accountant.get(f"{address}?export=csv").content.decode("utf-8-sig")
    table = list(csv.DictReader(io.StringIO(file)))
    assert len(table) >= 4
    debit = sum(int(row["借方金额"].replace(".", "").replace(",", "") or 0) for row in table)
    credit = sum(int(row["贷方金额"].replace(".", "").replace(",", "") or 0) for row in table)
    assert debit == credit > 0
    for wrong in ("2020-13", "2020-00", "20-01", "latest", "２０２０-01", f"{month}x"):
        assert accountant.get(reverse("finance-vouchers-month", args=[wrong])).status_code == 404
    for edge in ("1900-01", "9998-12"):
        empty = accountant.get(reverse("finance-vouchers-month", args=[edge]))
        assert "这个月没有记账凭证" in empty.content.decode()
    # Somebody of another society sees that one's books, which have nothing in them.
    stranger = client_for(money.world.cast.outsider).get(address)
    assert "这个月没有记账凭证" in stranger.content.decode()
    keeper = client_for(money.world.cast.keeper).get(address)
    assert keeper.status_code == 403


def test_an_account_is_assigned_on_its_page(money: Money, client_for: Clients) -> None:
    accountant = client_for(money.world.cast.accountant)
    page = reverse("finance-account", args=["bank"])
    assert "捐赠账户中的钱" in accountant.get(page).content.decode()
    wrong = accountant.post(page, {"code": "工行", "name": "银行存款"})
    assert wrong.status_code == 422 and "数字" in wrong.content.decode()
    assert accountant.post(page, {"code": "100201", "name": "银行存款—工行"}).status_code == 302
    assert "100201" in accountant.get(reverse("finance-accounts")).content.decode()
    assert accountant.get(reverse("finance-account", args=["nothing"])).status_code == 404
    assert client_for(money.world.cast.cashier).get(page).status_code == 403
