"""The page that explains the books, performed: every figure of its tables is what the books say."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pytest

from boai.foundations.catalogue.services import kits, listing
from boai.foundations.ledger import queries as ledger
from boai.foundations.ledger.models import FundInflow, FundSpan
from boai.foundations.ledger.values import AccountKey
from boai.ground.core.actors import SYSTEM
from boai.ground.core.money import fen_from_yuan
from boai.relief.dispatch.services import delivering, returning
from boai.relief.donations.services import booking, refunding
from boai.relief.donations.values import GiftOrder, gift_ref, refund_ref
from boai.relief.finance import queries as finance
from boai.relief.finance.services import disbursing
from boai.relief.finance.values import CountedPurchase, DisbursementRow, OrderedLine
from boai.relief.warehouse import queries as warehouse
from boai.relief.warehouse.services import adjusting, packing
from boai.relief.warehouse.values import IssueOrderLine, NewLot
from boai.window.disclosure.queries.values import places_of_purchase, shares_of_purchase
from tests.factories.goods import send
from tests.factories.world import World
from tests.flows.steps import BANK, HOUR, Office, breaches, open_office
from tests.flows.town import Town, make_town

PAGE = Path(__file__).parents[2] / "docs" / "flows" / "books.md"
Table = list[dict[str, str]]


def fen(text: str) -> int:
    """An amount of the page; nothing is an amount too."""
    return fen_from_yuan(text, signed=True)


def tables() -> dict[tuple[str, ...], Table]:
    """Every table of the page, by its head."""
    found: dict[tuple[str, ...], Table] = {}
    for block in re.findall(r"(?:^\|.*\|\n)+", PAGE.read_text(encoding="utf-8"), re.MULTILINE):
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in block.split("\n")]
        head = tuple(rows[0])
        found[head] = [dict(zip(head, row, strict=True)) for row in rows[2:] if any(row)]
    return found


@dataclass
class Month:
    """What was done, by the names of the page."""

    town: Town
    gifts: dict[str, str] = field(default_factory=dict)
    funds: dict[str, int] = field(default_factory=dict)
    acts: dict[str, str] = field(default_factory=dict)
    lots: dict[str, int] = field(default_factory=dict)

    def give(self, at: datetime) -> None:
        """The ten gifts, as the page lists them."""
        for row in tables()["gift", "fund", "amount", "from", "to"]:
            order = GiftOrder(fen(row["amount"]), "bank", row["gift"], at)
            [self.gifts[row["gift"]]] = booking.book_gifts(
                self.town.office.cashier,
                organisation_id=self.town.city,
                appeal_id=self.town.appeal.id if row["fund"] == "appeal" else None,
                orders=[order],
                at=at,
            ).numbers
        self.funds["appeal"] = self.town.appeal.fund_id
        [free] = [f for f in ledger.funds_of(self.town.city) if f.restriction == "unrestricted"]
        self.funds["free"] = free.id

    def pay(self, office: Office, fund: str, kind: str, payee: int, fen: int, at: datetime) -> str:
        """Asked for, decided, paid; answers the number."""
        asked = disbursing.propose_disbursement(
            office.programme,
            organisation_id=office.society,
            fund_id=self.funds[fund],
            kind=kind,
            payee_organisation_id=payee,
            amount=fen,
            purpose="防护物资",
            lines=self.bought() if kind == "purchase" else [],
            at=at,
        )
        return office.spend(asked, at)

    def bought(self) -> list[OrderedLine]:
        stock = self.town.stock
        return [OrderedLine(stock.gloves, 50, 240), OrderedLine(stock.caps, 100, 30)]

    def spend(self, at: datetime) -> None:
        """Refund, purchase, transfer, the county's payment, the free fund's."""
        town, places = self.town, self.town.world.places
        refund = refunding.propose_refund(
            town.office.accountant,
            gift_number=self.gifts["A2"],
            amount_fen=2_000,
            reason="捐赠人申请",
            at=at,
        )
        refunding.pay_refund(town.office.cashier, number=refund, at=at)
        self.acts["refund"] = refund_ref(refund)
        county = open_office(places.county, at)
        bought = self.pay(town.office, "appeal", "purchase", places.company, 15_000, at)
        moved = self.pay(town.office, "appeal", "transfer", places.county, 25_001, at)
        row = finance.disbursement(moved)
        assert row is not None
        disbursing.confirm_receipt(county.accountant, disbursement_id=row.id, at=at + HOUR)
        [self.funds["county"]] = [fund.id for fund in ledger.funds_of(places.county)]
        paid = self.pay(county, "county", "payment", places.hospital, 20_000, at)
        free = self.pay(town.office, "free", "payment", places.hospital, 9_000, at)
        for name, number in (
            ("purchase", bought),
            ("transfer", moved),
            ("county payment", paid),
            ("free payment", free),
        ):
            self.acts[name] = f"finance.disbursement:{number}"

    def handle(self, at: datetime) -> None:
        """Two lots, twenty kits, fifteen sent, four back, one cap lost."""
        town, stock = self.town, self.town.stock
        keeper, second = town.office.keeper, town.office.second_keeper
        bought = self.paid("purchase")
        note = disbursing.receive_purchase(
            keeper,
            disbursement_id=bought.id,
            store_id=stock.store_id,
            counted=[
                CountedPurchase(line.id, line.quantity, expires_on=date(2021, 6 + n, 30))
                for n, line in enumerate(bought.lines)
            ],
            at=at,
        )
        self.lots["gloves"], self.lots["caps"] = town.office.receive(note, at)
        kit = listing.list_item(
            SYSTEM, code="KIT-CARE", name="防护套装", category_code="E4", unit="套", at=at
        )
        kits.list_kit(SYSTEM, kit_id=kit, parts={stock.gloves: 2, stock.caps: 3}, at=at)
        used = [
            IssueOrderLine(self.lots["gloves"], 40),
            IssueOrderLine(self.lots["caps"], 60),
        ]
        packed = packing.pack(keeper, item_id=kit, used=used, made=[NewLot(20)], key="kits", at=at)
        [self.lots["kits"]] = packing.countersign_packing(
            second, note_id=packed.note_id, digest=packed.digest, at=at
        )
        waybill = send(stock, {self.lots["kits"]: 15}, at=at)
        receiver = town.world.cast.receiver
        [line] = town_lines(waybill)
        delivering.sign(receiver, waybill_id=waybill, counted={line: 15}, at=at)
        back = returning.send_back(
            receiver, waybill_id=waybill, quantities={line: 4}, reason="多余", at=at
        )
        returning.count_return(keeper, number=back, at=at)
        [self.lots["returned kits"]] = returning.receive_return(second, number=back, at=at)
        town.release(self.lots["returned kits"], at)
        lost = adjusting.propose_adjustment(
            keeper, lot_id=self.lots["caps"], kind="loss", quantity=1, reason="破损", at=at
        )
        adjusting.countersign_adjustment(second, adjustment_id=lost, agree=True, at=at)

    def paid(self, act: str) -> DisbursementRow:
        row = finance.disbursement(self.acts[act].removeprefix("finance.disbursement:"))
        assert row is not None
        return row


def town_lines(waybill: int) -> list[int]:
    """The lines of a waybill."""
    from tests.flows.steps import waybill as row_of

    return [line.id for line in row_of(waybill).lines]


@pytest.fixture
def month(world: World, at: datetime) -> Month:
    """The whole month, performed."""
    done = Month(make_town(world, at))
    done.give(at)
    done.spend(at)
    done.handle(at + HOUR)
    return done


def test_every_figure_of_the_page_is_what_the_books_say(month: Month) -> None:
    page = tables()
    the_axis(month, page)
    the_postings(month, page)
    both_ways(month, page)
    the_goods(month, page)
    the_values(month, page)
    assert breaches() == {}


def the_axis(month: Month, page: dict[tuple[str, ...], Table]) -> None:
    for row in page["gift", "fund", "amount", "from", "to"]:
        inflow = FundInflow.objects.get(source=gift_ref(month.gifts[row["gift"]]))
        assert inflow.fund_id == month.funds[row["fund"]]
        assert fens(row, "amount", "from", "to") == [inflow.amount, inflow.starts, inflow.ends]
    printed: dict[str, list[list[int]]] = defaultdict(list)
    for row in page["act", "fund", "from", "to"]:
        printed[row["act"]].append([month.funds[row["fund"]], *fens(row, "from", "to")])
    for act, pieces in printed.items():
        spans = FundSpan.objects.filter(outflow__subject=month.acts[act]).order_by("starts")
        told = merged([[span.fund_id, span.starts, span.ends] for span in spans])
        assert told == pieces, act


def merged(pieces: list[list[int]]) -> list[list[int]]:
    """Pieces that touch are one piece on the page."""
    found: list[list[int]] = []
    for fund, starts, ends in pieces:
        if found and found[-1][0] == fund and found[-1][2] == starts:
            found[-1][2] = ends
        else:
            found.append([fund, starts, ends])
    return found


def the_postings(month: Month, page: dict[tuple[str, ...], Table]) -> None:
    city, county = month.town.city, month.town.world.places.county
    held = {
        "bank city": ledger.balance(AccountKey(city, "bank", BANK)),
        "bank county": ledger.balance(AccountKey(county, "bank", BANK)),
        **{f"fund {name}": ledger.fund(fund).balance for name, fund in month.funds.items()},
    }
    assert {row["account"]: fen(row["holds"]) for row in page["account", "holds"]} == held
    moved: dict[str, int] = defaultdict(int)
    for row in page["act", "debit", "credit", "amount"]:
        moving = fen(row["amount"])
        for account, sign in ((row["debit"], 1), (row["credit"], -1)):
            own = sign if account.startswith("bank") else -sign
            moved[account] += own * moving
    # The ten gifts stand in one line of the page, for both funds of the city.
    moved["fund appeal"] += moved.pop("funds city") - 20_000
    moved["fund free"] += 20_000
    assert dict(moved) == held


def both_ways(month: Month, page: dict[tuple[str, ...], Table]) -> None:
    head = ("gift", "refunded", "purchase", "county payment", "free payment", "unspent", "sum")
    names = dict(zip(head[1:5], ("refund", *head[2:5]), strict=True))
    *rows, last = page[head]
    for row in rows:
        source = gift_ref(month.gifts[row["gift"]])
        uses = {use.subject: use.amount for use in ledger.uses_of(source)}
        told = [uses.pop(month.acts[act], 0) for act in names.values()]
        assert uses == {}
        told.append(ledger.unspent_of(source))
        assert fens(row, *head[1:]) == [*told, sum(told)]
    for column, act in names.items():
        shares = {s.source: s.amount for s in ledger.sources_of(month.acts[act])}
        for row in rows:
            source = gift_ref(month.gifts[row["gift"]])
            assert fen(row[column]) == shares.get(source, 0)
    for column in head[1:]:
        assert fen(last[column]) == sum(fen(row[column]) for row in rows)


def the_goods(month: Month, page: dict[tuple[str, ...], Table]) -> None:
    head = ("lot", "received", "into other lots", "on hand", "delivered", "written off")
    for row in page[head]:
        lot = month.lots[row["lot"]]
        where = ledger.lot_position([lot])[lot]
        kept = warehouse.lot(lot)
        assert kept is not None
        given = sum(n for _child, n in warehouse.children_of(lot))
        told = [kept.received_quantity, given, where.on_hand, where.delivered, where.written_off]
        assert [int(row[name]) for name in head[1:]] == told
        assert told[0] == sum(told[1:])


def the_values(month: Month, page: dict[tuple[str, ...], Table]) -> None:
    bought = month.paid("purchase")
    words = {lot: name for name, lot in month.lots.items()}

    def place(lot: int, where: str) -> str:
        return f"{words[lot]} {where.replace('_', ' ')}"

    told = {place(*where): value for where, value in places_of_purchase(bought)}
    *rows, last = page["place", "value"]
    assert {row["place"]: fen(row["value"]) for row in rows} == told
    assert fen(last["value"]) == sum(told.values()) == bought.amount_fen
    shares = {place(*where): by for where, by in shares_of_purchase(bought).items()}
    *rows, last = page["place", "A1", "A2", "A3", "sum"]
    for row in rows:
        by = shares[row["place"]]
        due = [by.get(gift_ref(month.gifts[gift]), 0) for gift in ("A1", "A2", "A3")]
        assert fens(row, "A1", "A2", "A3", "sum") == [*due, sum(due)]
    for column in ("A1", "A2", "A3", "sum"):
        assert fen(last[column]) == sum(fen(row[column]) for row in rows)


def fens(row: dict[str, str], *names: str) -> list[int]:
    """Amounts of a row, in fen."""
    return [fen(row[name]) for name in names]
