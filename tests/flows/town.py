"""A small town for the stories: its society with an open appeal, a store and the cast."""

from dataclasses import dataclass
from datetime import date, datetime

from boai.foundations.catalogue.queries import item_by_code
from boai.foundations.ledger import queries as ledger
from boai.foundations.ledger.values import AccountKey
from boai.relief.allocation import queries as allocation
from boai.relief.allocation.services import listing
from boai.relief.allocation.values import AskLine
from boai.relief.donations import queries as donations
from boai.relief.donations.services import booking, registering
from boai.relief.donations.values import AnnouncedGift, AnnouncedLine, GiftOrder, gift_ref, line_ref
from boai.relief.finance.services import disbursing
from boai.relief.finance.values import OrderedLine
from boai.relief.warehouse.services import inspecting, receiving
from boai.relief.warehouse.values import CountedLine
from tests.factories.goods import Stock, make_stock
from tests.factories.world import World
from tests.flows.steps import BANK, HOUR, MINUTE, Office, ask, propose
from tests.relief.donations.conftest import Opened, open_one


@dataclass(frozen=True, slots=True)
class Town:
    """The city society on the day its appeal opens: 29 January, ten o'clock."""

    world: World
    stock: Stock
    appeal: Opened
    office: Office
    masks: int
    at: datetime

    @property
    def city(self) -> int:
        return self.world.places.city

    def give(self, fen: int, name: str, at: datetime, *, directed_to: int | None = None) -> str:
        """A gift of money that a channel reports; answers its number."""
        order = GiftOrder(
            amount_fen=fen,
            channel="wechatpay",
            channel_reference=f"4200{name}",
            given_at=at,
            donor_name=name,
            named=True,
            display_name=name,
            directed_to=directed_to,
        )
        [number] = booking.book_gifts(
            self.office.cashier,
            organisation_id=self.city,
            appeal_id=self.appeal.id,
            orders=[order],
            at=at,
        ).numbers
        return number

    def announce_masks(
        self, quantity: int, at: datetime, *, late_reason: str = ""
    ) -> AnnouncedGift:
        """A company says at the counter that masks are on their way."""
        return registering.announce_gift_in_kind(
            self.office.intake,
            organisation_id=self.city,
            appeal_id=self.appeal.id,
            lines=[AnnouncedLine(self.masks, quantity)],
            donor_name="测州医疗器械有限公司",
            named=True,
            display_name="测州医疗器械",
            store_id=self.stock.store_id,
            late_reason=late_reason,
            at=at,
        )

    def count_masks(self, made: AnnouncedGift, quantity: int, at: datetime) -> int:
        """Two keepers count them in; answers the lot."""
        gift = donations.gift(made.number)
        assert gift is not None
        note = receiving.open_note(
            self.office.keeper,
            organisation_id=self.city,
            store_id=self.stock.store_id,
            origin=gift_ref(made.number),
            consignment_id=made.consignment_id,
            lines=[
                CountedLine(
                    self.masks,
                    quantity,
                    expires_on=date(2021, 6, 30),
                    origin_line=line_ref(gift.lines[0].id),
                )
            ],
            at=at,
        )
        [lot] = self.office.receive(note, at + 10 * MINUTE)
        return lot

    def masks_in_store(self, quantity: int) -> int:
        """Masks given, counted and released on the first day; answers the lot."""
        lot = self.count_masks(self.announce_masks(quantity, self.at), quantity, self.at + HOUR)
        self.release(lot, self.at + 2 * HOUR)
        return lot

    def release(self, lot: int, at: datetime) -> None:
        """The third keeper has seen the papers."""
        inspecting.inspect_lot(self.office.inspector, lot_id=lot, passed=True, at=at)

    def buy_gloves(self, quantity: int, fen: int, at: datetime) -> tuple[str, int]:
        """A meeting decides, the cashier pays, the goods come; answers expense and lot."""
        asked = disbursing.propose_disbursement(
            self.office.programme,
            organisation_id=self.city,
            fund_id=self.appeal.fund_id,
            kind="purchase",
            payee_organisation_id=self.world.places.company,
            amount=quantity * fen,
            purpose="采购检查手套",
            lines=[OrderedLine(self.stock.gloves, quantity, fen)],
            at=at,
        )
        number = self.office.spend(asked, at + HOUR)
        [lot] = self.office.receive_bought(number, self.stock.store_id, at + 2 * HOUR)
        return number, lot

    def freeze(self) -> dict[int, tuple[int, int]]:
        """List 1 of tomorrow, at 16:00: line and list by lot."""
        at = self.at.replace(hour=16)
        list_id = listing.freeze_list(self.office.task_officer, organisation_id=self.city, at=at)
        lines = allocation.available_list(list_id).lines
        return {line.lot_id or 0: (line.id, list_id) for line in lines}

    def request(self, wanted: dict[int, int], at: datetime) -> tuple[int, int]:
        """The hospital asks for lots of the list, the task force proposes; request and case."""
        lines = self.freeze()
        [list_id] = {list_id for _, list_id in lines.values()}
        asked = [AskLine(lines[lot][0], quantity) for lot, quantity in wanted.items()]
        request = ask(self.world.cast.hospital_user, list_id, asked, at)
        return request, propose(self.office, request, at + 2 * MINUTE)

    def goods(self, lot: int) -> tuple[int, int, int, int, int]:
        """Quarantine, on hand, set aside, on the way, there."""
        found = ledger.lot_position([lot])[lot]
        return (
            found.quarantine,
            found.on_hand,
            found.reserved,
            found.in_transit,
            found.delivered,
        )

    def money(self) -> tuple[int, int]:
        """Bank and fund of the appeal, in fen."""
        bank = ledger.balance(AccountKey(self.city, "bank", BANK, "CNY"))
        return bank, ledger.fund(self.appeal.fund_id).balance


def office_of(world: World) -> Office:
    """The seats of the cast."""
    cast = world.cast
    return Office(
        society=world.places.city,
        intake=cast.intake,
        programme=cast.programme,
        accountant=cast.accountant,
        cashier=cast.cashier,
        keeper=cast.keeper,
        second_keeper=cast.second_keeper,
        inspector=cast.third_keeper,
        task_officer=cast.task_officer,
        committee=cast.committee,
        publisher=cast.publisher,
        second_publisher=cast.second_publisher,
    )


def make_town(world: World, at: datetime) -> Town:
    """Open the appeal and the store."""
    stock = make_stock(world, at)
    masks = item_by_code("MASK-SUR")
    assert masks is not None
    return Town(world, stock, open_one(world, at), office_of(world), masks.id, at)
