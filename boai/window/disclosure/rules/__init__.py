"""What may become public, and when a bulletin may. Pure.

``PUBLIC_FIELDS`` is the allow-list (I-31): a kind of act that is not here has no leaf, a field that
is not here does not get into one. A person's name is never on it, consent or not
(``docs/trust.md``).
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from boai.ground.core.text import gettext_noop as _

PUBLIC_FIELDS: dict[str, frozenset[str]] = {
    "gift-confirmed": frozenset(
        {"number", "organisation", "appeal", "kind", "amount_fen", "lines", "day", "fund"}
    ),
    "goods-received": frozenset(
        {"number", "organisation", "appeal", "source", "source_number", "lines", "day"}
    ),
    "lot-released": frozenset({"number", "organisation", "item", "day"}),
    "lot-rejected": frozenset({"number", "organisation", "item", "day"}),
    "goods-issued": frozenset({"number", "organisation", "purpose", "transport", "lines", "day"}),
    "stock-adjusted": frozenset({"number", "organisation", "kind", "lines", "day"}),
    "goods-delivered": frozenset({"number", "organisation", "receiver", "lines", "day"}),
    "case-decided": frozenset(
        {"number", "organisation", "kind", "subject", "outcome", "digest", "minutes", "late", "day"}
    ),
    "list-frozen": frozenset({"number", "organisation", "digest", "entries", "day"}),
    "disbursement-paid": frozenset(
        {
            "number",
            "organisation",
            "appeal",
            "fund",
            "kind",
            "payee",
            "amount_fen",
            "purpose",
            "day",
        }
    ),
    "transfer-received": frozenset(
        {"number", "organisation", "appeal", "sender", "amount_fen", "day"}
    ),
    "gift-refunded": frozenset(
        {"number", "organisation", "appeal", "gift", "fund", "amount_fen", "day"}
    ),
    "gift-reversed": frozenset(
        {"number", "organisation", "appeal", "gift", "fund", "amount_fen", "day"}
    ),
    "payment-returned": frozenset({"number", "organisation", "appeal", "amount_fen", "day"}),
    "goods-repacked": frozenset({"number", "organisation", "kind", "used", "lines", "day"}),
    "goods-returned": frozenset({"number", "organisation", "waybill", "receiver", "lines", "day"}),
    "paper-issued": frozenset(
        {
            "number",
            "organisation",
            "kind",
            "digest",
            "replaces",
            "day",
            "gift_number",
            "given_on",
            "amount_fen",
            "goods",
        }
    ),
    "paper-cancelled": frozenset({"number", "organisation", "kind", "day"}),
    "appeal-opened": frozenset({"number", "organisation", "title", "fund", "rule", "day"}),
    "appeal-suspended": frozenset({"number", "organisation", "day"}),
    "bulletin-published": frozenset(
        {
            "number",
            "organisation",
            "appeal",
            "day",
            "serial",
            "version",
            "corrects",
            "log_size",
            "rule_version",
            "previous",
            "content_digest",
        }
    ),
}
LINE_FIELDS = frozenset({"item", "name", "unit", "quantity", "lot", "appeal"})

KIND_LABELS: dict[str, str] = {
    "gift-confirmed": _("捐赠确认"),
    "goods-received": _("物资入库"),
    "lot-released": _("批次检验合格"),
    "lot-rejected": _("批次检验不合格"),
    "goods-issued": _("物资出库"),
    "stock-adjusted": _("库存调整"),
    "goods-delivered": _("物资送达签收"),
    "case-decided": _("集体决策"),
    "list-frozen": _("可分配清单冻结"),
    "disbursement-paid": _("款项拨付"),
    "transfer-received": _("收到划转款"),
    "gift-refunded": _("捐赠退还"),
    "gift-reversed": _("错记捐赠冲销"),
    "payment-returned": _("未入账支付退回"),
    "goods-repacked": _("组套与改装"),
    "goods-returned": _("物资退库"),
    "paper-issued": _("证书票据开具"),
    "paper-cancelled": _("证书票据作废"),
    "appeal-opened": _("募捐项目开放"),
    "appeal-suspended": _("募捐项目暂停"),
    "bulletin-published": _("公示发布"),
}


def public_facts(kind: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a leaf, after the allow-list. *Raises* ``ValueError``: a mistake of ours."""
    allowed = PUBLIC_FIELDS[kind]
    unknown = set() if allowed.issuperset(facts) else set(facts) - allowed
    if "lines" in facts or "used" in facts:
        lines = [*(facts.get("lines") or []), *(facts.get("used") or [])]
        unknown |= {name for line in lines for name in line} - LINE_FIELDS
    if unknown:
        raise ValueError(f"not public in {kind}: {sorted(unknown)}")
    return dict(facts)


def reasons_against_publishing(
    content: Mapping[str, Any], previous: Mapping[str, Any] | None
) -> list[str]:
    """Every line that does not balance (I-29, H17). Nothing wrong: an empty list.

    Checked on the content itself and against the bulletin before, not on what computed it.
    """
    found = []
    money = content["money"]
    if money["opening_fen"] + money["in_fen"] - money["out_fen"] != money["closing_fen"]:
        found.append("money")
    if sum(p["amount_fen"] for p in content["payments"]) != money["out_fen"]:
        found.append("payments")
    if money["closing_fen"] < 0:
        found.append("money-below-zero")
    for row in content["goods"]:
        if row["opening"] + row["in"] - row["out"] != row["closing"] or row["closing"] < 0:
            found.append(f"goods:{row['item']}")
    before_money = previous["money"]["closing_fen"] if previous else 0
    if before_money != money["opening_fen"]:
        found.append("money-opening")
    before = {row["item"]: row["closing"] for row in previous["goods"]} if previous else {}
    now = {row["item"]: row["opening"] for row in content["goods"]}
    found += [
        f"goods-opening:{item}"
        for item in sorted(before.keys() | now.keys())
        if before.get(item, 0) != now.get(item, 0)
    ]
    return found


def days_due(announced_on: date, until: date) -> list[date]:
    """The days that need a bulletin: each from the day after the announcement on (H05)."""
    return [announced_on + timedelta(days=n) for n in range(1, (until - announced_on).days + 1)]


def leaf_state(index: int | None, signed: int, published: int) -> str:
    """How far a leaf has come, from its place and the sizes that are signed and published (I-37).

    Waiting for its number or a signature, signed and waiting for the witnesses, or published.
    """
    if index is None or index >= max(signed, published):
        return "waiting"
    return "published" if index < published else "signed"
