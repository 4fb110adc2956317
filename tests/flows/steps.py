"""The steps of the stories, each a few calls of services by the people whose act it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from boai.foundations.approvals import queries as approvals
from boai.foundations.approvals.services import deciding as votes
from boai.foundations.translog.services.exporting import export_log
from boai.foundations.translog.services.sequencing import sequence
from boai.ground.core.actors import Actor
from boai.ground.core.laws import all_laws
from boai.relief.allocation.services import proposing, requesting
from boai.relief.allocation.values import AskLine
from boai.relief.dispatch import queries as dispatch
from boai.relief.dispatch.services import delivering, discrepancies, loading
from boai.relief.dispatch.values import WaybillRow
from boai.relief.finance import queries as finance
from boai.relief.finance.services import disbursing
from boai.relief.finance.values import CountedPurchase
from boai.relief.warehouse import queries as warehouse
from boai.relief.warehouse.services import receiving
from boai.window.disclosure.services import bulletins
from boai.window.disclosure.values import BulletinRow
from tests.factories.people import engage

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BANK = "main"
"""The account into which gifts come unless a setting says otherwise."""


@dataclass(frozen=True, slots=True)
class Office:
    """A society and those who act for it; nobody holds two seats."""

    society: int
    intake: Actor
    programme: Actor
    accountant: Actor
    cashier: Actor
    keeper: Actor
    second_keeper: Actor
    inspector: Actor
    task_officer: Actor
    committee: tuple[Actor, ...]
    publisher: Actor
    second_publisher: Actor

    def decide(self, case_id: int, at: datetime, *, approve: bool = True) -> str:
        """The committee answers alike until the case is decided; answers the outcome."""
        for offset, member in enumerate(self.committee, 1):
            case = approvals.case(case_id)
            if case.state != "open":
                break
            votes.vote(
                member,
                case_id=case_id,
                digest=case.digest,
                approve=approve,
                reason="" if approve else "另有安排",
                at=at + offset * MINUTE / 2,
            )
        return str(approvals.case(case_id).state)

    def load(self, waybill_id: int, at: datetime) -> WaybillRow:
        """Two keepers hand the goods to the driver."""
        digest = loading.load(
            self.keeper, waybill_id=waybill_id, vehicle="鄂A·00001", driver="沈司机", at=at
        )
        loading.countersign(
            self.second_keeper, waybill_id=waybill_id, digest=digest, at=at + 10 * MINUTE
        )
        return waybill(waybill_id)

    def receive(self, note_id: int, at: datetime) -> list[int]:
        """The second keeper has counted again and signs; answers the lots."""
        note = warehouse.received_note(note_id)
        assert note is not None
        return receiving.countersign_receipt(
            self.second_keeper, note_id=note_id, digest=note.digest, at=at
        )

    def spend(self, disbursement_id: int, at: datetime) -> str:
        """A meeting decides, a cashier pays; answers the number."""
        disbursing.record_collective_decision(
            self.accountant,
            disbursement_ids=[disbursement_id],
            meeting="党组扩大会议",
            held_on=at.date(),
            attendees=[member.person_id or 0 for member in self.committee],
            approved=True,
            minutes="同意。",
            at=at,
        )
        return disbursing.pay(
            self.cashier, disbursement_id=disbursement_id, bank=BANK, at=at + HOUR
        )

    def receive_bought(self, number: str, store_id: int, at: datetime) -> list[int]:
        """What was bought has come, complete; two keepers sign."""
        paid = finance.disbursement(number)
        assert paid is not None
        counted = [CountedPurchase(line.id, line.quantity) for line in paid.lines]
        note = disbursing.receive_purchase(
            self.keeper, disbursement_id=paid.id, store_id=store_id, counted=counted, at=at
        )
        return self.receive(note, at + 10 * MINUTE)

    def publish(self, day: date, at: datetime, *, appeal: str = "") -> BulletinRow:
        """One person prepares the bulletin, another publishes it."""
        draft = bulletins.prepare(
            self.publisher, organisation_id=self.society, appeal=appeal, day=day, at=at
        )
        return bulletins.publish(self.second_publisher, bulletin_id=draft.id, at=at + 5 * MINUTE)


def open_office(society: int, at: datetime) -> Office:
    """Engage people for a society that is only a line in the register so far."""

    def hire(name: str, username: str, role: str) -> Actor:
        return engage(name, f"flow-{username}", society, role, at=at)

    return Office(
        society=society,
        intake=hire("陈受理", "intake", "INT"),
        programme=hire("李项目", "programme", "PRG"),
        accountant=hire("孙会计", "accountant", "ACC"),
        cashier=hire("钱出纳", "cashier", "CAS"),
        keeper=hire("周保管", "keeper", "WH"),
        second_keeper=hire("吴保管", "keeper2", "WH"),
        inspector=hire("郑保管", "keeper3", "WH"),
        task_officer=hire("王任务", "task", "TSK"),
        committee=tuple(
            hire(f"{name}委员", f"member{n}", "APP") for n, name in enumerate("冯褚卫蒋")
        ),
        publisher=hire("尤公开", "publisher", "PUBL"),
        second_publisher=hire("许公开", "publisher2", "PUBL"),
    )


def ask(asker: Actor, list_id: int, lines: Sequence[AskLine], at: datetime) -> int:
    """A unit asks for goods of list 1; answers the request."""
    assert asker.organisation_id is not None
    return requesting.submit_request(
        asker,
        list_id=list_id,
        receiver_id=asker.organisation_id,
        lines=lines,
        reason="发热门诊急需",
        at=at,
    )


def propose(office: Office, request_id: int, at: datetime) -> int:
    """The task force proposes a fair share, first expiry first; answers the case."""
    return proposing.propose(
        office.task_officer,
        request_id=request_id,
        lines=proposing.suggest(request_id, at),
        at=at,
    )


def sign_for(receiver: Actor, waybill_id: int, at: datetime, *, missing: int = 0) -> WaybillRow:
    """The receiver counts; of the first line so many are missing."""
    lines = waybill(waybill_id).lines
    counted = {line.id: line.quantity for line in lines}
    counted[lines[0].id] -= missing
    delivering.sign(receiver, waybill_id=waybill_id, counted=counted, at=at)
    return waybill(waybill_id)


def waybill(waybill_id: int | None) -> WaybillRow:
    """A waybill that is there."""
    row = dispatch.waybill(waybill_id or 0)
    assert row is not None
    return row


def breaches() -> dict[str, list[str]]:
    """Every law that does not hold, with what it names."""
    found = {law.id: law.check().breaches for law in all_laws()}
    return {id: [f"{b.subject} {b.found}" for b in seen] for id, seen in found.items() if seen}


def settle(office: Office, waybill_id: int, outcome: str, at: datetime) -> WaybillRow:
    """Two keepers agree on how each difference ended."""
    for row in dispatch.discrepancies(waybill_id=waybill_id, unsettled=True):
        discrepancies.propose(
            office.keeper, discrepancy_id=row.id, outcome=outcome, reason="途中受损", at=at
        )
        discrepancies.settle(
            office.second_keeper, discrepancy_id=row.id, outcome=outcome, at=at + 10 * MINUTE
        )
    return waybill(waybill_id)


def exported(folder: Path, at: datetime) -> tuple[Path, str]:
    """The log as anybody may fetch it, and the key that it is checked with."""
    sequence(at)
    export_log(folder)
    return folder, (folder / "vkey").read_text().strip()


def flip_one_byte(path: Path) -> None:
    """Alter one byte in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
