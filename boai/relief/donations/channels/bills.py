"""A channel's own bill, read for the reconciliation: numbers, amounts and days, never booked here."""

from pathlib import Path

from boai.ground.kit.spreadsheets.days import Hints
from boai.ground.kit.spreadsheets.reading import read_workbook, saved_on
from boai.ground.kit.spreadsheets.streaming import is_packed, open_text
from boai.relief.donations.channels.statements.parsing import Source, Stream
from boai.relief.donations.services.reconciling_days import BillLine
from boai.relief.donations.services.reconciling_refusals import BillIsNotReadable


def read_bill(path: Path, name: str) -> list[BillLine]:
    """The payments of a bill that have a number, an amount and a day.

    *Refuses*: ``BillIsNotReadable``, and what ``kit.spreadsheets`` refuses.
    """
    if is_packed(path):
        sources = [Source(sheet) for sheet in read_workbook(path)]
    else:
        table = open_text(path)
        sources = [Source(table.ends, table.stream)]
    stream = Stream(sources, Hints(name, saved_on(path), None))
    if stream.list is None:
        raise BillIsNotReadable(name=name[:80])
    return [
        BillLine(row.number[:128], row.amount_fen, row.day, row.donor)
        for row in stream.rows()
        if row.verdict == "gift" and row.number and row.amount_fen > 0 and row.day is not None
    ]
