"""Operations on the goods of the bare books: several legs in one entry, and what no books can hold."""

from collections.abc import Callable
from typing import Any

from boai.foundations.ledger.services import posting
from boai.foundations.ledger.values import AccountKey, Leg
from tests.campaigns.simulation.bookkeeping import Bookkeeping, bank_account, lot_agrees
from tests.campaigns.simulation.engine import Planned
from tests.campaigns.simulation.model import Entry, Lot, Place, feasible

SHELVES: tuple[Place, ...] = (
    ("quarantine", "store:1"),
    ("on_hand", "store:1"),
    ("on_hand", "store:2"),
    ("reserved", "request:1"),
    ("in_transit", "waybill:1"),
    ("delivered", "H1"),
    ("written_off", "store:1"),
)


class BookGoods:
    """Plans goods that come, move and do not suffice."""

    def __init__(self, books: Bookkeeping) -> None:
        self.books, self.sim, self.model = books, books.sim, books.model
        self.lots: list[Lot] = []

    def kinds(self) -> dict[str, tuple[int, Callable[[], Planned | None]]]:
        """Weight and planner by kind."""
        return {
            "books.goods-in": (60, self.goods_in),
            "books.goods-move": (130, self.goods_move),
            "books.goods-too-many": (14, self.goods_too_many),
            "books.malformed": (60, self.malformed),
        }

    def _lot(self) -> Lot | None:
        self.lots = [lot for lot in self.lots if _movable(lot)][-60:]
        lot: Lot | None = self.sim.pick(self.lots)
        return lot

    def goods_in(self) -> Planned:
        """Goods of a new lot come in."""
        society, number = self.sim.pick(self.books.societies), self.sim.next()
        item = self.sim.chance.randrange(1, 4)
        lot = Lot(10**9 + number, society, item, f"item:{item}")
        legs = [
            (lot, ("origin", f"donor:{number % 7}"), SHELVES[number % 2], self.books.amount(5000))
        ]

        def done(_: Any) -> None:
            self.model.lots[lot.id] = lot
            self.lots.append(lot)

        return self._move("books.goods-in", society, legs, done)

    def goods_move(self) -> Planned | None:
        """Goods move, in one leg or in several that build on one another."""
        lot = self._lot()
        if lot is None:
            return None
        legs = []
        for _ in range(self.sim.chance.choice((1, 1, 1, 2, 3))):
            there = [place for place in lot.places if place[0] not in ("delivered", "written_off")]
            source = self.sim.pick(there or list(lot.places))
            target = self.sim.pick([place for place in SHELVES if place != source])
            legs.append((lot, source, target, self.books.amount(max(1, lot.at(source)))))
        return self._move("books.goods-move", lot.society, legs)

    def goods_too_many(self) -> Planned | None:
        """More than is there."""
        lot = self._lot()
        if lot is None:
            return None
        source, target = self.sim.chance.sample(SHELVES, 2)
        legs = [(lot, source, target, lot.at(source) + self.books.amount(100))]
        return self._move("books.goods-too-many", lot.society, legs)

    def _move(
        self,
        kind: str,
        society: int,
        legs: list[tuple[Lot, Place, Place, int]],
        then: Callable[[Any], None] | None = None,
    ) -> Planned:
        number, actor, at = self.sim.next(), self.books.somebody(), self.sim.at

        def act(changed: bool = False) -> Any:
            return posting.post(
                actor,
                organisation_id=society,
                kind="move",
                key=f"sim.move:{number}",
                legs=[Leg(_place(x, to), _place(x, of), n + changed) for x, of, to, n in legs],
                at=at,
                inputs={"legs": [n + changed for *_, n in legs]},
            )

        def done(posted: Any) -> None:
            if then is not None:
                then(posted)
            for lot, source, target, amount in legs:
                lot.move(source, target, amount)
            self.books.keep(Entry(society, "move", legs=legs), posted, act)

        return Planned(
            kind,
            (legs[0][0].id, [n for *_, n in legs]),
            act,
            frozenset() if feasible(legs) else frozenset({"NotEnough"}),
            done=done,
            check=lambda _: lot_agrees(legs[0][0]),
            entries=1,
        )

    def malformed(self) -> Planned:
        """Legs that no books can hold."""
        society, number = self.sim.pick(self.books.societies), self.sim.next()
        other = next(each for each in self.books.societies if each != society)
        a, b = bank_account(society, "main"), bank_account(society, "second")
        fund = self.books.a_fund(other)
        foreign = AccountKey(other, "fund", str(fund.id))
        item = AccountKey(society, "on_hand", "store:1", "item:1", 1)
        wrong: list[tuple[str, list[Leg]]] = [
            ("nothing", []),
            ("zero", [Leg(a, b, 0)]),
            ("below", [Leg(a, b, -5)]),
            ("half a fen", [Leg(a, b, 0.5)]),  # type: ignore[arg-type]
            ("one place", [Leg(a, a, 5)]),
            ("money for goods", [Leg(item, b, 5)]),
            ("another society's bank", [Leg(bank_account(other, "main"), b, 5)]),
            (
                "another society's goods",
                [Leg(AccountKey(other, "on_hand", "s", "item:1", 1), item, 5)],
            ),
            ("another society's fund", [Leg(foreign, b, 5)]),
            ("own fund past its acts", [Leg(a, AccountKey(society, "fund", "1"), 5)]),
        ]
        name, legs = self.sim.pick([*wrong, *wrong[6:9]])
        actor, at = self.books.somebody(), self.sim.at

        def act() -> Any:
            return posting.post(
                actor,
                organisation_id=society,
                kind="move",
                key=f"sim.malformed:{number}",
                legs=legs,
                at=at,
                inputs=name,
            )

        refusals = frozenset({"PostingIsMalformed", "FundIsClosedToPostings"})
        return Planned("books.malformed", (name,), act, refusals)


def _movable(lot: Lot) -> bool:
    return any(place[0] not in ("delivered", "written_off") for place in lot.places)


def _place(lot: Lot, place: Place) -> AccountKey:
    return AccountKey(lot.society, place[0], place[1], lot.commodity, lot.id)
