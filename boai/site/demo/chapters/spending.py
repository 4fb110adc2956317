"""Money goes out: purchases and payments, each with its collective decision (H11)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from boai.foundations.ledger import queries as ledger
from boai.ground.core.clock import day_of
from boai.relief.finance import queries as finance
from boai.relief.finance.services import buying, deciding, paying, proposing
from boai.relief.finance.values import CountedPurchase, DisbursementRow, OrderedLine
from boai.relief.warehouse import queries as warehouse
from boai.relief.warehouse.services import receiving
from boai.site.demo.stage import Stage, minutes

MINUTES = (
    "会议听取项目部关于缺口和询价的汇报，三家比价后择优。到会委员逐一发表意见，一致同意。"
    "会议要求：到货即验收入库，按清单逐日公示。"
)


Next = Callable[[Stage, int, datetime], None]
"""What follows payment."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One purchase: which items at which price, and what share of the fund's balance."""

    purpose: str
    lines: tuple[tuple[str, int], ...]
    percent: int


PURCHASES = (
    (
        4,
        Plan(
            "采购医用防护服、防护口罩，保障发热门诊和隔离病区",
            (("SUIT-MED", 8500), ("MASK-RES", 980)),
            45,
        ),
    ),
    (15, Plan("采购制氧机和额温枪，支援定点医院", (("OXYGEN", 238000), ("THERMO-IR", 19800)), 40)),
)
PROPOSED_LAST = Plan("采购医用外科口罩，备社区防控", (("MASK-SUR", 120),), 15)


def write(stage: Stage) -> None:
    """Two purchases, one payment to a hospital, directed money every afternoon; one still waits."""
    for day, plan in PURCHASES:
        stage.diary.on(day, time(10, 0), partial(_propose, stage, plan, True))
    stage.diary.on(20, time(10, 0), partial(_propose_payment, stage))
    for day in range(1, 30):
        stage.diary.on(day, time(16, 30), partial(_pay_directed, stage))
    stage.diary.on(28, time(15, 0), partial(_propose, stage, PROPOSED_LAST, False))


def balance(stage: Stage) -> int:
    found = ledger.fund(stage.fund_id)
    return found.balance if found is not None else 0


def best_bank(stage: Stage) -> str:
    """The bank account that holds most."""
    held = ledger.balances(stage.society, kind="bank")
    return max(held, key=lambda row: row.amount).ref


def _row(disbursement_id: int) -> DisbursementRow:
    found = finance.disbursement_by_id(disbursement_id)
    assert found is not None
    return found


def _propose(stage: Stage, plan: Plan, goes_on: bool, at: datetime) -> None:
    share = balance(stage) * plan.percent // 100 // len(plan.lines)
    lines = [
        OrderedLine(stage.item(code), max(1, share // price), price) for code, price in plan.lines
    ]
    disbursement_id = proposing.propose_disbursement(
        stage.people["programme"],
        organisation_id=stage.society,
        fund_id=stage.fund_id,
        kind="purchase",
        payee_organisation_id=stage.places["supplier"],
        amount=sum(line.quantity * line.unit_price_fen for line in lines),
        purpose=plan.purpose,
        lines=lines,
        at=at,
    )
    if goes_on:
        stage.diary.at(
            at + timedelta(hours=5), partial(_decide, stage, disbursement_id, _receive_bought)
        )


def _propose_payment(stage: Stage, at: datetime) -> None:
    disbursement_id = proposing.propose_disbursement(
        stage.people["programme"],
        organisation_id=stage.society,
        fund_id=stage.fund_id,
        kind="payment",
        payee_organisation_id=stage.places["hospital3"],
        amount=max(100, balance(stage) // 4 // 100 * 100),
        purpose="拨付江州市传染病医院，用于隔离病区改造",
        at=at,
    )
    stage.diary.at(
        at + timedelta(hours=5), partial(_decide, stage, disbursement_id, _confirm_payment)
    )


def _decide(stage: Stage, disbursement_id: int, after: Next, at: datetime) -> None:
    deciding.record_collective_decision(
        stage.people["app1"],
        disbursement_ids=[disbursement_id],
        meeting=f"执委会专题会议（{day_of(at):%m月%d日}）",
        held_on=day_of(at),
        attendees=[member.person_id or 0 for member in stage.committee],
        approved=True,
        minutes=MINUTES,
        at=at,
    )
    stage.diary.at(at + timedelta(hours=18), partial(_pay, stage, disbursement_id, after))


def _pay(stage: Stage, disbursement_id: int, after: Next, at: datetime) -> None:
    paying.pay(
        stage.people["cashier"],
        disbursement_id=disbursement_id,
        bank=best_bank(stage),
        at=at,
    )
    stage.diary.at(at + timedelta(hours=28), partial(after, stage, disbursement_id))


def _receive_bought(stage: Stage, disbursement_id: int, at: datetime) -> None:
    row = _row(disbursement_id)
    note_id = buying.receive_purchase(
        stage.people["keeper1"],
        disbursement_id=disbursement_id,
        store_id=stage.store_id,
        counted=[_counted(stage, line.id, line.quantity, day_of(at)) for line in row.lines],
        at=at,
    )
    stage.diary.at(at + minutes(30), partial(_countersign, stage, note_id))


def _counted(stage: Stage, line_id: int, quantity: int, today: date) -> CountedPurchase:
    return CountedPurchase(
        line_id=line_id,
        quantity=quantity,
        lot_number=f"KW{today:%y%m}{line_id:02d}",
        produced_on=today - timedelta(days=12),
        expires_on=today + timedelta(days=720),
        bin="P-01",
    )


def _countersign(stage: Stage, note_id: int, at: datetime) -> None:
    note = warehouse.received_note(note_id)
    assert note is not None
    receiving.countersign_receipt(
        stage.people["keeper2"], note_id=note_id, digest=note.digest, at=at
    )


def _confirm_payment(stage: Stage, disbursement_id: int, at: datetime) -> None:
    paying.confirm_receipt(stage.people["receive3"], disbursement_id=disbursement_id, at=at)


def _pay_directed(stage: Stage, at: datetime) -> None:
    """Money that givers directed to a hospital: accountant and second cashier send it on (H10)."""
    for row in finance.disbursements(stage.society):
        if row.basis != "direction" or row.state not in ("proposed", "decided"):
            continue
        if row.state == "proposed":
            deciding.countersign_direction(
                stage.people["accountant"], disbursement_id=row.id, at=at
            )
        paying.pay(
            stage.people["cashier2"],
            disbursement_id=row.id,
            bank=best_bank(stage),
            at=at + minutes(10),
        )
