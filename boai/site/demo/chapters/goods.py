"""Gifts of goods: announced at the counter, counted by two keepers, inspected by a third."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from boai.ground.core.clock import day_of
from boai.relief.donations import queries as donations
from boai.relief.donations.services import registering
from boai.relief.donations.values import AnnouncedLine, gift_ref, line_ref
from boai.relief.warehouse import queries as warehouse
from boai.relief.warehouse.services import inspecting, receiving
from boai.relief.warehouse.values import CountedLine, LotState
from boai.site.demo import names
from boai.site.demo.stage import Stage, minutes

KINDS = (
    ("MASK-SUR", 2000, 20000, 150),
    ("MASK-SUR", 4000, 30000, 150),
    ("MASK-RES", 400, 3000, 1200),
    ("MASK-N95", 500, 4000, 900),
    ("SUIT-MED", 100, 1500, 9800),
    ("SUIT-MED", 200, 2000, 9800),
    ("GOGGLE", 200, 2000, 2500),
    ("SHIELD", 200, 1500, 800),
    ("GLOVE-EXAM", 1000, 10000, 60),
    ("CAP", 1000, 8000, 40),
    ("CHLORINE", 100, 1200, 900),
    ("ALCOHOL75", 100, 1000, 1200),
    ("HANDRUB", 100, 800, 1800),
    ("THERMO-IR", 20, 200, 22000),
    ("OXYGEN", 4, 20, 260000),
    ("VENT-NON", 2, 6, 4800000),
)
"""Item, smallest and largest quantity, and what one may be worth in fen."""
GIFTS = 40


@dataclass(frozen=True, slots=True)
class Arrival:
    """One gift on its way to the store."""

    number: str
    consignment_id: int
    short: bool


def write(stage: Stage) -> None:
    """Forty gifts over four weeks; what is counted waits a night in quarantine."""
    for running in range(GIFTS):
        day = running * 27 // GIFTS
        stage.diary.on(
            day,
            time(9 + running % 8, 10 + running % 40),
            partial(_announce, stage, running),
        )
    for day in range(1, 31):
        stage.diary.on(day, time(8, 40), partial(_inspect, stage))


def _announce(stage: Stage, running: int, at: datetime) -> None:
    dice = stage.dice
    firm = names.COMPANIES[running % len(names.COMPANIES)]
    overseas = running in (7, 19, 31)
    picked = dice.sample(range(len(KINDS)), 1 + (running % 3 == 0) + (running % 7 == 0))
    lines = []
    for index in picked:
        code, low, high, fen = KINDS[index]
        quantity = dice.randrange(low, high + 1, max(1, low // 10))
        lines.append(
            AnnouncedLine(
                item_id=stage.item(code),
                quantity=quantity,
                spec="",
                expected_on=day_of(at) + timedelta(days=1),
                stated_value_fen=quantity * fen if dice.random() < 0.6 else None,
            )
        )
    directed = stage.places["hospital1"] if running in (5, 16, 27) else None
    gift = registering.announce_gift_in_kind(
        stage.people["programme" if overseas else "intake"],
        organisation_id=stage.society,
        appeal_id=stage.appeal_id,
        lines=lines,
        donor_name="东瀛江州同乡会" if overseas else firm,
        donor_kind="organisation",
        named=True,
        display_name="东瀛江州同乡会" if overseas else firm,
        message="支援家乡。" if overseas else "",
        directed_to=directed,
        overseas=overseas,
        store_id=stage.store_id,
        at=at,
    )
    arrival = Arrival(gift.number, gift.consignment_id, short=running in (9, 22))
    hours = 20 + dice.randrange(0, 26)
    arrives = at + timedelta(hours=hours)
    if arrives.hour < 8 or arrives.hour > 20:
        arrives = arrives.replace(hour=14)
    stage.diary.at(arrives, partial(_count, stage, arrival))


def _count(stage: Stage, arrival: Arrival, at: datetime) -> None:
    gift = donations.gift(arrival.number)
    assert gift is not None
    today = day_of(at)
    counted = [
        CountedLine(
            item_id=line.item_id,
            # Two consignments arrive with less than was announced: the count stands.
            quantity=line.quantity - (line.quantity // 20 if arrival.short else 0),
            lot_number=f"{today:%y%m}{stage.dice.randrange(100, 999)}",
            produced_on=today - timedelta(days=stage.dice.randrange(20, 200)),
            expires_on=_last_day(stage, today, position),
            bin=f"{'ABCD'[line.item_id % 4]}-{line.item_id % 12 + 1:02d}",
            spec=line.spec,
            origin_line=line_ref(line.id),
            value_fen=line.stated_value_fen,
            directed_to=line.directed_to,
        )
        for position, line in enumerate(gift.lines)
    ]
    note_id = receiving.open_note(
        stage.people["keeper1"],
        organisation_id=stage.society,
        store_id=stage.store_id,
        origin=gift_ref(arrival.number),
        consignment_id=arrival.consignment_id,
        lines=counted,
        at=at,
    )
    stage.diary.at(at + minutes(25), partial(_countersign, stage, note_id))


def _last_day(stage: Stage, today: date, position: int) -> date:
    return today + timedelta(days=stage.dice.randrange(200, 900) + position)


def _countersign(stage: Stage, note_id: int, at: datetime) -> None:
    note = warehouse.received_note(note_id)
    assert note is not None
    receiving.countersign_receipt(
        stage.people["keeper2"], note_id=note_id, digest=note.digest, at=at
    )


def _inspect(stage: Stage, at: datetime) -> None:
    """The third keeper judges what has waited overnight; one lot fails."""
    waiting = [
        lot.id
        for lot in warehouse.lots(organisation_id=stage.society, state=LotState.QUARANTINE)
        if day_of(lot.received_at) < day_of(at)
    ]
    if waiting and "failed" not in stage.notes and at - stage.base < timedelta(days=-18):
        stage.notes["failed"] = waiting[0]
        inspecting.inspect_lot(
            stage.people["keeper3"],
            lot_id=waiting.pop(0),
            passed=False,
            note="外包装破损，无合格证，不得发放。",
            at=at,
        )
    if waiting:
        inspecting.inspect_many(
            stage.people["keeper3"], lot_ids=waiting, passed=True, note="证件齐全", at=at
        )
