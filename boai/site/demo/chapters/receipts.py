"""Receipts: numbers bought, some issued, one voided, one reversed, a few waiting for the reviewer."""

from datetime import datetime, time, timedelta
from functools import partial

from boai.ground.core.clock import day_of
from boai.relief.donations import queries as donations
from boai.relief.donations.services import receipting
from boai.relief.receipts.channels.fiscal.client import client
from boai.relief.receipts.services import asking, closing, reporting, reviewing, stock
from boai.site.demo.stage import Stage, minutes

CODE = "99010126"
"""99 belongs to no real finance department."""
FIRST, LAST = 20_001, 20_500


def write(stage: Stage) -> None:
    """Numbers first, then two afternoons of receipts; paper numbers are still to come."""
    diary = stage.diary
    diary.on(2, time(9, 30), partial(_apply, stage))
    diary.on(5, time(16, 30), partial(_draw_up, stage, 8, True))
    diary.on(12, time(10, 15), partial(_apply_for_paper, stage))
    diary.on(24, time(16, 30), partial(_draw_up, stage, 6, False))
    diary.on(28, time(16, 40), partial(_leave_waiting, stage))


def _apply(stage: Stage, at: datetime) -> None:
    block = stock.apply_for_block(
        stage.people["cashier"],
        organisation_id=stage.society,
        wanted=LAST - FIRST + 1,
        purpose="抗击疫情专项募捐",
        at=at,
    )
    stage.diary.at(at + minutes(330), partial(_take, stage, block))


def _take(stage: Stage, block: int, at: datetime) -> None:
    stock.take_into_stock(
        stage.people["accountant"],
        block_id=block,
        code=CODE,
        first=FIRST,
        last=LAST,
        document="江财票领〔演示〕17号",
        at=at,
    )


def _apply_for_paper(stage: Stage, at: datetime) -> None:
    stock.apply_for_block(
        stage.people["cashier"],
        organisation_id=stage.society,
        wanted=100,
        medium="paper",
        purpose="现场捐赠用纸质票据",
        at=at,
    )


def _some_of_yesterday(stage: Stage, most: int, at: datetime) -> list[str]:
    rows = donations.gifts_on(stage.society, day_of(at) - timedelta(days=1))
    return [row.number for row in rows if row.kind == "cash"][:most]


def _draw_up(stage: Stage, most: int, takes_back: bool, at: datetime) -> None:
    numbers = _some_of_yesterday(stage, most, at)
    if not numbers:
        return
    slips = receipting.ask_receipts(stage.people["cashier"], gift_numbers=numbers, at=at)
    stage.diary.at(at + minutes(35), partial(_review, stage, slips, takes_back))


def _review(stage: Stage, slips: list[int], takes_back: bool, at: datetime) -> None:
    serials = reviewing.review_many(stage.people["accountant"], slip_ids=slips, at=at)
    stage.diary.at(at + minutes(15), partial(_hand_over, stage, serials[0]))
    if takes_back and len(serials) > 2:
        void = partial(_take_back, stage, serials[1], "void", "交款人名称填写有误")
        reverse = partial(_take_back, stage, serials[2], "reverse", "捐赠人要求更换抬头")
        stage.diary.at(at + minutes(20), void)
        stage.diary.at(at + minutes(25), reverse)
        stage.diary.at(at + minutes(40), _tell)
    elif len(serials) > 1:
        stage.diary.at(at + minutes(20), partial(_ask_reverse, stage, serials[1]))


def _hand_over(stage: Stage, serial: str, at: datetime) -> None:
    closing.hand_over(stage.people["cashier"], serial=serial, at=at)


def _take_back(stage: Stage, serial: str, kind: str, reason: str, at: datetime) -> None:
    slip = asking.ask_back(stage.people["cashier"], serial=serial, kind=kind, reason=reason, at=at)
    reviewing.review(stage.people["accountant"], slip_id=slip, at=at + minutes(3))


def _ask_reverse(stage: Stage, serial: str, at: datetime) -> None:
    asking.ask_back(
        stage.people["cashier"], serial=serial, kind="reverse", reason="重复填开", at=at
    )


def _tell(at: datetime) -> None:
    """The worker's round: the sandbox of the fiscal platform, where it is switched on."""
    platform = client()
    if platform is not None:
        reporting.deliver_due(at, platform)


def _leave_waiting(stage: Stage, at: datetime) -> None:
    numbers = _some_of_yesterday(stage, 3, at)
    if numbers:
        receipting.ask_receipts(stage.people["cashier"], gift_numbers=numbers, at=at)
