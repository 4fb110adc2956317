"""``boai import gifts``: lists of money gifts and account statements become booked gifts."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256

from django.utils.translation import gettext

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
    """A row that may be booked, the order that would book it, and what equal rows share."""

    row: ParsedRow
    order: GiftOrder
    content: str


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
    fresh = _sorted_out(order.organisation_id, organisation.code, pending, report)
    for start in range(0, len(fresh), CHUNK):
        _book(order, fresh[start : start + CHUNK], report)
        if order.progress is not None:
            order.progress(min(start + CHUNK, len(fresh)), len(fresh))
    report.problems.sort(key=lambda p: (p.row is not None, p.sheet, p.row or 0))
    return report


def _begun(order: ImportOrder, found: ParsedList) -> FileReport:
    report = FileReport(order.path.name, "gifts", found.profile, amount_fen=0)
    report.rows = len(found.rows)
    report.totals = [
        Total(f"{t.sheet}!{t.row}", t.label, t.stated, t.computed) for t in found.totals
    ]
    report.problems = [
        Problem(sheet, None, "", code, gettext(MESSAGES[code])) for code, sheet in found.remarks
    ]
    return report


def _pending(
    order: ImportOrder, merchant: str, found: ParsedList, report: FileReport
) -> Iterator[_Pending]:
    """The rows that may be gifts; the others are counted and explained."""
    today = day_of(order.at)
    seen: Counter[str] = Counter()
    for row in found.rows:
        if row.verdict == "gift":
            draft, content = _gift_order(row, found, merchant, today, seen)
            reason = rules.reason_against(draft, order.at)
            if not reason:
                yield _Pending(row, draft, content)
                continue
            row.verdict = "refused"
            row.code = "GiftIsInTheFuture" if draft.given_at > order.at else "TextIsTooLong"
        _explain(row, report)


def _explain(row: ParsedRow, report: FileReport) -> None:
    if row.verdict == "quarantined":
        report.quarantined += 1
    else:
        report.refused += 1
    message = gettext(MESSAGES[row.code])
    report.problems.append(Problem(row.sheet, row.row, row.column, row.code, message))


def _gift_order(
    row: ParsedRow, found: ParsedList, code: str, today: date, seen: Counter[str]
) -> tuple[GiftOrder, str]:
    day = row.day or today
    if row.number:
        reference = content = row.number[:128]
        merchant = code
    else:
        # The remark is left out: societies edit it when they publish a list again.
        known = [str(day), str(row.time or ""), _same_name(row.donor), row.amount_fen]
        content = sha256(canonical(known)).hexdigest()
        seen[row.account + content] += 1
        reference = f"row:{content}:{seen[row.account + content]}"
        merchant = f"{code}/{row.account}" if row.account else code
    order = GiftOrder(
        amount_fen=row.amount_fen,
        channel=found.channel,
        channel_reference=reference,
        given_at=datetime.combine(day, row.time or time.min, tzinfo=CHINA),
        merchant=merchant[:64],
        donor_name=row.donor,
        donor_kind="organisation" if _is_organisation(row.donor) else "person",
        message=row.memo,
        purpose=row.purpose,
        source=f"{row.sheet[:40]}!{row.row}",
    )
    return order, content


def _same_name(donor: str) -> str:
    return donor.replace(" ", "").replace("(", "（").replace(")", "）")


def _is_organisation(donor: str) -> bool:
    return len(donor) > 3 and any(word in donor for word in _ORGANISATION_WORDS)


def _sorted_out(
    organisation_id: int, code: str, pending: Sequence[_Pending], report: FileReport
) -> list[_Pending]:
    """The rows that are new; the others are counted as duplicates or set aside.

    A list of one account is compared with what that account and the lists over all accounts
    brought; a list over all accounts with everything, as often as equal gifts are booked.
    """
    known = _known(organisation_id, code, pending)
    elsewhere: Counter[str] = Counter()
    for one in pending:
        if one.row.account == "" and not one.row.number:
            elsewhere[one.content] += len(known.get(one.order.channel_reference, ()))
    fresh: list[_Pending] = []
    for one in pending:
        booked = known.setdefault(one.order.channel_reference, {})
        own = booked.get(one.order.merchant, booked.get(code))
        if own is not None and own != one.order.amount_fen:
            one.row.verdict, one.row.code = "quarantined", "AmountDiffersFromBooked"
            _explain(one.row, report)
            continue
        is_known = own is not None
        if one.row.account == "" and not one.row.number:
            is_known = elsewhere[one.content] > 0
            elsewhere[one.content] -= 1
        if is_known:
            report.duplicate += 1
            report.amount_fen = (report.amount_fen or 0) + one.order.amount_fen
        else:
            booked[one.order.merchant] = one.order.amount_fen
            fresh.append(one)
    return fresh


def _book(order: ImportOrder, part: Sequence[_Pending], report: FileReport) -> None:
    if not order.dry_run:
        book_gifts(
            order.actor,
            organisation_id=order.organisation_id,
            appeal_id=None,
            orders=[pending.order for pending in part],
            at=order.at,
        )
    report.accepted += len(part)
    report.amount_fen = (report.amount_fen or 0) + sum(p.order.amount_fen for p in part)


def _known(
    organisation_id: int, code: str, pending: Sequence[_Pending]
) -> dict[str, dict[str, int]]:
    """Reference -> merchant -> amount of what is booked already."""
    mine = Gift.objects.filter(organisation_id=organisation_id, channel__in=CHANNELS)
    merchants = {code, *mine.values_list("merchant", flat=True).distinct()}
    known: dict[str, dict[str, int]] = {}
    references = [one.order.channel_reference for one in pending]
    for start in range(0, len(references), LOOKED_UP):
        rows = Gift.objects.filter(
            channel__in=CHANNELS,
            merchant__in=merchants,
            channel_reference__in=references[start : start + LOOKED_UP],
            organisation_id=organisation_id,
        ).values_list("channel_reference", "merchant", "amount_fen")
        for reference, merchant, amount in rows:
            known.setdefault(reference, {})[merchant] = int(amount or 0)
    return known
