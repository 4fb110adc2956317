"""The day of a list whose rows have none: from its title, from a hint, from the file's name."""

from datetime import date

from boai.ground.kit.spreadsheets.reading import Sheet, clean_text
from boai.relief.donations.channels.statements import cells
from boai.relief.donations.channels.statements.headers import Heading
from boai.relief.donations.channels.statements.values import Hints

LONGEST_DELAY_DAYS = 200
"""A list is saved soon after its day; a file name further off has the wrong year (2019 for 2020)."""


def list_day(sheet: Sheet, heading: Heading, hints: Hints) -> tuple[date | None, str]:
    """The day and, where it was not simply stated, the code of a remark about it.

    A day given from outside is taken; then the words above the heading, then the sheet's name,
    then the file's name. A period counts as its last day.
    """
    if hints.day is not None:
        return hints.day, ""
    above = " ".join(clean_text(cell) for row in sheet.rows[: heading.row] for cell in row)
    saved = _published_on(sheet, heading) or hints.saved_on
    for words in (above, sheet.name):
        stated = cells.last_full_day(words)
        if stated is not None:
            return stated, ""
    partial = cells.last_month_day(above)
    if partial is not None and saved is not None:
        return cells.with_year(*partial, saved), ""
    return _from_file_name(hints, partial)


def _from_file_name(hints: Hints, partial: tuple[int, int] | None) -> tuple[date | None, str]:
    named = cells.last_full_day(hints.file_name)
    if partial is not None and named is not None:
        inferred = cells.with_year(*partial, date(named.year, 12, 31))
        return inferred, "DayFromFileName"
    if named is None:
        month_day = partial or cells.last_month_day(hints.file_name)
        if month_day is None or hints.saved_on is None:
            return None, "DayIsUnknown"
        return cells.with_year(*month_day, hints.saved_on), "DayFromFileName"
    saved = hints.saved_on
    if saved is not None and not 0 <= (saved - named).days <= LONGEST_DELAY_DAYS:
        return cells.with_year(named.month, named.day, saved), "YearFromSavedDay"
    return named, "DayFromFileName"


def _published_on(sheet: Sheet, heading: Heading) -> date | None:
    """A lonely date in the last lines: the day on which the society signed the list."""
    for row in reversed(sheet.rows[max(heading.row + 1, len(sheet.rows) - 6) :]):
        filled = [cell for cell in row if clean_text(cell)]
        if len(filled) == 1 and not isinstance(filled[0], (int, float)):
            found = cells.day_in(filled[0])
            if found is not None:
                return found
    return None
