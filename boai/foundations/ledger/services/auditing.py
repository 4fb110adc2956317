"""The laws of the books, each a full read of what is stored.

They trust no trigger: whoever switches one off and alters a row is named here.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from django.db import connection

from boai.foundations.ledger.models import Balance, Entry, FundInflow, FundOutflow, Posting
from boai.foundations.ledger.rules import entry_digest, next_chain, posting_line
from boai.foundations.ledger.values import BALANCE_KINDS
from boai.ground.core.laws import Verdict, law, verdict
from boai.ground.core.text import gettext_noop as _

MOST_BREACHES = 200
SCARCE = ", ".join(f"'{kind}'" for kind in BALANCE_KINDS)


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} LIMIT {MOST_BREACHES}")
        return [tuple(row) for row in cursor.fetchall()]


def _found(checked: int, rows: Sequence[tuple[Any, ...]], subject: str, words: str) -> Verdict:
    """Breaches from rows whose first column is the key of the subject."""
    return verdict(
        checked, [(f"ledger.{subject}:{row[0]}", words.format(*row[1:])) for row in rows]
    )


@law("ledger-01", _("每条记账借贷两方同机构、同品种、同批次，数额为正，每笔分录至少一条"))
def postings_fit() -> Verdict:
    """Each posting joins its entry and two accounts of one society, commodity and lot (I-1)."""
    rows = _rows(
        "SELECT p.id, p.amount FROM ledger_posting p LEFT JOIN ledger_account d ON d.id = p.debit_id "
        "LEFT JOIN ledger_account c ON c.id = p.credit_id LEFT JOIN ledger_entry e ON e.id = p.entry_id "
        "WHERE (p.amount > 0 AND d.id <> c.id AND d.organisation_id = p.organisation_id "
        "AND c.organisation_id = p.organisation_id AND e.organisation_id = p.organisation_id "
        "AND d.commodity = c.commodity AND (d.lot IS NULL OR c.lot IS NULL OR d.lot = c.lot) "
        "AND COALESCE(p.lot, -1) = COALESCE(d.lot, c.lot, -1)) IS NOT TRUE ORDER BY p.id"
    )
    empty = _rows(
        "SELECT e.id FROM ledger_entry e WHERE NOT EXISTS "
        "(SELECT 1 FROM ledger_posting p WHERE p.entry_id = e.id) ORDER BY e.id"
    )
    breaches = [(f"ledger.posting:{r[0]}", f"借贷不合，数额 {r[1]}") for r in rows]
    breaches += [(f"ledger.entry:{r[0]}", "没有任何记账") for r in empty]
    return verdict(Posting.objects.count(), breaches)


@law("ledger-02", _("每个余额等于其记账之和"))
def balances_are_sums() -> Verdict:
    """Recomputes every running balance; money waiting for its interval is not counted yet (I-4)."""
    rows = _rows(
        "SELECT a.id, COALESCE(b.amount, 0), COALESCE(m.total, 0) FROM ledger_account a "  # noqa: S608
        "LEFT JOIN ledger_balance b ON b.account_id = a.id LEFT JOIN ("
        "  SELECT account_id, SUM(moved) AS total FROM ("
        "    SELECT debit_id AS account_id, amount AS moved FROM ledger_posting"
        "    UNION ALL SELECT credit_id, -amount FROM ledger_posting"
        "    UNION ALL SELECT p.debit_id, -p.amount FROM ledger_posting p"
        "      JOIN ledger_fundinflow i ON i.posting_id = p.id"
        "      WHERE p.into_fund AND i.starts IS NULL) AS sides GROUP BY account_id"
        f") AS m ON m.account_id = a.id WHERE a.kind IN ({SCARCE}) "
        "AND (b.account_id IS NULL OR b.amount <> COALESCE(m.total, 0)) ORDER BY a.id"
    )
    return _found(Balance.objects.count(), rows, "account", "余额 {0}，记账之和 {1}")


@law("ledger-03", _("任何时刻，银行、基金和各处物资都不为负"))
def never_below_zero() -> Verdict:
    """Replays every scarce account in the order of the postings (I-5)."""
    sides = (
        "SELECT p.id, p.debit_id AS account_id, p.amount AS moved FROM ledger_posting p "
        "UNION ALL SELECT p.id, p.credit_id, -p.amount FROM ledger_posting p"
    )
    rows = _rows(
        "SELECT id, account_id, held FROM ("  # noqa: S608
        "  SELECT s.id, s.account_id, SUM(CASE WHEN a.kind = 'fund' THEN -s.moved ELSE s.moved END)"
        "    OVER (PARTITION BY s.account_id ORDER BY s.id) AS held"
        f"  FROM ({sides}) AS s JOIN ledger_account a ON a.id = s.account_id"
        f"  WHERE a.kind IN ({SCARCE}, 'fund')) AS replay WHERE held < 0 ORDER BY id"
    )
    return _found(Posting.objects.count(), rows, "posting", "科目 {0} 此刻为 {1}")


@law("ledger-04", _("每笔分录至多冲销一次，冲销分录与原分录借贷互换"))
def reversals_mirror() -> Verdict:
    """Each reversal has its original's postings with the sides exchanged (I-3)."""
    twice = _rows(
        "SELECT reverses_id, COUNT(*) FROM ledger_entry WHERE reverses_id IS NOT NULL "
        "GROUP BY reverses_id HAVING COUNT(*) > 1"
    )
    unlike = _rows(
        "SELECT r.id FROM ledger_entry r WHERE r.reverses_id IS NOT NULL AND EXISTS ("
        "  SELECT 1 FROM ("
        "    SELECT debit_id AS a, credit_id AS b, amount FROM ledger_posting WHERE entry_id = r.id"
        "    UNION ALL SELECT credit_id, debit_id, -amount FROM ledger_posting"
        "      WHERE entry_id = r.reverses_id) AS both_sides"
        "  GROUP BY a, b HAVING SUM(amount) <> 0) ORDER BY r.id"
    )
    breaches = [(f"ledger.entry:{r[0]}", f"冲销了 {r[1]} 次") for r in twice]
    breaches += [(f"ledger.entry:{r[0]}", "与原分录不互为镜像") for r in unlike]
    return verdict(Entry.objects.filter(reverses__isnull=False).count(), breaches)


def _stored_entries() -> Iterator[tuple[tuple[Any, ...], str, str]]:
    """Every entry with the digest stored and the digest computed afresh from its postings."""
    columns = (
        "entry__organisation_id",
        "entry__kind",
        "entry__key",
        "entry__inputs_digest",
        "entry__subject",
        "entry__person_id",
        "entry__actor",
        "entry__reverses_id",
        "entry__at",
        "entry__digest",
        "entry_id",
        "debit__code",
        "credit__code",
        "amount",
    )
    rows = Posting.objects.order_by("entry_id", "id").values_list(*columns)
    for _id, group in groupby(rows.iterator(chunk_size=5000), key=lambda row: row[10]):
        lines = list(group)
        head = lines[0]
        fresh = entry_digest(head[:8], head[8], (posting_line(*row[11:14]) for row in lines))
        yield head, head[9], fresh


@law("ledger-05", _("每笔分录的摘要与其全部记账相符"))
def digests_hold() -> Verdict:
    """Recomputes each entry's digest: an altered amount, account, moment or key is named."""
    checked = 0
    breaches: list[tuple[str, str]] = []
    for head, stored, fresh in _stored_entries():
        checked += 1
        if stored != fresh and len(breaches) < MOST_BREACHES:
            breaches.append(
                (f"ledger.entry:{head[10]}", "分录或其记账已被改动，与入账时的摘要不符")
            )
    return verdict(checked, breaches)


@law("ledger-06", _("各机构分录序号连续无缺，哈希链环环相扣"))
def journals_are_chained() -> Verdict:
    """Numbers run from 1 without a gap and each chain value follows from the one before."""
    checked = 0
    breaches: list[tuple[str, str]] = []
    rows = (
        Entry.objects.filter(sequence__isnull=False)
        .order_by("organisation_id", "sequence")
        .values_list("organisation_id", "sequence", "id", "digest", "chain")
    )
    for organisation_id, journal in groupby(rows.iterator(chunk_size=5000), key=lambda r: r[0]):
        before = ""
        for expected, (_org, sequence, entry_id, digest, chain) in enumerate(journal, start=1):
            checked += 1
            if sequence != expected:
                breaches.append((f"ledger.journal:{organisation_id}", f"缺第 {expected} 号"))
                break
            if chain != next_chain(before, digest):
                breaches.append((f"ledger.entry:{entry_id}", f"第 {sequence} 号的链值不符"))
                break
            before = chain
    return verdict(checked, breaches)


@law("ledger-07", _("基金的支用段互不重叠，不超出已收，各段之和等于支出"))
def spans_hold() -> Verdict:
    """Spans of one fund lie apart, within its inflow, and sum to their outflow."""
    breaches = _apart("ledger_fundspan", "span", gaps=False)
    beyond = _rows(
        "SELECT s.id FROM ledger_fundspan s WHERE s.ends > COALESCE((SELECT MAX(i.ends) "
        "FROM ledger_fundinflow i WHERE i.fund_id = s.fund_id), 0) ORDER BY s.id"
    )
    breaches += [(f"ledger.span:{r[0]}", "超出基金已收金额") for r in beyond]
    unequal = _rows(
        "SELECT o.id, o.amount, COALESCE(SUM(s.ends - s.starts), 0) FROM ledger_fundoutflow o "
        "LEFT JOIN ledger_fundspan s ON s.outflow_id = o.id AND s.fund_id = o.fund_id "
        "GROUP BY o.id, o.amount HAVING o.amount <> COALESCE(SUM(s.ends - s.starts), 0) ORDER BY o.id"
    )
    breaches += [(f"ledger.outflow:{r[0]}", f"支出 {r[1]}，各段之和 {r[2]}") for r in unequal]
    return verdict(FundOutflow.objects.count(), breaches)


def _apart(table: str, subject: str, *, gaps: bool) -> list[tuple[str, str]]:
    """Neighbours on an axis that overlap or, for inflows, leave a gap."""
    wrong = "starts <> before" if gaps else "starts < before"
    rows = _rows(
        "SELECT id, starts, before FROM (SELECT id, starts, COALESCE(LAG(ends) OVER "  # noqa: S608
        f"(PARTITION BY fund_id ORDER BY starts), 0) AS before FROM {table} "
        f"WHERE starts IS NOT NULL) AS axis WHERE {wrong} ORDER BY id"
    )
    return [(f"ledger.{subject}:{r[0]}", f"起于 {r[1]}，前一段止于 {r[2]}") for r in rows]


@law("ledger-08", _("基金的收入区间首尾相接，铺满全轴"))
def inflows_tile() -> Verdict:
    """Assigned inflow intervals start at nothing and follow one another without gap or overlap."""
    breaches = _apart("ledger_fundinflow", "inflow", gaps=True)
    unlike = _rows("SELECT id FROM ledger_fundinflow WHERE ends - starts <> amount ORDER BY id")
    breaches += [(f"ledger.inflow:{r[0]}", "区间长度与金额不符") for r in unlike]
    return verdict(FundInflow.objects.count(), breaches)


@law("ledger-09", _("基金科目的每条记账恰有一笔收入或支出，金额相同；收入减支出等于科目余额"))
def funds_agree_with_books() -> Verdict:
    """Postings on fund accounts and the funds' inflows and outflows are the same set."""
    breaches: list[tuple[str, str]] = []
    for side, table, name in (
        ("credit_id", "ledger_fundinflow", "收入"),
        ("debit_id", "ledger_fundoutflow", "支出"),
    ):
        rows = _rows(
            f"SELECT p.id, p.amount, f.amount FROM ledger_posting p JOIN ledger_account a "  # noqa: S608
            f"ON a.id = p.{side} LEFT JOIN {table} f ON f.posting_id = p.id "
            "WHERE a.kind = 'fund' AND (f.id IS NULL OR f.amount <> p.amount "
            "OR a.ref <> CAST(f.fund_id AS text)) ORDER BY p.id"
        )
        breaches += [(f"ledger.posting:{r[0]}", f"记账 {r[1]}，{name} {r[2]}") for r in rows]
        rows = _rows(
            f"SELECT f.id FROM {table} f JOIN ledger_posting p ON p.id = f.posting_id "  # noqa: S608
            f"JOIN ledger_account a ON a.id = p.{side} WHERE a.kind <> 'fund' ORDER BY f.id"
        )
        breaches += [(f"ledger.posting:{r[0]}", f"{name}不在基金科目") for r in rows]
    return verdict(FundInflow.objects.count() + FundOutflow.objects.count(), breaches)


@law("ledger-10", _("基金支用进度之前的收入均已用完"))
def fronts_are_consumed() -> Verdict:
    """Below a fund's front nothing is unspent, so that spending may begin its search there."""
    rows = _rows(
        "SELECT f.id, f.front, COALESCE(SUM(CASE WHEN s.ends > f.front THEN f.front ELSE s.ends END"
        " - s.starts), 0) FROM ledger_fund f LEFT JOIN ledger_fundspan s ON s.fund_id = f.id "
        "AND s.starts < f.front GROUP BY f.id, f.front HAVING f.front <> COALESCE(SUM(CASE WHEN "
        "s.ends > f.front THEN f.front ELSE s.ends END - s.starts), 0) ORDER BY f.id"
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM ledger_fund")
        checked = int(cursor.fetchone()[0])
    return _found(checked, rows, "fund", "进度 {0}，其前已用 {1}")


@law("ledger-11", _("划转和退回的钱原数接续，一出一进"))
def continuations_are_whole() -> Verdict:
    """What continues an outflow has its amount; every transfer arrives."""
    rows = _rows(
        "SELECT o.id, o.amount, i.amount FROM ledger_fundoutflow o LEFT JOIN ledger_fundinflow i "
        "ON i.continues_id = o.id WHERE (o.kind = 'transfer' AND i.id IS NULL) "
        "OR (i.id IS NOT NULL AND i.amount <> o.amount) ORDER BY o.id"
    )
    return _found(FundOutflow.objects.count(), rows, "outflow", "转出 {0}，转入 {1}")


@law("ledger-12", _("每个批次：收到的 = 待检 + 在库 + 预留 + 在途 + 送达 + 退回 + 报损"))
def lots_are_whole() -> Verdict:
    """Per lot, what came from origins is what stands in the balances (I-19)."""
    rows = _rows(
        "SELECT lot, SUM(came), SUM(stands) FROM ("
        "  SELECT p.lot, CASE WHEN c.kind = 'origin' THEN p.amount ELSE 0 END"
        "    - CASE WHEN d.kind = 'origin' THEN p.amount ELSE 0 END AS came, 0 AS stands"
        "  FROM ledger_posting p JOIN ledger_account d ON d.id = p.debit_id"
        "  JOIN ledger_account c ON c.id = p.credit_id WHERE p.lot IS NOT NULL"
        "  UNION ALL SELECT a.lot, 0, b.amount FROM ledger_balance b"
        "  JOIN ledger_account a ON a.id = b.account_id WHERE a.lot IS NOT NULL"
        ") AS both_sides GROUP BY lot HAVING SUM(came) <> SUM(stands) ORDER BY lot"
    )
    checked = Posting.objects.filter(lot__isnull=False).values("lot").distinct().count()
    return _found(checked, rows, "lot", "收到 {0}，各处合计 {1}")


# Both directions in SQL, each from its own end: forward from what came in, backward from what was
# paid. Where an outflow goes on in another fund, ``far`` says how far into it each span begins.
_FAR = (
    "far AS (SELECT id, outflow_id, fund_id, starts, ends, CAST(SUM(ends - starts) OVER ("
    "PARTITION BY outflow_id ORDER BY starts) AS bigint) - (ends - starts) AS far"
    " FROM ledger_fundspan)"
)
_FIRST_SPAN = (
    "COALESCE((SELECT MAX(x.starts) FROM ledger_fundspan x WHERE x.fund_id = {fund}"
    " AND x.starts <= {low}), {low})"
)
_FIRST_INFLOW = _FIRST_SPAN.replace("ledger_fundspan", "ledger_fundinflow")


def _least(one: str, other: str) -> str:
    return f"CASE WHEN {one} < {other} THEN {one} ELSE {other} END"


def _both_ways() -> tuple[str, str]:
    """Amounts by source and final outflow, forward counted up and backward counted down; and
    the final outflows whose sources do not sum to them."""
    low, high = _least("s.starts", "p.low").replace("<", ">"), _least("s.ends", "p.high")
    low_in, high_in = low.replace("s.", "i."), high.replace("s.", "i.")
    meets = "s.fund_id = p.fund_id AND s.starts < p.high AND s.ends > p.low AND s.starts >= "
    forward = (
        "forward(source, fund_id, low, high) AS (SELECT source, fund_id, starts, ends"  # noqa: S608
        " FROM ledger_fundinflow WHERE continues_id IS NULL AND starts IS NOT NULL"
        f" UNION ALL SELECT p.source, i.fund_id, i.starts + s.far + {low} - s.starts,"
        f" i.starts + s.far + {high} - s.starts FROM forward p JOIN far s ON {meets}"
        f"{_FIRST_SPAN.format(fund='p.fund_id', low='p.low')}"
        " JOIN ledger_fundinflow i ON i.continues_id = s.outflow_id AND i.starts IS NOT NULL)"
    )
    backward = (
        "backward(outflow_id, fund_id, low, high) AS ("  # noqa: S608
        "SELECT s.outflow_id, s.fund_id, s.starts,"
        " s.ends FROM ledger_fundspan s LEFT JOIN ledger_fundinflow i"
        " ON i.continues_id = s.outflow_id WHERE i.id IS NULL"
        f" UNION ALL SELECT p.outflow_id, s.fund_id, s.starts + {_inside('low')},"
        f" s.starts + {_inside('high')} FROM backward p JOIN ledger_fundinflow i"
        " ON i.fund_id = p.fund_id AND i.starts < p.high AND i.ends > p.low AND i.starts >= "
        f"{_FIRST_INFLOW.format(fund='p.fund_id', low='p.low')}"
        " JOIN far s ON s.outflow_id = i.continues_id"
        f" AND s.far < {high_in} - i.starts AND s.far + s.ends - s.starts > {low_in} - i.starts)"
    )
    back = (
        "SELECT i.source AS source, p.outflow_id AS outflow_id,"  # noqa: S608
        f" {high_in} - {low_in} AS fen FROM backward p"
        " JOIN ledger_fundinflow i ON i.fund_id = p.fund_id AND i.continues_id IS NULL"
        " AND i.starts < p.high AND i.ends > p.low AND i.starts >= "
        f"{_FIRST_INFLOW.format(fund='p.fund_id', low='p.low')}"
    )
    out = (
        f"SELECT p.source, s.outflow_id, {high} - {low} AS fen FROM forward p"  # noqa: S608
        f" JOIN ledger_fundspan s ON {meets}{_FIRST_SPAN.format(fund='p.fund_id', low='p.low')}"
        " LEFT JOIN ledger_fundinflow o ON o.continues_id = s.outflow_id WHERE o.id IS NULL"
    )
    pairs = (
        f"WITH RECURSIVE {_FAR}, {forward}, {backward} "  # noqa: S608
        f"SELECT source, outflow_id, SUM(fen) AS fen FROM ({out} UNION ALL"
        f" SELECT source, outflow_id, -fen FROM ({back}) AS behind"
        ") AS both_ways GROUP BY source, outflow_id HAVING SUM(fen) <> 0 ORDER BY source"
    )
    sums = (
        f"WITH RECURSIVE {_FAR}, {backward} "  # noqa: S608
        "SELECT o.id, o.amount, COALESCE(SUM(b.fen), 0) FROM ledger_fundoutflow o"
        " LEFT JOIN ledger_fundinflow n ON n.continues_id = o.id"
        f" LEFT JOIN ({back}) AS b ON b.outflow_id = o.id WHERE n.id IS NULL"
        " GROUP BY o.id, o.amount HAVING COALESCE(SUM(b.fen), 0) <> o.amount ORDER BY o.id"
    )
    return pairs, sums


def _inside(end: str) -> str:
    """A piece's end, cut to the span ``s`` of the outflow that inflow ``i`` continues."""
    at = f"p.{end} - i.starts - s.far"
    below = f"CASE WHEN {at} > s.ends - s.starts THEN s.ends - s.starts ELSE {at} END"
    return f"(CASE WHEN {at} < 0 THEN 0 ELSE {below} END)"


@law("ledger-13", _("由捐赠查支出与由支出查捐赠，每一对的金额逐分一致"))
def both_ways_agree() -> Verdict:
    """For every gift and every final expense, refund or reversal, through any number of transfers,
    what the gift says it paid is what the expense says it got, and all sum to the expense."""
    pairs, sums = _both_ways()
    breaches = [(f"ledger.outflow:{r[1]}", f"{r[0]}：两个方向相差 {r[2]}") for r in _rows(pairs)]
    breaches += [(f"ledger.outflow:{r[0]}", f"支出 {r[1]}，来源合计 {r[2]}") for r in _rows(sums)]
    return verdict(FundOutflow.objects.count(), breaches)


def breaches_of_all(laws: Iterable[str] = ()) -> list[str]:
    """Short form for whole-books checks: every breach of the books as a line."""
    from boai.ground.core.laws import all_laws

    wanted = set(laws)
    return [
        f"{each.id} {breach.subject}: {breach.found}"
        for each in all_laws()
        if each.id.startswith("ledger-") and (not wanted or each.id in wanted)
        for breach in each.check().breaches
    ]
