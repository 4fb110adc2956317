"""Races over acts of people: votes, signatures, papers, payments, notifications, the log."""

from typing import Any

from boai.foundations.approvals import queries as approvals
from boai.foundations.approvals.services import deciding, opening
from boai.foundations.certificates.models import Paper
from boai.foundations.certificates.services import issuing as papers
from boai.foundations.certificates.values import THANK_YOU_LETTER
from boai.foundations.translog.models import Leaf, SignedHead
from boai.ground.core.actors import PUBLIC, SYSTEM
from boai.relief.dispatch import queries as dispatch
from boai.relief.dispatch.models import Delivery
from boai.relief.dispatch.services import delivering
from boai.relief.donations.channels import checkout
from boai.relief.donations.channels.sandbox import platform
from boai.relief.donations.channels.wechatpay.receiving import take_notification
from boai.relief.donations.models import Donor, Gift, PaymentNotification, PaymentOrder, RuleVersion
from boai.relief.donations.services import appeals
from boai.relief.donations.services.booking import book_gifts
from boai.relief.donations.values import GiftOrder
from boai.relief.finance.models import Disbursement
from boai.relief.finance.services import disbursing
from boai.relief.warehouse import queries as warehouse
from boai.relief.warehouse.models import Lot
from boai.relief.warehouse.services import receiving
from tests.campaigns.writers import acts
from tests.campaigns.writers.ground import Ground, fresh_lot
from tests.campaigns.writers.keeping import WHOLE, book_what_was_told, whole_gifts
from tests.campaigns.writers.racing import Answer, Setting, exactly, race, same
from tests.factories.goods import count, gloves, send


@race("approve one matter")
class OneMatter:
    @staticmethod
    def arrange(ground: Ground, tag: str) -> dict[str, Any]:
        cast = ground.stock.world.cast
        case_id = opening.open_case(
            cast.task_officer,
            kind="campaign",
            subject=f"campaign.matter:{tag}",
            organisation_id=ground.city,
            title="分配",
            content={"物资": "手套"},
            committee=[member.person_id or 0 for member in cast.committee],
            at=ground.at,
        )
        return {"case": case_id, "digest": approvals.case(case_id).digest}

    @staticmethod
    def act(ground: Ground, setting: Setting, n: int) -> Any:
        # Each of the four votes twice at the same moment; three are enough.
        member = ground.stock.world.cast.committee[n % 4]
        deciding.vote(
            member, case_id=setting["case"], digest=setting["digest"], approve=True, at=ground.at
        )

    @staticmethod
    def judge(ground: Ground, setting: Setting, answers: list[Answer]) -> Any:
        yield from exactly(answers, 3, "YouHaveVoted", "CaseIsDecided")
        row = approvals.case(setting["case"])
        voters = {vote.person_id for vote in row.votes}
        yield from same((row.state, len(row.votes), len(voters)), ("approved", 3, 3), "the case")
        leaves = Leaf.objects.filter(ref=f"approvals.case:{setting['case']}").count()
        yield from same(leaves, 1, "leaves of the decision")


@race("one payment notification")
class OneNotification:
    @staticmethod
    def arrange(ground: Ground, tag: str) -> dict[str, Any]:
        placed = checkout.start_payment(
            PUBLIC, appeal_id=ground.appeal, amount_fen=500, form_key=f"race-{tag}", at=ground.at
        )
        told = platform.notification(
            order_number=placed.number,
            amount_fen=500,
            at=ground.at,
            transaction=f"R{tag}",
            notification_id=f"M{tag}",
        )
        return {"headers": told.headers, "body": told.body, "tag": tag}

    @staticmethod
    def act(ground: Ground, setting: Setting, n: int) -> Any:
        answer = take_notification(setting["headers"], setting["body"], at=ground.at)
        if answer.http != 204:
            raise acts.NotAnswered(f"http {answer.http}")

    @staticmethod
    def judge(ground: Ground, setting: Setting, answers: list[Answer]) -> Any:
        yield from exactly(answers, len(answers))
        book_what_was_told()
        reference = f"R{setting['tag']}"
        yield from same(whole_gifts("sandbox", [reference])[reference], WHOLE, "the gift")
        kept = PaymentNotification.objects.filter(notification_id=f"M{setting['tag']}")
        yield from same(kept.count(), 1, "notifications kept")


@race("issue one paper")
class OnePaper:
    @staticmethod
    def arrange(ground: Ground, tag: str) -> dict[str, Any]:
        # Every second round eight different papers want the next number.
        return {"tag": tag, "alike": int(tag.rpartition("-")[2]) % 2 == 0}

    @staticmethod
    def act(ground: Ground, setting: Setting, n: int) -> Any:
        which = "" if setting["alike"] else f"-{n}"
        return papers.issue(
            SYSTEM,
            kind=THANK_YOU_LETTER,
            organisation_id=ground.city,
            subject=f"campaign.paper:{setting['tag']}{which}",
            holder_name="赵钱孙",
            facts={},
            at=ground.at,
        ).number

    @staticmethod
    def judge(ground: Ground, setting: Setting, answers: list[Answer]) -> Any:
        yield from exactly(answers, 1 if setting["alike"] else len(answers), "SubjectHasPaper")
        numbers = sorted(a.what for a in answers if a.how == "done")
        running = [int(number[10:16]) for number in numbers]
        first = running[0] if running else 0
        yield from same(running, list(range(first, first + len(running))), "running numbers")
        there = Paper.objects.filter(number__in=numbers).count()
        yield from same(there, len(set(numbers)), "papers")


@race("deliver one waybill")
class OneWaybill:
    @staticmethod
    def arrange(ground: Ground, tag: str) -> dict[str, Any]:
        waybill = send(ground.stock, {fresh_lot(ground, 50): 40}, at=ground.at)
        row = dispatch.waybill(waybill)
        assert row is not None
        return {"waybill": waybill, "line": row.lines[0].id}

    @staticmethod
    def act(ground: Ground, setting: Setting, n: int) -> Any:
        counted = {setting["line"]: 40 - n % 3}
        receiver = ground.stock.world.cast.receiver
        delivering.sign(receiver, waybill_id=setting["waybill"], counted=counted, at=ground.at)

    @staticmethod
    def judge(ground: Ground, setting: Setting, answers: list[Answer]) -> Any:
        yield from exactly(answers, 1, "WaybillNotWaiting")
        there = Delivery.objects.filter(waybill_id=setting["waybill"]).count()
        yield from same(there, 1, "deliveries")


@race("sequence one log")
class OneLog:
    @staticmethod
    def arrange(ground: Ground, tag: str) -> dict[str, Any]:
        acts.perform(
            ground, {"act": "gifts", "key": f"log-{tag}", "count": 3, "amount": 100, "lot": 0}
        )
        return {}

    @staticmethod
    def act(ground: Ground, setting: Setting, n: int) -> Any:
        return acts.perform(ground, {"act": "sequence", "key": ""})

    @staticmethod
    def judge(ground: Ground, setting: Setting, answers: list[Answer]) -> Any:
        yield from exactly(answers, len(answers))
        heads = {tuple(a.what) for a in answers if a.how == "done"}
        yield from same(
            len(heads), len({size for size, _ in heads}), "roots for the sizes answered"
        )
        kept = set(SignedHead.objects.values_list("size", "root"))
        yield from same(heads - kept, set(), "answered heads that are not kept")
        indexes = Leaf.objects.order_by("tree_index").values_list("tree_index", flat=True)
        yield from same(list(indexes), list(range(len(indexes))), "indexes")


@race("sign one note twice")
class OneNote:
    @staticmethod
    def arrange(ground: Ground, tag: str) -> dict[str, Any]:
        note = count(ground.stock, gloves(ground.stock, 5), at=ground.at)
        row = warehouse.received_note(note)
        assert row is not None
        return {"note": note, "digest": row.digest}

    @staticmethod
    def act(ground: Ground, setting: Setting, n: int) -> Any:
        cast = ground.stock.world.cast
        who = (cast.second_keeper, cast.third_keeper, cast.keeper, cast.second_keeper)[n % 4]
        receiving.countersign_receipt(
            who, note_id=setting["note"], digest=setting["digest"], at=ground.at
        )

    @staticmethod
    def judge(ground: Ground, setting: Setting, answers: list[Answer]) -> Any:
        yield from exactly(answers, 1, "NoteNotWaiting", "SamePersonTwice")
        lots = Lot.objects.filter(received_line__note_id=setting["note"]).count()
        yield from same(lots, 1, "lots")


@race("one donor gives eight times", first=False)
class OneDonor:
    @staticmethod
    def arrange(ground: Ground, tag: str) -> dict[str, Any]:
        before = Donor.objects.count()
        return {"tag": tag, "donors": before, "phone": f"138{before:08d}"}

    @staticmethod
    def act(ground: Ground, setting: Setting, n: int) -> Any:
        order = GiftOrder(
            amount_fen=100,
            channel=acts.CHANNEL,
            channel_reference=f"donor-{setting['tag']}-{n}",
            given_at=ground.at,
            donor_name="周吴郑",
            phone=setting["phone"],
        )
        return book_gifts(
            SYSTEM, organisation_id=ground.city, appeal_id=None, orders=[order], at=ground.at
        ).numbers

    @staticmethod
    def judge(ground: Ground, setting: Setting, answers: list[Answer]) -> Any:
        yield from exactly(answers, len(answers))
        yield from same(Donor.objects.count() - setting["donors"], 1, "donors")


@race("one form sent eight times", first=False)
class OneForm:
    @staticmethod
    def arrange(ground: Ground, tag: str) -> dict[str, Any]:
        return {"key": f"form-{tag}"}

    @staticmethod
    def act(ground: Ground, setting: Setting, n: int) -> Any:
        return checkout.start_payment(
            PUBLIC, appeal_id=ground.appeal, amount_fen=500, form_key=setting["key"], at=ground.at
        ).number

    @staticmethod
    def judge(ground: Ground, setting: Setting, answers: list[Answer]) -> Any:
        yield from exactly(answers, len(answers))
        yield from same(len({a.what for a in answers if a.how == "done"}), 1, "orders answered")
        there = PaymentOrder.objects.filter(form_key=setting["key"]).count()
        yield from same(there, 1, "orders")


@race("open one case", first=False)
class OneCase:
    @staticmethod
    def arrange(ground: Ground, tag: str) -> dict[str, Any]:
        return {"tag": f"open-{tag}"}

    @staticmethod
    def act(ground: Ground, setting: Setting, n: int) -> Any:
        OneMatter.arrange(ground, setting["tag"])

    @staticmethod
    def judge(ground: Ground, setting: Setting, answers: list[Answer]) -> Any:
        yield from exactly(answers, 1, "SubjectHasAnOpenCase")


@race("draft one appeal", first=False)
class OneAppeal:
    @staticmethod
    def arrange(ground: Ground, tag: str) -> dict[str, Any]:
        return {"slug": f"race-{tag}", "rule": RuleVersion.objects.values_list("pk", flat=True)[0]}

    @staticmethod
    def act(ground: Ground, setting: Setting, n: int) -> Any:
        appeals.draft_appeal(
            ground.stock.world.cast.programme,
            organisation_id=ground.city,
            slug=setting["slug"],
            title=f"{setting['slug']} {n % 2}",
            purpose="采购防护物资",
            rule_version_id=setting["rule"],
            at=ground.at,
        )

    @staticmethod
    def judge(ground: Ground, setting: Setting, answers: list[Answer]) -> Any:
        yield from exactly(answers, 1, "AppealSlugIsTaken", "AppealTitleIsTaken")


@race("pay one disbursement", first=False)
class OneDisbursement:
    @staticmethod
    def arrange(ground: Ground, tag: str) -> dict[str, Any]:
        world = ground.stock.world
        acts.perform(ground, {"act": "gift", "key": f"pay-{tag}", "amount": 1000})
        asked = disbursing.propose_disbursement(
            world.cast.programme,
            organisation_id=ground.city,
            fund_id=ground.appeal_fund,
            kind="payment",
            payee_organisation_id=world.places.hospital,
            amount=100,
            purpose="发热门诊改造",
            at=ground.at,
        )
        disbursing.record_collective_decision(
            world.cast.accountant,
            disbursement_ids=[asked],
            meeting="第 3 次会议",
            held_on=ground.at.date(),
            attendees=[member.person_id or 0 for member in world.cast.committee],
            approved=True,
            minutes="同意拨付。",
            at=ground.at,
        )
        return {"id": asked}

    @staticmethod
    def act(ground: Ground, setting: Setting, n: int) -> Any:
        cashier = ground.stock.world.cast.cashier
        disbursing.pay(cashier, disbursement_id=setting["id"], bank="main", at=ground.at)

    @staticmethod
    def judge(ground: Ground, setting: Setting, answers: list[Answer]) -> Any:
        yield from exactly(answers, 1, "NotWaitingForThis")
        state = Disbursement.objects.get(pk=setting["id"]).state
        yield from same(state, "paid", "the disbursement")
        assert Gift.objects.exists()
