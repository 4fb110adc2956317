"""Reads for the pages of the books: an entry in full, the trial balance, a fund's axis as a bar."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Sum
from django.utils.translation import gettext

from boai.foundations.ledger.models import Account, Entry, FundInflow, FundSpan, Posting
from boai.foundations.ledger.queries.tracing import axis_end
from boai.foundations.ledger.values import KIND_LABELS
from boai.ground.core.money import CNY
from boai.ground.core.text import gettext_noop as _

ENTRY_KIND_LABELS = {
    "gift": _("捐赠收款"),
    "spend": _("基金支出"),
    "refund": _("退款"),
    "transfer": _("划出"),
    "transfer-in": _("划入"),
    "reversal": _("冲销"),
    "goods-received": _("收货入库"),
    "lot-released": _("检验放行"),
    "goods-reserved": _("预留"),
    "reservation-released": _("解除预留"),
    "goods-issued": _("出库"),
    "goods-delivered": _("送达"),
    "difference-settled": _("差异处理"),
    "stock-adjusted": _("库存调整"),
    "lot-split": _("拆分批次"),
    "goods-repacked": _("组套改装"),
    "goods-returned": _("退货收回"),
}
OUTFLOW_LABELS = {
    "spend": _("支出"),
    "refund": _("退款"),
    "transfer": _("划转"),
    "reversal": _("冲销"),
}
BAR_WIDTH = 1000
MOST_SEGMENTS = 300


@dataclass(frozen=True, slots=True)
class Line:
    """A posting as the entry's page shows it."""

    debit: str
    credit: str
    amount: int
    is_money: bool
    lot: int | None


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry with its postings and its links."""

    id: int
    organisation_id: int
    sequence: int | None
    kind: str
    key: str
    subject: str
    at: datetime
    recorded_at: datetime
    actor: str
    digest: str
    chain: str
    reverses_id: int | None
    reversal_id: int | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class TrialRow:
    """Turnover of one kind of account in one commodity; ``label`` is the commodity in words."""

    commodity: str
    kind: str
    accounts: int
    debit: int
    credit: int
    label: str = ""

    @property
    def net(self) -> int:
        """Debit less credit."""
        return self.debit - self.credit


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the bar: where, how wide, and whether it is spent or refunded."""

    x: float
    width: float
    tone: str


def entry(entry_id: int) -> EntryRow | None:
    """One entry in full."""
    row = Entry.objects.filter(id=entry_id).first()
    if row is None:
        return None
    postings = Posting.objects.filter(entry_id=entry_id).select_related("debit", "credit")
    lines = tuple(
        Line(
            debit=_named(p.debit),
            credit=_named(p.credit),
            amount=p.amount,
            is_money=p.debit.commodity == CNY,
            lot=p.lot,
        )
        for p in postings.order_by("id")
    )
    reversal = Entry.objects.filter(reverses_id=entry_id).values_list("id", flat=True).first()
    return EntryRow(
        id=row.id,
        organisation_id=row.organisation_id,
        sequence=row.sequence,
        kind=row.kind,
        key=row.key,
        subject=row.subject,
        at=row.at,
        recorded_at=row.recorded_at,
        actor=row.actor,
        digest=row.digest,
        chain=row.chain,
        reverses_id=row.reverses_id,
        reversal_id=reversal,
        lines=lines,
    )


@dataclass(frozen=True, slots=True)
class Arrival:
    """The other side of a transfer: the fund that the money came into, and the entry there."""

    organisation_id: int
    fund_id: int
    fund: str
    entry_id: int


def arrival_of(subject: str) -> Arrival | None:
    """Where the money of a transfer arrived; empty for whatever is none or was not paid."""
    found = FundInflow.objects.filter(continues__subject=subject, continues__kind="transfer")
    row = found.select_related("fund", "posting").first()
    if row is None:
        return None
    return Arrival(row.fund.organisation_id, row.fund_id, row.fund.name, row.posting.entry_id)


def _named(account: Account) -> str:
    return f"{gettext(KIND_LABELS[account.kind])} {account.ref}".strip()


def reversed_among(entry_ids: Iterable[int]) -> set[int]:
    """Which of these entries were taken back."""
    found = Entry.objects.filter(reverses_id__in=list(entry_ids))
    return {id for id in found.values_list("reverses_id", flat=True) if id is not None}


def trial_balance(organisation_id: int) -> list[TrialRow]:
    """Turnover of every kind of account and commodity of a society."""
    own = Posting.objects.filter(organisation_id=organisation_id)
    turnover: dict[tuple[str, str], list[int]] = {}
    for side, place in (("debit", 0), ("credit", 1)):
        names = (f"{side}__commodity", f"{side}__kind")
        for commodity, kind, total in own.values_list(*names).annotate(n=Sum("amount")):
            turnover.setdefault((commodity, kind), [0, 0])[place] = total
    counted = (
        Account.objects.filter(organisation_id=organisation_id)
        .values_list("commodity", "kind")
        .annotate(n=Count("id"))
    )
    accounts = {(commodity, kind): n for commodity, kind, n in counted}
    return [
        TrialRow(commodity, kind, accounts.get((commodity, kind), 0), debit, credit)
        for (commodity, kind), (debit, credit) in sorted(turnover.items())
    ]


def axis_bar(fund_id: int) -> list[Segment]:
    """The consumed pieces of a fund's axis as segments of a bar a thousand wide, joined where
    they touch and are of one kind."""
    end = axis_end(fund_id)
    if not end:
        return []
    spans = FundSpan.objects.filter(fund_id=fund_id).select_related("outflow").order_by("starts")
    pieces: list[tuple[int, int, str]] = []
    for span in spans:
        tone = span.outflow.kind
        if pieces and pieces[-1][1] == span.starts and pieces[-1][2] == tone:
            pieces[-1] = (pieces[-1][0], span.ends, tone)
        elif len(pieces) < MOST_SEGMENTS:
            pieces.append((span.starts, span.ends, tone))
    return [
        Segment(round(a * BAR_WIDTH / end, 2), max(round((b - a) * BAR_WIDTH / end, 2), 0.5), tone)
        for a, b, tone in pieces
    ]
