"""Reads. Rows that leave the room carry public values only: never a donor's name or telephone."""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Sum

from boai.foundations.certificates import queries as certificates
from boai.ground.core.clock import start_of
from boai.ground.core.numbering import is_well_formed, tidy
from boai.ground.kit.db.bulk import rows_among
from boai.ground.kit.db.sealed import blind_index
from boai.ground.kit.search import search_filter
from boai.relief.donations import rules
from boai.relief.donations.errors import PhoneIsNotReadable
from boai.relief.donations.models import Appeal, Gift, GiftLine, Refund, RuleVersion, ToldPayment
from boai.relief.donations.values import (
    ANONYMOUS,
    AppealRow,
    GiftRow,
    LineRow,
    RefundRow,
    gift_ref,
)

CHUNK = 5000


def gift(number: str) -> GiftRow | None:
    """One gift by its number, with its lines."""
    found = _gifts().filter(number=tidy(number)).first()
    return _rows([found])[0] if found is not None else None


def gifts_by_ids(gift_ids: Sequence[int], *, with_lines: bool = True) -> list[GiftRow]:
    """Several gifts in the order of their ids; set-based."""
    found: list[Gift] = []
    for start in range(0, len(gift_ids), CHUNK):
        found.extend(_gifts().filter(pk__in=gift_ids[start : start + CHUNK]).order_by("pk"))
    return _rows(found, with_lines=with_lines)


def gifts_by_numbers(numbers: Sequence[str]) -> dict[str, GiftRow]:
    """Several gifts by number; set-based."""
    found: list[Gift] = []
    for start in range(0, len(numbers), CHUNK):
        found.extend(_gifts().filter(number__in=numbers[start : start + CHUNK]))
    return {row.number: row for row in _rows(found)}


def core_of_many(numbers: Sequence[str]) -> dict[str, tuple[int, str, str, int | None, int | None]]:
    """Society, appeal's slug (or empty), kind, fen and fund of several gifts, by number; for the
    law that compares them all."""
    slugs: dict[int | None, str] = dict(Appeal.objects.values_list("pk", "slug"))
    columns = ["number", "organisation_id", "kind", "amount_fen", "fund_id", "appeal_id"]
    return {
        number: (organisation_id, slugs.get(appeal_id, ""), kind, amount_fen, fund_id)
        for number, organisation_id, kind, amount_fen, fund_id, appeal_id in rows_among(
            Gift._meta.db_table, columns, "number", numbers
        )
    }


def payments_waiting() -> tuple[int, datetime | None]:
    """How many payments channels have told that are not booked yet; when the oldest was told."""
    found = ToldPayment.objects.filter(outcome="").aggregate(n=Count("pk"), since=Min("told_at"))
    return int(found["n"]), found["since"]


def find_gift(number: str, *, query_code: str = "", phone: str = "") -> GiftRow | None:
    """The gift that fits number and query code, or number and telephone; nothing otherwise.

    Pages call ``services.looking.look_up``, which counts wrong guesses.
    """
    wanted = tidy(number)
    if not is_well_formed(wanted):
        return None
    rows = _gifts().filter(number=wanted)
    code = unicodedata.normalize("NFKC", "".join(query_code.split()))[:12]
    if code:
        rows = rows.filter(query_code=code)
    else:
        try:
            neat = rules.neat_phone(phone)
        except PhoneIsNotReadable:
            return None
        if not neat:
            return None
        rows = rows.filter(phone_index=blind_index("phone", neat))
    return next(iter(_rows(rows[:1])), None)


def love_list_rows(
    *,
    organisation_ids: Sequence[int] | None = None,
    appeal_id: int | None = None,
    search: str = "",
    first: date | None = None,
    last: date | None = None,
) -> QuerySet[Gift]:
    """The confirmed gifts of the love list, newest first, as a lazy set to count and to page.

    ``love_list`` makes rows of a slice. Search finds public names, and gifts by their number.
    """
    rows = _gifts().filter(state="confirmed").order_by("-confirmed_at", "-pk")
    if organisation_ids is not None:
        rows = rows.filter(organisation_id__in=organisation_ids)
    if appeal_id is not None:
        rows = rows.filter(appeal_id=appeal_id)
    if first is not None:
        rows = rows.filter(given_at__gte=start_of(first))
    if last is not None:
        rows = rows.filter(given_at__lt=start_of(last + timedelta(days=1)))
    if search.strip():
        rows = rows.filter(
            Q(number=tidy(search)) | (Q(named=True) & search_filter("search_tokens", search))
        )
    return rows


def love_list(
    *,
    organisation_ids: Sequence[int] | None = None,
    appeal_id: int | None = None,
    search: str = "",
    first: date | None = None,
    last: date | None = None,
    offset: int = 0,
    limit: int = 30,
) -> list[GiftRow]:
    """A page of the love list: every amount however small, names only under consent."""
    rows = love_list_rows(
        organisation_ids=organisation_ids,
        appeal_id=appeal_id,
        search=search,
        first=first,
        last=last,
    )
    return _rows(list(rows[offset : offset + limit]))


def love_list_place(number: str) -> int | None:
    """The place of a confirmed gift on its appeal's love list, first is 1 and oldest."""
    found = Gift.objects.filter(number=tidy(number), state="confirmed").first()
    if found is None:
        return None
    rows = Gift.objects.filter(state="confirmed", organisation_id=found.organisation_id)
    if found.appeal_id is None:
        rows = rows.filter(appeal__isnull=True)
    else:
        rows = rows.filter(appeal_id=found.appeal_id)
    return rows.filter(
        Q(confirmed_at__lt=found.confirmed_at)
        | Q(confirmed_at=found.confirmed_at, pk__lte=found.pk)
    ).count()


def gifts_on(organisation_id: int, day: date) -> list[GiftRow]:
    """The gifts that a society confirmed on a day."""
    found = (
        _gifts()
        .filter(
            organisation_id=organisation_id,
            state="confirmed",
            confirmed_at__gte=start_of(day),
            confirmed_at__lt=start_of(day + timedelta(days=1)),
        )
        .order_by("pk")
    )
    return _rows(list(found))


def totals(
    *, organisation_ids: Sequence[int] | None = None, appeal_id: int | None = None
) -> dict[str, int]:
    """Confirmed money (less what was given back) and numbers of gifts: ``amount_fen``,
    ``money_gifts``, ``goods_gifts``."""
    rows = Gift.objects.filter(state="confirmed")
    if organisation_ids is not None:
        rows = rows.filter(organisation_id__in=organisation_ids)
    if appeal_id is not None:
        rows = rows.filter(appeal_id=appeal_id)
    found: dict[str, Any] = rows.aggregate(
        amount_fen=Sum("amount_fen"),
        money_gifts=Count("pk", filter=Q(kind="cash")),
        goods_gifts=Count("pk", filter=Q(kind="in-kind")),
    )
    back = Refund.objects.filter(state="paid", kind="refund", gift__in=rows)
    found["amount_fen"] = (found["amount_fen"] or 0) - (
        back.aggregate(sum=Sum("amount_fen"))["sum"] or 0
    )
    return {name: int(value or 0) for name, value in found.items()}


def appeal(slug: str) -> AppealRow | None:
    """An appeal by its address; drafts too, so a page must look at the state."""
    found = Appeal.objects.select_related("organisation", "rule").filter(slug=slug).first()
    return _appeal_row(found) if found is not None else None


def appeal_by_id(appeal_id: int) -> AppealRow | None:
    """An appeal by its id."""
    found = Appeal.objects.select_related("organisation", "rule").filter(pk=appeal_id).first()
    return _appeal_row(found) if found is not None else None


def public_appeals() -> list[AppealRow]:
    """What the public may see: open ones first, then those suspended or closed."""
    rows = Appeal.objects.select_related("organisation", "rule").filter(
        state__in=["open", "suspended", "closed"]
    )
    order = {"open": 0, "suspended": 1, "closed": 2}
    newest = rows.order_by("-opened_at", "-pk")
    return sorted((_appeal_row(a) for a in newest), key=lambda a: (order[a.state], not a.emergency))


def appeals_of(organisation_id: int, *, open_only: bool = False) -> list[AppealRow]:
    """The appeals of a society, newest first."""
    rows = Appeal.objects.select_related("organisation", "rule").filter(
        organisation_id=organisation_id
    )
    if open_only:
        rows = rows.filter(state="open")
    return [_appeal_row(found) for found in rows.order_by("-pk")]


def gift_of_line(line_id: int) -> str | None:
    """The number of the gift that a line belongs to."""
    return GiftLine.objects.filter(pk=line_id).values_list("gift__number", flat=True).first()


def _gifts() -> QuerySet[Gift]:
    return Gift.objects.select_related("appeal")


def _rows(gifts: Iterable[Gift], *, with_lines: bool = True) -> list[GiftRow]:
    found = list(gifts)
    lines: dict[int, list[LineRow]] = {}
    in_kind = [g.pk for g in found if g.kind == "in-kind"]
    if with_lines and in_kind:
        for start in range(0, len(in_kind), CHUNK):
            for line in (
                GiftLine.objects.filter(gift_id__in=in_kind[start : start + CHUNK])
                .select_related("item")
                .order_by("pk")
            ):
                lines.setdefault(line.gift_id, []).append(_line_row(line))
    return [_gift_row(g, tuple(lines.get(g.pk, ()))) for g in found]


def _line_row(line: GiftLine) -> LineRow:
    return LineRow(
        id=line.pk,
        item_id=line.item_id,
        item_name=line.item.name,
        unit=line.item.base_unit,
        quantity=line.quantity,
        received_quantity=line.received_quantity,
        spec=line.spec,
        expected_on=line.expected_on,
        directed_to=line.directed_to_id,
        stated_value_fen=line.stated_value_fen,
    )


def _gift_row(gift: Gift, lines: tuple[LineRow, ...]) -> GiftRow:
    return GiftRow(
        id=gift.pk,
        number=gift.number,
        kind=gift.kind,
        organisation_id=gift.organisation_id,
        appeal_id=gift.appeal_id,
        appeal_slug=gift.appeal.slug if gift.appeal else "",
        appeal_title=gift.appeal.title if gift.appeal else "",
        fund_id=gift.fund_id,
        amount_fen=gift.amount_fen,
        channel=gift.channel,
        state=gift.state,
        given_at=gift.given_at,
        confirmed_at=gift.confirmed_at,
        directed_to=gift.directed_to_id,
        purpose=gift.purpose,
        named=gift.named,
        public_name=gift.display_name if gift.named else ANONYMOUS,
        message=gift.message,
        overseas=gift.overseas,
        late_reason=gift.late_reason,
        lines=lines,
    )


def _appeal_row(appeal: Appeal) -> AppealRow:
    return AppealRow(
        id=appeal.pk,
        slug=appeal.slug,
        title=appeal.title,
        summary=appeal.summary,
        purpose=appeal.purpose,
        organisation_id=appeal.organisation_id,
        organisation_name=appeal.organisation.name,
        emergency=appeal.emergency,
        state=appeal.state,
        fund_id=appeal.fund_id,
        rule_version=appeal.rule.version,
        opened_at=appeal.opened_at,
        suspended_at=appeal.suspended_at,
        suggested_fen=tuple(appeal.suggested_fen),
        target_fen=appeal.target_fen,
    )


def paper_number(gift_number: str, kind: str) -> str | None:
    """The number of the live paper of one kind of a gift."""
    live = [
        paper
        for paper in certificates.papers_of(gift_ref(gift_number))
        if paper.kind == kind and paper.state == "issued"
    ]
    return live[0].number if live else None


def rule_text(appeal_id: int) -> dict[str, str]:
    """The rule version of an appeal: ``version``, ``title``, ``text``."""
    rule = RuleVersion.objects.get(pk=Appeal.objects.values("rule_id").get(pk=appeal_id)["rule_id"])
    return {"version": rule.version, "title": rule.title, "text": rule.text}


def counted_numbers() -> list[str]:
    """The numbers of all gifts that ever counted: confirmed, also where reversed later."""
    return list(Gift.objects.exclude(confirmed_at=None).values_list("number", flat=True))


def net_of_many(gifts: Sequence[Gift]) -> dict[int, int]:
    """What is left of each gift of money after what was given back, by id; set-based."""
    given = {gift.pk: gift.amount_fen or 0 for gift in gifts}
    for start in range(0, len(gifts), CHUNK):
        ids = [gift.pk for gift in gifts[start : start + CHUNK]]
        back = Refund.objects.filter(gift_id__in=ids, state="paid").values_list("gift_id")
        for gift_id, total in back.annotate(total=Sum("amount_fen")).order_by():
            if gift_id is not None:
                given[gift_id] -= total
    return given


def refunds_by_numbers(numbers: Sequence[str]) -> dict[str, RefundRow]:
    """Several refunds by number; set-based."""
    found: dict[str, RefundRow] = {}
    for start in range(0, len(numbers), CHUNK):
        rows = Refund.objects.filter(number__in=numbers[start : start + CHUNK])
        found |= {row.number: row for row in _refund_rows(rows)}
    return found


def refunds_of(gift_number: str) -> list[RefundRow]:
    """What was given back of one gift, oldest first; what is only asked for is left out."""
    return _refund_rows(Refund.objects.filter(gift__number=gift_number, state="paid"))


def paid_refunds() -> dict[str, list[str]]:
    """The numbers of all refunds that were paid, by kind."""
    found: dict[str, list[str]] = {"refund": [], "reversal": [], "order": []}
    for kind, number in Refund.objects.filter(state="paid").values_list("kind", "number"):
        found[kind].append(number)
    return found


def _refund_rows(rows: QuerySet[Refund]) -> list[RefundRow]:
    return [
        RefundRow(
            number=row.number,
            kind=row.kind,
            organisation_id=row.organisation_id,
            gift_number=row.gift.number if row.gift else "",
            fund_id=row.gift.fund_id if row.gift else None,
            amount_fen=row.amount_fen,
            state=row.state,
            paid_at=row.paid_at,
        )
        for row in rows.select_related("gift").order_by("pk")
    ]
