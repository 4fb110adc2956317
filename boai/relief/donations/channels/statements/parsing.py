"""Reading a whole file of gifts: heading, rows, totals, notes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from boai.ground.kit.spreadsheets.days import Hints, day_in, list_day, time_in
from boai.ground.kit.spreadsheets.reading import (
    Cell,
    Row,
    Sheet,
    carry_merged_down,
    clean_text,
    code_text,
)
from boai.relief.donations.channels.statements import cells, payments, totals
from boai.relief.donations.channels.statements.headers import (
    Heading,
    Taught,
    account_of,
    channel_of,
    find_heading,
    names_amount,
    profile_of,
)
from boai.relief.donations.channels.statements.values import (
    ParsedList,
    ParsedRow,
    StatedTotal,
)

MOST_LOOSE_NUMBERS = 3
"""Numbers outside the headed columns are stated totals if they are few; else they are a column."""
LONG_NOTE = 60


@dataclass(frozen=True, slots=True)
class Source:
    """One sheet to be read: what is known of it beforehand (at least both its ends), and its rows;
    a sheet that is held whole needs no rows beside."""

    sheet: Sheet
    rows: Callable[[], Iterator[Row]] | None = None


class Stream:
    """All lists of a file as one, row by row. ``list`` is complete when ``rows`` has ended."""

    def __init__(
        self,
        sources: Sequence[Source],
        hints: Hints,
        taught: Mapping[str, Taught] | None = None,
    ) -> None:
        self._readers: list[_Reader] = []
        self.list: ParsedList | None = None
        self._unread: list[str] = []
        for source in sources:
            heading = find_heading(source.sheet.rows, taught)
            if heading is None:
                self._unread.append(source.sheet.name)
                continue
            if self.list is None:
                profile = profile_of(heading)
                title = title_of(source.sheet, heading)
                self.list = ParsedList(profile, channel_of(profile, title, heading.taught))
            if heading.taught is not None:
                self.list.taught.append(f"{heading.taught.name} v{heading.taught.version}")
            self._readers.append(_Reader(source, heading, hints, self.list))

    @property
    def tables(self) -> list[tuple[Sheet, Heading]]:
        """The sheets that hold a list, each with its heading."""
        return [(reader.sheet, reader.heading) for reader in self._readers]

    @property
    def unread(self) -> list[str]:
        """The sheets without a heading that is known."""
        return list(self._unread)

    def rows(self) -> Iterator[ParsedRow]:
        """Every row that is meant as a payment, in order; rows are not kept here."""
        assert self.list is not None
        for reader in self._readers:
            yield from reader.read()
        self.list.remarks.extend(("SheetIsNotAList", name) for name in self._unread)


def parse(sheets: Sequence[Sheet], hints: Hints) -> ParsedList | None:
    """All lists of a file as one; ``None`` where no sheet holds a list of money gifts."""
    stream = Stream([Source(sheet) for sheet in sheets], hints)
    if stream.list is None:
        return None
    stream.list.rows.extend(stream.rows())
    _set_repeated_references_aside(stream.list.rows)
    return stream.list


def title_of(sheet: Sheet, heading: Heading) -> str:
    """The words above the heading, the sheet's name first."""
    above = (clean_text(cell) for row in sheet.rows[: heading.row] for cell in row)
    return " ".join([sheet.name, *above])


def _set_repeated_references_aside(rows: list[ParsedRow]) -> None:
    """One number with two contents is two payments or a mistake: a person must look."""
    first: dict[str, tuple[object, ...]] = {}
    for row in rows:
        if row.number and row.verdict == "gift":
            content = (row.amount_fen, row.day, row.time, row.donor, row.memo)
            if first.setdefault(row.number, content) != content:
                row.verdict, row.code = "quarantined", "ReferenceIsRepeated"


class _Reader:
    """One sheet. Keeps the running sum, so that an unlabelled total shows itself."""

    def __init__(self, source: Source, heading: Heading, hints: Hints, into: ParsedList) -> None:
        sheet = source.sheet
        self.sheet, self.heading, self.into = sheet, heading, into
        self.found: list[ParsedRow] = []
        self.account = account_of(into.channel, title_of(sheet, heading))
        self.amount_column = heading.columns.get("amount", heading.columns.get("income", 0))
        self.balances = payments.Balances(heading, self.amount_column)
        self.sum = self.since_subtotal = self.count = 0
        self.in_notes = self.after_blank = False
        self.stated: list[tuple[int, str, str, int, int | None]] = []
        self.loose: list[tuple[int, int]] = []
        self.day, remark = list_day(sheet, heading.row, hints)
        needs_day = not heading.has("day") and not heading.has("moment")
        if remark and needs_day and not heading.has("number"):
            into.remarks.append((remark, sheet.name))
        self.wide = {(top, left) for (top, left), (_b, right) in sheet.merged if right > left}
        tall = tuple(m for m in sheet.merged if m[1][0] > m[0][0])
        named = [heading.columns[r] for r in ("donor", "day", "number") if heading.has(r)]
        whole = carry_merged_down(Sheet(sheet.name, sheet.rows, tall), named)
        self.rows = source.rows or (lambda: iter(whole))
        self.free = {heading.columns.get("memo"), heading.columns.get("purpose")}
        heads = sheet.rows[heading.row]
        self.headed = {at for at, cell in enumerate(heads) if clean_text(cell)}
        self.headed.update(heading.columns.values())

    def read(self) -> Iterator[ParsedRow]:
        """Read everything below the heading, then note what the sheet states."""
        for at, row in enumerate(self.rows()):
            if at < self.heading.row:
                for cell in row:
                    for label, amount in totals.in_sentence(cell) if isinstance(cell, str) else ():
                        self.stated.append((at, label, "fen", amount, None))
            elif at > self.heading.row:
                self.line(at, row)
                self.balances.add(row)
                yield from self.found
                self.found.clear()
        self.close()

    def close(self) -> None:
        """Compare what the sheet states with what it adds up to."""
        if len(self.loose) <= MOST_LOOSE_NUMBERS:
            self.stated.extend((at, "合计", "fen", amount, None) for at, amount in self.loose)
        for at, label, unit, amount, computed in sorted(self.stated, key=lambda s: s[0]):
            own = computed if computed is not None else self.sum if unit == "fen" else self.count
            kind = "fen" if unit == "fen" else "row"
            self.into.totals.append(
                StatedTotal(self.sheet.name, at + 1, label, kind, amount, own)  # type: ignore[arg-type]
            )
        if self.balances.checked:
            self.into.balances.append((self.sheet.name, not self.balances.break_off()))
        if self.balances.break_off():
            self.into.remarks.append(("BalanceDoesNotContinue", self.sheet.name))

    def line(self, at: int, row: Row) -> None:
        """One row: blank, repeated heading, total, note, or a payment."""
        if not any(cell != "" and clean_text(cell) for cell in row):
            self.after_blank = True
            return
        if names_amount(self.cell(row, "amount")):
            return
        if self.is_total(row):
            self.take_total(at, row)
            return
        self.take_loose_numbers(at, row)
        amount = clean_text(row[self.amount_column]) if len(row) > self.amount_column else ""
        if not amount and not clean_text(self.cell(row, "expense")):
            self.without_amount(at, row)
        elif not self.names_somebody(row) and self.unlabelled_total(at, row):
            return
        else:
            self.payment(at, row)

    def cell(self, row: Row, role: str) -> Cell:
        """The cell of a role; empty where the list has no such column or the row is short."""
        place = self.heading.columns.get(role)
        return row[place] if place is not None and place < len(row) else ""

    def is_total(self, row: Row) -> bool:
        """A row that says so, outside the columns where givers write what they like."""
        number = code_text(self.cell(row, "number"))
        if number and not totals.labelled([number]):
            return False  # no number is called a total, but a total may stand in its column
        return totals.labelled([cell for at, cell in enumerate(row) if at not in self.free])

    def take_total(self, at: int, row: Row) -> None:
        """Note what it states; a subtotal counts from the last one."""
        sums, people = totals.stated(row, self.heading.factor)
        for label, amount in sums:
            part = label.startswith("小")
            self.stated.append((at, label, "fen", amount, self.since_subtotal if part else None))
            if part:
                self.since_subtotal = 0
        self.stated.extend((at, label, "row", number, None) for label, number in people)

    def take_loose_numbers(self, at: int, row: Row) -> None:
        """Numbers in columns without a heading."""
        for place, cell in enumerate(row):
            if isinstance(cell, str) or place in self.headed or not cells.is_number(cell):
                continue
            try:
                self.loose.append((at, cells.fen(cell, self.heading.factor)))
            except cells.Unreadable:
                continue

    def names_somebody(self, row: Row) -> bool:
        """Whether anything but the amount is there."""
        for role in ("donor", "number", "serial", "moment", "time", "memo"):
            place = self.heading.columns.get(role)
            if place is not None and place < len(row) and code_text(row[place]):
                return True
        return False

    def unlabelled_total(self, at: int, row: Row) -> bool:
        """A lonely number that equals the sum so far is that sum, not a gift that doubles it."""
        try:
            amount = cells.fen(row[self.amount_column], self.heading.factor)
        except cells.Unreadable:
            return False
        if self.count == 0 or amount != self.sum:
            return False
        self.stated.append((at, "合计", "fen", amount, None))
        return True

    def without_amount(self, at: int, row: Row) -> None:
        """A note, a lonely total beside the columns, or a payment whose amount was forgotten."""
        if not self.names_somebody(row):
            return
        filled = [place for place, cell in enumerate(row) if clean_text(cell)]
        first = clean_text(row[filled[0]])
        lonely = len(filled) == 1
        is_note = self.in_notes or (
            lonely
            and (
                self.after_blank
                or first.startswith(("注", "备注", "说明", "以上"))
                or len(first) > LONG_NOTE
                or (at, filled[0]) in self.wide
            )
        )
        if is_note:
            self.in_notes = True
            return
        found = self.draft(at, row)
        found.verdict, found.code = "refused", "AmountIsMissing"
        self.found.append(found)
        self.count += 1

    def payment(self, at: int, row: Row) -> None:
        """A row with an amount."""
        self.after_blank = False
        found = self.draft(at, row)
        payments.judge(found, row, self.heading, self.amount_column)
        if found.verdict == "gift" and not self.names_somebody(row):
            found.verdict, found.code = "quarantined", "RowNamesNobody"
        if found.verdict == "gift" and isinstance(self.cell(row, "number"), float):
            found.verdict, found.code = "quarantined", "NumberWasRounded"
        self.found.append(found)
        self.count += 1
        if found.amount_fen > 0 and found.code != "RowIsAnOutflow":
            self.sum += found.amount_fen
            self.since_subtotal += found.amount_fen

    def draft(self, at: int, row: Row) -> ParsedRow:
        """What the columns say, the amount and the verdict aside."""
        number = code_text(self.cell(row, "number"))
        moment = cells.moment_in_number(number)
        day, time = self.day, time_in(self.cell(row, "time"))
        found = ParsedRow(self.sheet.name, at + 1, self.account)
        if moment is not None:
            day, time = moment.date(), moment.time()
        own = [self.cell(row, role) for role in ("day", "moment") if self.heading.has(role)]
        given = [cell for cell in own if clean_text(cell)]
        if given:
            day = next((d for d in map(day_in, given) if d is not None), None)
            time = next((t for t in map(time_in, reversed(given)) if t is not None), time)
            if day is None:
                found.verdict, found.code = "refused", "DayIsNotReadable"
        found.donor = clean_text(self.cell(row, "donor")).strip("/-")
        found.number = "" if number in ("/", "-", "--") else number
        found.memo = clean_text(self.cell(row, "memo")).strip("/-")
        found.purpose = clean_text(self.cell(row, "purpose")).strip("/-")
        found.day, found.time = day, time
        return found


def latest_day(found: ParsedList) -> date | None:
    """The last day on which the list has a payment."""
    return max((row.day for row in found.rows if row.day is not None), default=None)
