"""Requests from list 1 to the hospital's signature: proposed, decided, loaded, signed for."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial

from boai.foundations.approvals import queries as approvals
from boai.foundations.approvals.services import deciding
from boai.ground.core.actors import Actor
from boai.ground.core.clock import day_of
from boai.relief.allocation import queries as allocation
from boai.relief.allocation.services import proposing, requesting
from boai.relief.allocation.values import AskLine
from boai.relief.dispatch import queries as dispatch
from boai.relief.dispatch.services import delivering, discrepancies, loading
from boai.relief.warehouse import queries as warehouse
from boai.site.demo.cast import HOSPITALS
from boai.site.demo.stage import Stage, minutes

REASONS = (
    "发热门诊接诊量上升，库存只够一天。",
    "隔离病区扩建，新增 40 张床位。",
    "支援医疗队进驻，防护用品缺口较大。",
    "重症监护室设备不足。",
    "社区筛查点启用。",
)
CARRIERS = (("同舟物流", "江A·Z1203"), ("红十字应急车队", "江A·H0508"), ("邮政速递", "江A·E7716"))


@dataclass(frozen=True, slots=True)
class Plot:
    """How one request goes. ``kind``: plain, late, refused, recused, short, emergency, waiting."""

    hospital: str
    kind: str
    ends: str = "signed"
    """Where it stands at last: signed, transit, loading, decided."""


def plots() -> list[tuple[int, time, Plot]]:
    """Some twenty-five requests; the last ones are still under way when the visitor comes."""
    special = {3: "late", 8: "refused", 11: "recused", 14: "short", 17: "emergency"}
    found = []
    for running in range(23):
        day = 4 + running * 24 // 23
        hospital = HOSPITALS[running % len(HOSPITALS)]
        ends = "signed"
        found.append(
            (day, time(9, 5 + running), Plot(hospital, special.get(running, "plain"), ends))
        )
    found.append((28, time(10, 40), Plot("hospital2", "plain", "transit")))
    found.append((28, time(11, 30), Plot("hospital4", "plain", "loading")))
    return found


def write(stage: Stage) -> None:
    """All requests, and one that was submitted just before the visitor looks."""
    for day, at, plot in plots():
        stage.diary.on(day, at, partial(_submit, stage, plot))
    stage.diary.at(
        stage.base - minutes(4),
        partial(_submit, stage, Plot("hospital3", "waiting")),
    )


def _submit(stage: Stage, plot: Plot, at: datetime) -> None:
    listed = allocation.list_of_day(stage.society, day_of(at))
    if listed is None:
        return
    number = plot.hospital.removeprefix("hospital")
    receiver = stage.places[plot.hospital]
    usable = [
        line
        for line in listed.lines
        if line.left > 0 and line.lot_id is not None and line.directed_to in (None, receiver)
    ]
    stage.dice.shuffle(usable)
    # What was bought goes out first, so that givers of money see where it went.
    bought = _bought([line.lot_id for line in usable if line.lot_id is not None])
    usable.sort(key=lambda line: line.lot_id not in bought)
    asked = [
        AskLine(line.id, max(1, line.left * stage.dice.randrange(3, 8) // 10))
        for line in usable[: 2 + int(number) % 2]
    ]
    if not asked:
        return
    request_id = requesting.submit_request(
        stage.people[f"need{number}"],
        list_id=listed.id,
        receiver_id=receiver,
        lines=asked,
        reason=stage.dice.choice(REASONS),
        emergency=plot.kind == "emergency",
        at=at,
    )
    stage.diary.at(at + minutes(2), partial(_propose, stage, plot, request_id))


def _bought(lot_ids: list[int]) -> set[int]:
    found = warehouse.lots(lot_ids=lot_ids)
    return {lot.id for lot in found if lot.origin.startswith("finance.")}


def _propose(stage: Stage, plot: Plot, request_id: int, at: datetime) -> None:
    lines = proposing.suggest(request_id, at)
    if not lines:
        return
    case_id = proposing.propose(
        stage.people["task1"],
        request_id=request_id,
        lines=lines,
        note="按近效期先出、同类需求按比例分配。",
        at=at,
    )
    if plot.kind == "waiting":
        return
    gap = 3.5 if plot.kind == "late" else 0.9
    members = list(stage.committee)
    stage.dice.shuffle(members)
    for offset, member in enumerate(members, 1):
        stage.diary.at(
            at + minutes(gap * offset),
            partial(_vote, stage, plot, case_id, request_id, member, offset),
        )


def _vote(
    stage: Stage,
    plot: Plot,
    case_id: int,
    request_id: int,
    member: Actor,
    position: int,
    at: datetime,
) -> None:
    case = approvals.case(case_id)
    if case.state != "open":
        return
    if plot.kind == "recused" and position == 1:
        deciding.recuse(member, case_id=case_id, interest="配偶在申请单位任职。", at=at)
        return
    against = plot.kind == "refused" and position != 2
    after = deciding.vote(
        member,
        case_id=case_id,
        digest=case.digest,
        approve=not against,
        reason="上批物资尚未用完，建议先保障发热门诊。" if against else "",
        at=at,
    )
    if after.state == "approved":
        stage.diary.at(at + minutes(35), partial(_load, stage, plot, request_id))


def _load(stage: Stage, plot: Plot, request_id: int, at: datetime) -> None:
    waybill_id = allocation.request(request_id).waybill_id
    if waybill_id is None:
        return
    carrier, vehicle = stage.dice.choice(CARRIERS)
    loading.load(
        stage.people["keeper1"],
        waybill_id=waybill_id,
        carrier=carrier,
        vehicle=vehicle,
        driver="韩铁牛",
        at=at,
    )
    if plot.ends != "loading":
        stage.diary.at(at + minutes(15), partial(_depart, stage, plot, waybill_id))


def _depart(stage: Stage, plot: Plot, waybill_id: int, at: datetime) -> None:
    row = dispatch.waybill(waybill_id)
    assert row is not None
    loading.countersign(
        stage.people["keeper2"], waybill_id=waybill_id, digest=row.loading_digest, at=at
    )
    if plot.ends == "signed":
        travel = minutes(40 + stage.dice.randrange(120))
        stage.diary.at(at + travel, partial(_deliver, stage, plot, waybill_id))


def _deliver(stage: Stage, plot: Plot, waybill_id: int, at: datetime) -> None:
    row = dispatch.waybill(waybill_id)
    assert row is not None
    counted = {line.id: line.quantity for line in row.lines}
    note = "数量相符，包装完好。"
    if plot.kind == "short":
        first = row.lines[0]
        counted[first.id] = max(0, first.quantity - max(1, first.quantity // 25))
        note = "一箱外包装破损，实收少于运单数。"
    number = plot.hospital.removeprefix("hospital")
    delivering.sign(
        stage.people[f"receive{number}"], waybill_id=waybill_id, counted=counted, note=note, at=at
    )
    if plot.kind == "short":
        stage.diary.at(at + timedelta(hours=3), partial(_settle_first, stage, waybill_id))


def _settle_first(stage: Stage, waybill_id: int, at: datetime) -> None:
    for row in dispatch.discrepancies(waybill_id=waybill_id, unsettled=True):
        discrepancies.propose(
            stage.people["keeper1"],
            discrepancy_id=row.id,
            outcome="lost",
            reason="承运方确认装卸破损，已出具说明并赔付。",
            at=at,
        )
    stage.diary.at(at + timedelta(hours=1), partial(_settle_second, stage, waybill_id))


def _settle_second(stage: Stage, waybill_id: int, at: datetime) -> None:
    for row in dispatch.discrepancies(waybill_id=waybill_id, unsettled=True):
        discrepancies.settle(stage.people["keeper3"], discrepancy_id=row.id, outcome="lost", at=at)
