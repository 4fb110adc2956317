"""What a purchase became, in fen: by place and by giver, through kits and returns."""

from collections import defaultdict

from boai.foundations.ledger import queries as ledger
from boai.relief.finance.values import DisbursementRow
from boai.relief.warehouse import queries as warehouse
from boai.window.disclosure.rules.shares import (
    NOT_HERE,
    Place,
    shares_of_places,
    values_of_places,
)

POSITIONS = (
    "quarantine",
    "on_hand",
    "reserved",
    "in_transit",
    "delivered",
    "returned",
    "written_off",
)


def places_of_purchase(paid: DisbursementRow) -> list[tuple[Place, int]]:
    """The value of a purchase by where its goods are now, in the order of the lots; what is not
    on a signed note yet comes last. The values sum to what was paid."""
    roots = {
        row.id: row.value_fen
        for row in warehouse.lots_of_origin(paid.ref)
        if row.note_number and row.value_fen is not None
    }
    steps = warehouse.lineage(roots)
    lots = {*roots, *(lot for _parent, lot, _n in steps)}
    positions = ledger.lot_position(lots)
    places = {
        lot: {name: getattr(positions[lot], name) for name in POSITIONS} for lot in sorted(lots)
    }
    found = sorted(
        values_of_places(roots, steps, places).items(),
        key=lambda row: (row[0][0], POSITIONS.index(row[0][1])),
    )
    rest = paid.amount_fen - sum(value for _place, value in found)
    return [*found, ((0, NOT_HERE), rest)] if rest else found


def shares_of_purchase(paid: DisbursementRow) -> dict[Place, dict[str, int]]:
    """Whose money stands behind each place of a purchase's goods, by the gift's reference."""
    givers = [(share.source, share.amount) for share in ledger.sources_of(paid.ref)]
    return shares_of_places(places_of_purchase(paid), givers)


def shares_of_lots(lot_ids: set[int], paid: DisbursementRow) -> dict[str, int]:
    """Whose money stands behind what these lots are and became, by the gift's reference."""
    wanted = lot_ids | {lot for _parent, lot, _n in warehouse.lineage(lot_ids)}
    sums: dict[str, int] = defaultdict(int)
    for (lot, _place), shares in shares_of_purchase(paid).items():
        if lot in wanted:
            for source, fen in shares.items():
                sums[source] += fen
    return dict(sums)
