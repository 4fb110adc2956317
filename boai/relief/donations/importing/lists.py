"""``boai import gifts``: lists of money gifts and account statements become booked gifts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext

from boai.ground.core.canonical import canonical, digest
from boai.ground.core.clock import CHINA, day_of
from boai.ground.core.imports import FileReport, ImportOrder, Problem, Total, importer
from boai.ground.kit.spreadsheets.streaming import digest_of_file
from boai.relief.donations import permissions, rules
from boai.relief.donations.channels.statements.errors import ProfileDoesNotFit
from boai.relief.donations.channels.statements.headers import CHANNELS, PROFILES
from boai.relief.donations.channels.statements.parsing import Stream
from boai.relief.donations.channels.statements.values import (
    MESSAGES,
    ParsedList,
    ParsedRow,
)
from boai.relief.donations.importing.opening import OpenedList, open_list, taught_in
from boai.relief.donations.models import Intake, StagedGift
from boai.relief.donations.services import intake
from boai.relief.donations.values import GiftOrder, IntakeRow, RowToStage

MOST_PROBLEMS = 1000
"""Problems that a report repeats; all of them stand in the table of the intake."""


@importer("gifts")
def take_in_gifts(order: ImportOrder) -> FileReport:
    """Take in one list: every row ends as accepted, duplicate, quarantined or refused.

    A row with a transaction number is known by it; any other by organisation, day, time, donor,
    amount and how many equal rows stand before it in the file. So identical rows are kept, and the
    same list under another title, in another channel or with other remarks adds nothing. Text is
    read as a stream, rows are staged and booked part by part: a list of a million gifts needs no
    more memory than one of ten thousand, and one that was broken off goes on where it stopped.
    *Refuses*: ``NotPermitted``, ``TakingInNeedsABooker``, ``FileIsNotAListOfGifts``, ``ProfileDoesNotFit``,
    ``IntakeIsCancelled``, and what ``kit.spreadsheets`` refuses.
    """
    asked = permissions.require_import if order.dry_run else permissions.require_take_in
    asked(order.actor, order.organisation_id)
    if order.dry_run:
        return looked_through(
            order, open_list(order.path, order.day, taught_in(order.organisation_id))
        )[0]
    stream, expected = _opened(order)
    return _taken_in(order, stream, expected)


def looked_through(order: ImportOrder, opened: OpenedList) -> tuple[FileReport, ParsedList]:
    """What taking a list in would come to, and what the list says of itself; nothing is written.

    *Refuses*: ``NotPermitted``, ``FileIsNotAListOfGifts``, ``ProfileDoesNotFit``.
    """
    permissions.require_import(order.actor, order.organisation_id)
    stream = _fitting(order, opened)
    assert stream.list is not None
    with transaction.atomic():
        report = _taken_in(replace(order, dry_run=True), stream, opened.rows)
        transaction.set_rollback(True)
    return report, stream.list


def _opened(order: ImportOrder) -> tuple[Stream, int]:
    """The file as a stream of rows, and about how many rows it has."""
    opened = open_list(order.path, order.day, taught_in(order.organisation_id))
    return _fitting(order, opened), opened.rows


def _fitting(order: ImportOrder, opened: OpenedList) -> Stream:
    stream = opened.stream()
    assert stream.list is not None
    if order.profile and order.profile != stream.list.profile:
        known = "、".join(PROFILES)
        raise ProfileDoesNotFit(given=order.profile[:40], found=stream.list.profile, known=known)
    return stream


def _taken_in(order: ImportOrder, stream: Stream, expected: int) -> FileReport:
    begun = stage_list(order, stream, expected)
    while True:
        now = intake.settle_part(
            order.actor, begun.id, channels=CHANNELS, at=order.at, dry_run=order.dry_run
        )
        _show(order, now.rows + now.position, 2 * now.rows)
        if now.state == "finished":
            return _report(order, now)


def stage_list(order: ImportOrder, stream: Stream, expected: int) -> IntakeRow:
    """Begin to take a list in, or go on where that was broken off, until all its rows are staged."""
    found = stream.list
    assert found is not None
    begun = intake.begin(
        order.actor,
        organisation_id=order.organisation_id,
        digest=digest(
            [digest_of_file(order.path), order.day, found.profile, found.channel, *found.taught]
        ),
        file=order.path.name,
        profile=found.profile,
        channel=found.channel,
        at=order.at,
    )
    if begun.state == "reading":
        intake.stage(
            begun.id,
            _rows_to_stage(order, stream),
            told=lambda: _told(found),
            at=order.at,
            progress=lambda rows: _show(order, rows, 2 * expected),
        )
    return begun


def _show(order: ImportOrder, done: int, whole: int) -> None:
    """Reading a row and booking it are two steps of the same length on the bar."""
    if order.progress is not None:
        order.progress(min(done, whole), whole)


def _rows_to_stage(order: ImportOrder, stream: Stream) -> Iterator[RowToStage]:
    assert stream.list is not None
    channel, today = stream.list.channel, day_of(order.at)
    for row in stream.rows():
        yield _staged(row, channel, today, order.at)


def _staged(row: ParsedRow, channel: str, today: date, at: datetime) -> RowToStage:
    day = row.day or today
    given_at = datetime.combine(day, row.time or time.min, tzinfo=CHINA)
    if row.verdict != "gift":
        return RowToStage(
            row.sheet[:40], row.row, "", 0, "", False, "", "", given_at, "", "",
            row.verdict, row.column[:8], row.code,
        )  # fmt: skip
    if row.number:
        said = [row.amount_fen, str(row.day), str(row.time), row.donor, row.memo]
        set_by, says = row.number[:128], sha256(canonical(said)).hexdigest()
    else:
        # The remark is left out: societies edit it when they publish a list again.
        known = [str(day), str(row.time or ""), _same_name(row.donor), row.amount_fen]
        set_by, says = sha256(canonical(known)).hexdigest(), ""
    draft = GiftOrder(
        amount_fen=row.amount_fen,
        channel=channel,
        channel_reference=set_by,
        given_at=given_at,
        donor_name=row.donor,
        message=row.memo,
        purpose=row.purpose,
    )
    verdict, code, words = "gift", "", (row.donor, row.memo, row.purpose)
    if rules.reason_against(draft, at):
        verdict, words = "unfit", ("", "", "")
        code = "GiftIsInTheFuture" if given_at > at else "TextIsTooLong"
    donor, memo, purpose = words
    return RowToStage(
        row.sheet[:40], row.row, row.account, row.amount_fen, donor, bool(row.number), set_by,
        says, given_at, memo, purpose, verdict, row.column[:8], code,
    )  # fmt: skip


def _same_name(donor: str) -> str:
    return donor.replace(" ", "").replace("(", "（").replace(")", "）")


def _told(found: ParsedList) -> dict[str, object]:
    return {
        "totals": [
            [f"{t.sheet}!{t.row}", t.label, t.stated, t.computed, t.unit] for t in found.totals
        ],
        "remarks": [[code, sheet] for code, sheet in found.remarks],
    }


def _report(order: ImportOrder, now: IntakeRow) -> FileReport:
    told = Intake.objects.values_list("told", flat=True).get(pk=now.id)
    report = FileReport(
        order.path.name,
        "gifts",
        now.profile,
        now.rows,
        now.accepted,
        now.duplicate,
        now.quarantined,
        now.refused,
        now.amount_fen,
    )
    report.totals = [Total(*total[:4]) for total in told["totals"]]
    bad = StagedGift.objects.filter(intake_id=now.id).order_by("sheet", "line")
    places = bad.values_list("sheet", "line", "column", "code")[:MOST_PROBLEMS]
    report.problems = [
        Problem(sheet, None, "", code, gettext(MESSAGES[code])) for code, sheet in told["remarks"]
    ] + [
        Problem(sheet, line, column, code, gettext(MESSAGES[code]))
        for sheet, line, column, code in places
    ]
    return report
