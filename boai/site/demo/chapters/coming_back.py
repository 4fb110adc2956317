"""What comes back, and what is made of it: kits, a return, a refund, a reversal, a transfer."""

from datetime import datetime, time, timedelta
from functools import partial

from boai.foundations.catalogue.services import kits, listing
from boai.ground.core.clock import day_of
from boai.relief.dispatch import queries as dispatch
from boai.relief.dispatch.services import returning
from boai.relief.donations import queries as donations
from boai.relief.donations.services import booking, refunding
from boai.relief.donations.values import GiftOrder
from boai.relief.finance.services import deciding, paying, proposing
from boai.relief.warehouse.services import packing, planning
from boai.relief.warehouse.values import NewLot
from boai.site.demo.chapters.spending import MINUTES, balance, best_bank
from boai.site.demo.stage import Stage, minutes

KIT = "KIT-HOME"
PARTS = (("MASK-SUR", 10), ("HANDRUB", 1), ("CHLORINE", 1))
KITS = 60


def write(stage: Stage) -> None:
    """One of each in the second half of the month."""
    diary = stage.diary
    diary.on(9, time(9, 20), partial(_list_kit, stage))
    diary.on(20, time(15, 10), partial(_pack, stage))
    diary.on(16, time(11, 45), partial(_send_back, stage))
    diary.on(18, time(10, 30), partial(_give_too_much, stage))
    diary.on(19, time(14, 0), partial(_book_twice, stage))
    diary.on(22, time(9, 40), partial(_propose_transfer, stage))
    diary.on(28, time(16, 5), partial(_ask_for_refund, stage))


def _list_kit(stage: Stage, at: datetime) -> None:
    kit = listing.list_item(
        stage.people["keeper1"],
        code=KIT,
        name="居家防护包",
        category_code="L1",
        unit="包",
        aliases=("居家隔离包",),
        at=at,
    )
    parts = {stage.item(code): each for code, each in PARTS}
    kits.list_kit(stage.people["keeper1"], kit_id=kit, parts=parts, at=at)


def _pack(stage: Stage, at: datetime) -> None:
    kit = stage.item(KIT)
    rows = planning.kits_possible(stage.society, day_of(at))
    count = min(KITS, next(row.possible for row in rows if row.kit_id == kit))
    if count == 0:
        return
    used = planning.plan_kits(
        stage.people["keeper1"], organisation_id=stage.society, kit_id=kit, count=count, at=at
    )
    opened = packing.pack(
        stage.people["keeper1"],
        item_id=kit,
        used=used,
        made=[NewLot(count, "K-01", "每包口罩10只、免洗手消毒液1瓶、84消毒液1瓶")],
        key=f"demo:{day_of(at)}",
        at=at,
    )
    stage.diary.at(at + minutes(40), partial(_sign_packing, stage, opened.note_id, opened.digest))


def _sign_packing(stage: Stage, note_id: int, digest: str, at: datetime) -> None:
    packing.countersign_packing(stage.people["keeper2"], note_id=note_id, digest=digest, at=at)


def _send_back(stage: Stage, at: datetime) -> None:
    """A hospital has more than it needs of what came last."""
    for row in reversed(dispatch.waybills(organisation_id=stage.society, states=["delivered"])):
        line = max(row.lines, key=lambda line: line.quantity)
        receivers = [n for n in range(1, 6) if stage.places[f"hospital{n}"] == row.receiver_id]
        if line.quantity >= 20 and receivers:
            number = returning.send_back(
                stage.people[f"receive{receivers[0]}"],
                waybill_id=row.id,
                quantities={line.id: line.quantity // 10},
                reason="病区调整，未拆封的部分退回，供其他单位使用。",
                at=at,
            )
            stage.diary.at(at + timedelta(hours=4), partial(_count_return, stage, number))
            return


def _count_return(stage: Stage, number: str, at: datetime) -> None:
    returning.count_return(stage.people["keeper1"], number=number, at=at)
    stage.diary.at(at + minutes(20), partial(_receive_return, stage, number))


def _receive_return(stage: Stage, number: str, at: datetime) -> None:
    returning.receive_return(stage.people["keeper2"], number=number, at=at)


def _gift(stage: Stage, name: str, amount_fen: int, reference: str, at: datetime) -> str:
    order = GiftOrder(
        amount_fen=amount_fen,
        channel="bank",
        channel_reference=f"{at:%Y%m%d}{reference}",
        merchant="1900000109",
        given_at=at,
        donor_name=name,
        named=True,
        display_name=name,
    )
    booked = booking.book_gifts(
        stage.people["cashier"],
        organisation_id=stage.society,
        appeal_id=stage.appeal_id,
        orders=[order],
        at=at,
    )
    return booked.numbers[0]


def _give_too_much(stage: Stage, at: datetime) -> None:
    """A giver wrote a nought too many and asks for nine tenths back."""
    number = _gift(stage, "顾念慈", 500_000, "880017", at)
    stage.diary.at(at + timedelta(hours=3), partial(_refund, stage, number, 450_000))


def _refund(stage: Stage, number: str, amount_fen: int, at: datetime) -> None:
    refund = refunding.propose_refund(
        stage.people["accountant"],
        gift_number=number,
        amount_fen=amount_fen,
        reason="捐赠人来电说明转账时多写了一个零，申请退回多出的部分。",
        at=at,
    )
    stage.diary.at(at + timedelta(hours=2), partial(_pay_refund, stage, refund))


def _book_twice(stage: Stage, at: datetime) -> None:
    """One transfer stood on two statements and was booked by both: the second is taken back."""
    number = _gift(stage, "江州同心商会", 3_000_000, "880023B", at)
    stage.diary.at(at + timedelta(hours=1), partial(_reverse, stage, number))


def _reverse(stage: Stage, number: str, at: datetime) -> None:
    refund = refunding.propose_reversal(
        stage.people["accountant"],
        gift_number=number,
        reason="与同日另一份对账单中的同一笔转账重复入账。",
        at=at,
    )
    stage.diary.at(at + minutes(30), partial(_pay_refund, stage, refund))


def _pay_refund(stage: Stage, number: str, at: datetime) -> None:
    refunding.pay_refund(stage.people["cashier"], number=number, at=at)


def _ask_for_refund(stage: Stage, at: datetime) -> None:
    """The last one still waits for the cashier when the visitor comes."""
    today = donations.gifts_on(stage.society, day_of(at))
    money = [gift for gift in today if gift.amount_fen and gift.directed_to is None]
    if money:
        refunding.propose_refund(
            stage.people["accountant"],
            gift_number=money[-1].number,
            amount_fen=money[-1].amount_fen or 0,
            reason="捐赠人来电：本想捐给另一个项目，申请退回后重新捐赠。",
            at=at,
        )


def _propose_transfer(stage: Stage, at: datetime) -> None:
    """Some of the money is spent by the county society, nearer to the villages."""
    disbursement_id = proposing.propose_disbursement(
        stage.people["programme"],
        organisation_id=stage.society,
        fund_id=stage.fund_id,
        kind="transfer",
        payee_organisation_id=stage.places["county4"],
        amount=max(100, balance(stage) // 10 // 100 * 100),
        purpose="划转南浦县红十字会，用于乡镇卫生院防护物资",
        at=at,
    )
    stage.diary.at(at + timedelta(hours=6), partial(_decide, stage, disbursement_id))


def _decide(stage: Stage, disbursement_id: int, at: datetime) -> None:
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
    stage.diary.at(at + timedelta(hours=18), partial(_pay_transfer, stage, disbursement_id))


def _pay_transfer(stage: Stage, disbursement_id: int, at: datetime) -> None:
    paying.pay(
        stage.people["cashier"], disbursement_id=disbursement_id, bank=best_bank(stage), at=at
    )
    stage.diary.at(at + timedelta(hours=5), partial(_arrive, stage, disbursement_id))


def _arrive(stage: Stage, disbursement_id: int, at: datetime) -> None:
    paying.confirm_receipt(stage.people["countyfin"], disbursement_id=disbursement_id, at=at)
