"""What one disbursement's page shows."""

from typing import Any

from django.utils.translation import gettext

from boai.foundations.catalogue import queries as catalogue
from boai.foundations.identity import queries as identity
from boai.foundations.ledger import queries as ledger
from boai.foundations.ledger.queries.overviews import arrival_of
from boai.foundations.organisations import queries as organisations
from boai.foundations.trail import queries as trail
from boai.ground.core.actors import Actor
from boai.relief.finance import permissions, queries
from boai.relief.finance.values import (
    BASIS_LABELS,
    KIND_LABELS,
    STATE_LABELS,
    STATE_TONES,
    Basis,
    DisbursementRow,
    Kind,
    State,
)

MOST_SOURCES = 50


def detail_context(row: DisbursementRow, actor: Actor) -> dict[str, Any]:
    """Facts, steps, lines, decision, sources of the money, and what this person may do now."""
    payee = organisations.row(row.payee_organisation_id)
    shares = ledger.sources_of(row.ref)
    return {
        "row": row,
        "own_id": actor.organisation_id,
        "state": gettext(STATE_LABELS[row.state]),
        "tone": STATE_TONES[row.state],
        "facts": [
            (gettext("方式"), gettext(KIND_LABELS[row.kind])),
            (gettext("收款单位"), payee.name if payee else ""),
            (gettext("基金"), ledger.fund(row.fund_id).name),
            (gettext("用途"), row.purpose),
            (gettext("依据"), gettext(BASIS_LABELS[row.basis])),
            (gettext("批次号"), row.batch),
            (gettext("付款账户"), row.bank),
        ],
        "transfer": transfer_context(row),
        "steps": steps(row),
        "lines": _lines(row),
        "decision": _decision(row),
        "evidence": trail.evidence_of(row.ref),
        "shares": shares[:MOST_SOURCES],
        "more_shares": max(len(shares) - MOST_SOURCES, 0),
        **_offers(row, actor),
    }


def steps(row: DisbursementRow) -> list[dict[str, Any]]:
    reached = [State.PROPOSED, State.DECIDED, State.PAID, State.CONFIRMED]
    labels = [gettext("申请"), gettext("决策"), gettext("付款"), gettext("收款方确认")]
    moments = [row.proposed_at, row.decided_at, row.paid_at, row.confirmed_at]
    if row.state in (State.REFUSED, State.CANCELLED):
        return [
            {"label": labels[0], "state": "done", "at": moments[0]},
            {"label": gettext(STATE_LABELS[row.state]), "state": "bad", "at": None},
        ]
    now = reached.index(State(row.state))
    return [
        {
            "label": label,
            "state": "done" if n <= now else "now" if n == now + 1 else "todo",
            "at": at,
        }
        for n, (label, at) in enumerate(zip(labels, moments, strict=True))
    ]


def transfer_context(row: DisbursementRow) -> dict[str, Any] | None:
    """Both sides of a transfer: each society with its fund and its entry. Empty for other kinds."""
    if row.kind != Kind.TRANSFER:
        return None
    arrival = arrival_of(row.ref)
    names = organisations.rows([row.organisation_id, row.payee_organisation_id])
    giving = ledger.fund(row.fund_id)
    return {
        "sides": [
            {
                "heading": gettext("划出方"),
                "society": names[row.organisation_id].name,
                "organisation_id": row.organisation_id,
                "fund": giving.name,
                "fund_id": giving.id,
                "entry_id": row.entry_id,
            },
            {
                "heading": gettext("划入方"),
                "society": names[row.payee_organisation_id].name,
                "organisation_id": row.payee_organisation_id,
                "fund": arrival.fund if arrival else "",
                "fund_id": arrival.fund_id if arrival else None,
                "entry_id": arrival.entry_id if arrival else None,
            },
        ],
        "number": row.number,
        "paid": arrival is not None,
    }


def received_context(row: DisbursementRow, actor: Actor) -> dict[str, Any]:
    """What the receiving side may see of a disbursement: no meeting, no bank of the payer."""
    payer = organisations.row(row.organisation_id)
    confirmed = row.state == State.CONFIRMED
    return {
        "title": gettext("收到的拨付"),
        "row": row,
        "state": gettext(STATE_LABELS[row.state]),
        "tone": STATE_TONES[row.state],
        "facts": [
            (gettext("方式"), gettext(KIND_LABELS[row.kind])),
            (gettext("付款单位"), payer.name if payer else ""),
            (gettext("用途"), row.purpose),
            (gettext("拨付编号"), row.number),
            (gettext("到账确认"), gettext("已确认") if confirmed else gettext("待确认")),
        ],
        "transfer": transfer_context(row),
        "own_id": actor.organisation_id,
        "steps": steps(row),
        "may_confirm": row.state == State.PAID and permissions.may_here(actor, "finance.confirm"),
    }


def _lines(row: DisbursementRow) -> list[dict[str, Any]]:
    items = catalogue.items_by_ids([line.item_id for line in row.lines])
    came = queries.received_of_lines(row.ref, [line.id for line in row.lines]) if row.lines else {}
    return [
        {
            "name": items[line.item_id].name,
            "unit": items[line.item_id].unit,
            "spec": line.spec,
            "quantity": line.quantity,
            "price": line.unit_price_fen,
            "amount": line.amount_fen,
            "received": came[line.id],
        }
        for line in row.lines
    ]


def _decision(row: DisbursementRow) -> dict[str, Any] | None:
    if row.decision_id is None:
        return None
    found = queries.decision(row.decision_id)
    if found is None:
        return None
    known = identity.person_names(found.attendees)
    names = [known[person_id] for person_id in found.attendees]
    return {
        "approved": found.approved,
        "minutes": found.minutes,
        "evidence_key": found.evidence_key,
        "facts": [
            (gettext("会议"), found.meeting),
            (gettext("日期"), found.held_on),
            (gettext("参会人员"), "、".join(names)),
            (gettext("决议"), gettext("同意") if found.approved else gettext("不同意")),
        ],
    }


def _offers(row: DisbursementRow, actor: Actor) -> dict[str, bool]:
    """Which buttons stand on the page."""

    def may(action: str) -> bool:
        return permissions.may_here(actor, action)

    waits = row.state == State.PROPOSED
    collective = row.basis == Basis.COLLECTIVE
    return {
        "may_decide": waits and collective and may("finance.record-decision"),
        "may_countersign": waits and not collective and may("finance.decide"),
        "may_pay": row.state == State.DECIDED and may("finance.pay"),
        "may_call_off": row.state in (State.PROPOSED, State.DECIDED) and may("finance.propose"),
        "may_receive": row.kind == Kind.PURCHASE
        and row.state in (State.PAID, State.CONFIRMED)
        and may("finance.receive-purchase"),
    }
