"""``boai import gifts``: lists of money gifts and account statements become booked gifts."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256

from boai.foundations.organisations import queries as organisations
from boai.ground.core.canonical import canonical
from boai.ground.core.clock import CHINA, day_of
from boai.ground.core.errors import NotFound
from boai.ground.core.imports import FileReport, ImportOrder, Problem, Total, importer
from boai.ground.kit.spreadsheets.days import Hints
from boai.ground.kit.spreadsheets.reading import read_workbook, saved_on
from boai.relief.donations import permissions, rules
from boai.relief.donations.channels.statements.errors import (
    FileIsNotAListOfGifts,
    ProfileDoesNotFit,
)
from boai.relief.donations.channels.statements.headers import CHANNELS, PROFILES
from boai.relief.donations.channels.statements.parsing import parse
from boai.relief.donations.channels.statements.values import (
    MESSAGES,
    ParsedList,
    ParsedRow,
)
from boai.relief.donations.models import Gift
from boai.relief.donations.services.booking import book_gifts
from boai.relief.donations.values import GiftOrder

CHUNK = 5000
"""Gifts of one act: few enough for flat memory; a broken import goes on where it stopped, because
what is booked already counts as a duplicate."""
LOOKED_UP = 900
_ORGANISATION_WORDS = (
    "公司", "集团", "协会", "基金", "学校", "大学", "中学", "小学", "医院", "银行", "商会", "委员会",
    "有限", "中心", "工厂", "合作社", "红十字会", "事务所", "俱乐部", "经营部", "研究院", "支行",
    "酒店", "教会", "学院", "总会", "分会", "办事处", "联盟", "局", "厂",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Pending:
    """A row that may be booked, and the order that would book it."""

    row: ParsedRow
    order: GiftOrder


@importer("gifts")
def take_in_gifts(order: ImportOrder) -> FileReport:
    """Take in one list: every row ends as accepted, duplicate, quarantined or refused.

    A row with a transaction number is known by it; any other by organisation, day, time, donor,
    amount and how many equal rows stand before it in the file. So identical rows are kept, and the
    same list under another title, in another channel or with other remarks adds nothing.
    *Refuses*: ``NotPermitted``, ``FileIsNotAListOfGifts``, ``ProfileDoesNotFit``, and what
    ``kit.spreadsheets`` refuses.
    """
    permissions.require_import(order.actor, order.organisation_id)
    organisation = organisations.row(order.organisation_id)
    if organisation is None:
        raise NotFound(field="org")
    hints = Hints(order.path.name, saved_on(order.path), order.day)
    found = parse(read_workbook(order.path), hints)
    if found is None:
        raise FileIsNotAListOfGifts(name=order.path.name[:80])
    if order.profile and order.profile != found.profile:
        known = "、".join(PROFILES)
        raise ProfileDoesNotFit(given=order.profile[:40], found=found.profile, known=known)
    report = _begun(order, found)
    pending = list(_pending(order, organisation.code, found, report))
    done = 0
    for start in range(0, len(pending), CHUNK):
        part = pending[start : start + CHUNK]
        _book(order, part, report)
        done += len(part)
        if order.progress is not None:
            order.progress(done, len(pending))
    report.problems.sort(key=lambda p: (p.row is not None, p.sheet, p.row or 0))
    return report


def _begun(order: ImportOrder, found: ParsedList) -> FileReport:
    report = FileReport(order.path.name, "gifts", found.profile, amount_fen=0)
    report.rows = len(found.rows)
    report.totals = [
        Total(f"{t.sheet}!{t.row}", t.label, t.stated, t.computed) for t in found.totals
    ]
    report.problems = [
        Problem(sheet, None, "", code, MESSAGES[code]) for code, sheet in found.remarks
    ]
    return report


def _pending(
    order: ImportOrder, merchant: str, found: ParsedList, report: FileReport
) -> Iterator[_Pending]:
    """The rows that may be gifts; the others are counted and explained."""
    today = day_of(order.at)
    seen: Counter[tuple[object, ...]] = Counter()
    for row in found.rows:
        if row.verdict == "gift":
            draft = _gift_order(row, found, merchant, today, seen)
            reason = rules.reason_against(draft, order.at)
            if not reason:
                yield _Pending(row, draft)
                continue
            row.verdict = "refused"
            row.code = "GiftIsInTheFuture" if draft.given_at > order.at else "TextIsTooLong"
        _explain(row, report)


def _explain(row: ParsedRow, report: FileReport) -> None:
    if row.verdict == "quarantined":
        report.quarantined += 1
    else:
        report.refused += 1
    message = MESSAGES.get(row.code, row.code)
    report.problems.append(Problem(row.sheet, row.row, row.column, row.code, message))


def _gift_order(
    row: ParsedRow, found: ParsedList, merchant: str, today: date, seen: Counter[tuple[object, ...]]
) -> GiftOrder:
    day = row.day or today
    given_at = datetime.combine(day, row.time or time.min, tzinfo=CHINA)
    if row.number:
        reference = row.number[:128]
    else:
        # The remark is left out: societies edit it when they publish a list again.
        content = (merchant, str(day), str(row.time or ""), _same_name(row.donor), row.amount_fen)
        seen[content] += 1
        reference = "row:" + sha256(canonical([*content, seen[content]])).hexdigest()
    return GiftOrder(
        amount_fen=row.amount_fen,
        channel=found.channel,
        channel_reference=reference,
        given_at=given_at,
        merchant=merchant[:64],
        donor_name=row.donor,
        donor_kind="organisation" if _is_organisation(row.donor) else "person",
        message=row.memo,
        purpose=row.purpose,
        source=f"{row.sheet[:40]}!{row.row}",
    )


def _same_name(donor: str) -> str:
    return donor.replace(" ", "").replace("(", "（").replace(")", "）")


def _is_organisation(donor: str) -> bool:
    return len(donor) > 3 and any(word in donor for word in _ORGANISATION_WORDS)


def _book(order: ImportOrder, part: Sequence[_Pending], report: FileReport) -> None:
    known = _known(order.organisation_id, part)
    fresh: list[_Pending] = []
    for pending in part:
        booked = known.setdefault(pending.order.channel_reference, None)
        if booked is None:
            known[pending.order.channel_reference] = pending.order.amount_fen
            fresh.append(pending)
        elif booked == pending.order.amount_fen:
            report.duplicate += 1
            report.amount_fen = (report.amount_fen or 0) + booked
        else:
            pending.row.verdict, pending.row.code = "quarantined", "AmountDiffersFromBooked"
            _explain(pending.row, report)
    if not fresh:
        return
    if not order.dry_run:
        book_gifts(
            order.actor,
            organisation_id=order.organisation_id,
            appeal_id=None,
            orders=[pending.order for pending in fresh],
            at=order.at,
        )
    report.accepted += len(fresh)
    report.amount_fen = (report.amount_fen or 0) + sum(p.order.amount_fen for p in fresh)


def _known(organisation_id: int, part: Sequence[_Pending]) -> dict[str, int | None]:
    """References of the part that are booked already, whichever channel they came by."""
    known: dict[str, int | None] = {}
    references = [pending.order.channel_reference for pending in part]
    for start in range(0, len(references), LOOKED_UP):
        rows = Gift.objects.filter(
            organisation_id=organisation_id,
            channel__in=CHANNELS,
            merchant=part[0].order.merchant,
            channel_reference__in=references[start : start + LOOKED_UP],
        ).values_list("channel_reference", "amount_fen")
        known.update(dict(rows))
    return known
