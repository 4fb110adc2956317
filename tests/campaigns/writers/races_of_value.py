"""Races over money and goods: lots, funds, entries, keys, journal numbers."""

from typing import Any

from boai.foundations.ledger import queries as ledger
from boai.foundations.ledger.models import Entry
from boai.foundations.ledger.services import funds, numbering, posting
from boai.foundations.ledger.values import AccountKey, Leg
from boai.ground.core.actors import SYSTEM
from boai.relief.warehouse.services import issuing
from tests.campaigns.writers import acts
from tests.campaigns.writers.ground import ITEM, Ground, fresh_lot
from tests.campaigns.writers.racing import Answer, Setting, exactly, race, same


def _reserve(ground: Ground, setting: Setting, quantity: int, need: str) -> None:
    issuing.reserve(
        SYSTEM,
        organisation_id=ground.city,
        item_id=ground.stock.gloves,
        quantity=quantity,
        for_ref=need,
        at=ground.at,
        lot_ids=[setting["lot"]],
    )


def _lot_is(setting: Setting, on_hand: int) -> Any:
    place = ledger.lot_position([setting["lot"]])[setting["lot"]]
    return same((place.on_hand, place.reserved), (on_hand, 100 - on_hand), "on hand, reserved")


@race("take from one lot")
class OneLot:
    @staticmethod
    def arrange(ground: Ground, tag: str) -> dict[str, Any]:
        return {"lot": fresh_lot(ground, 100), "tag": tag}

    @staticmethod
    def act(ground: Ground, setting: Setting, n: int) -> Any:
        _reserve(ground, setting, 30, f"campaign.need:one-{setting['tag']}-{n}")

    @staticmethod
    def judge(ground: Ground, setting: Setting, answers: list[Answer]) -> Any:
        yield from exactly(answers, 3, "MoreThanIsThere")
        yield from _lot_is(setting, 10)


@race("reserve for two needs")
class TwoNeeds:
    arrange = OneLot.arrange

    @staticmethod
    def act(ground: Ground, setting: Setting, n: int) -> Any:
        _reserve(ground, setting, 60, f"campaign.need:two-{setting['tag']}-{n % 2}")

    @staticmethod
    def judge(ground: Ground, setting: Setting, answers: list[Answer]) -> Any:
        yield from exactly(answers, 1, "MoreThanIsThere")
        yield from _lot_is(setting, 40)


def _own_fund(ground: Ground, tag: str) -> dict[str, Any]:
    """A fund and a bank account with one gift of a hundred."""
    fund_id = funds.open_fund(
        SYSTEM,
        organisation_id=ground.books,
        name=tag,
        restriction="unrestricted",
        purpose=tag,
        at=ground.at,
    )
    funds.receive_into_fund(
        SYSTEM,
        fund_id=fund_id,
        source=f"campaign.gift:{tag}",
        amount=100,
        bank=tag,
        key=tag,
        at=ground.at,
        inputs={},
    )
    return {"fund": fund_id, "tag": tag}


def _spend(ground: Ground, setting: Setting, n: int, amount: int) -> None:
    funds.spend_from_fund(
        SYSTEM,
        fund_id=setting["fund"],
        amount=amount,
        bank=setting["tag"],
        subject=f"campaign.spend:{n}",
        key=f"{setting['tag']}-spend-{n}",
        at=ground.at,
        inputs={},
    )


@race("spend one fund")
class OneFund:
    @staticmethod
    def arrange(ground: Ground, tag: str) -> dict[str, Any]:
        return _own_fund(ground, f"spend-{tag}")

    @staticmethod
    def act(ground: Ground, setting: Setting, n: int) -> Any:
        _spend(ground, setting, n, 30)

    @staticmethod
    def judge(ground: Ground, setting: Setting, answers: list[Answer]) -> Any:
        yield from exactly(answers, 3, "FundHasTooLittle")
        yield from same(ledger.fund(setting["fund"]).balance, 10, "the fund holds")


@race("refund one gift while it is spent")
class OneGift:
    @staticmethod
    def arrange(ground: Ground, tag: str) -> dict[str, Any]:
        return _own_fund(ground, f"refund-{tag}")

    @staticmethod
    def act(ground: Ground, setting: Setting, n: int) -> Any:
        if n % 2:
            _spend(ground, setting, n, 60)
            return
        funds.refund(
            SYSTEM,
            fund_id=setting["fund"],
            source=f"campaign.gift:{setting['tag']}",
            amount=60,
            bank=setting["tag"],
            key=f"{setting['tag']}-back-{n}",
            at=ground.at,
            inputs={},
        )

    @staticmethod
    def judge(ground: Ground, setting: Setting, answers: list[Answer]) -> Any:
        yield from exactly(answers, 1, "FundHasTooLittle", "PartlySpent")
        yield from same(ledger.fund(setting["fund"]).balance, 40, "the fund holds")


def _goods(ground: Ground, tag: str, kind: str) -> AccountKey:
    return AccountKey(ground.books, kind, f"race:{tag}", ITEM, ground.lot)


def _bring_in(ground: Ground, tag: str, key: str, amount: int) -> int:
    legs = [Leg(_goods(ground, tag, "on_hand"), _goods(ground, tag, "origin"), amount)]
    return posting.post(
        SYSTEM,
        organisation_id=ground.books,
        kind="move",
        key=key,
        legs=legs,
        at=ground.at,
        inputs={"amount": amount},
    ).entry_id


@race("reverse one entry")
class OneEntry:
    @staticmethod
    def arrange(ground: Ground, tag: str) -> dict[str, Any]:
        # Eight times as much lies there, so that only the rule stops a second reversal.
        _bring_in(ground, f"reverse-{tag}", f"reverse-{tag}-more", 800)
        entry_id = _bring_in(ground, f"reverse-{tag}", f"reverse-{tag}", 100)
        return {"entry": entry_id, "tag": tag}

    @staticmethod
    def act(ground: Ground, setting: Setting, n: int) -> Any:
        key = f"reverse-{setting['tag']}-{n}"
        posting.reverse(SYSTEM, entry_id=setting["entry"], key=key, at=ground.at, reason="误记")

    @staticmethod
    def judge(ground: Ground, setting: Setting, answers: list[Answer]) -> Any:
        yield from exactly(answers, 1, "AlreadyReversed")
        there = ledger.balance(_goods(ground, f"reverse-{setting['tag']}", "on_hand"))
        yield from same(there, 800, "on hand")


@race("one key, other inputs")
class OneKey:
    @staticmethod
    def arrange(ground: Ground, tag: str) -> dict[str, Any]:
        return {"tag": tag}

    @staticmethod
    def act(ground: Ground, setting: Setting, n: int) -> Any:
        return _bring_in(ground, f"key-{setting['tag']}", f"key-{setting['tag']}", 10 + n % 2)

    @staticmethod
    def judge(ground: Ground, setting: Setting, answers: list[Answer]) -> Any:
        yield from exactly(answers, 4, "SameKeyOtherInputs")
        yield from same(len({a.what for a in answers if a.how == "done"}), 1, "entries answered")
        rows = Entry.objects.filter(organisation_id=ground.books, key=f"key-{setting['tag']}")
        yield from same(rows.count(), 1, "entries")


@race("one bank line in two files at once", first=False)
class OneBankLine:
    @staticmethod
    def arrange(ground: Ground, tag: str) -> dict[str, Any]:
        return {"reference": f"line-{tag}"}

    @staticmethod
    def act(ground: Ground, setting: Setting, n: int) -> Any:
        return acts._book(ground, [setting["reference"]], 700 + n % 2, None)["accepted"]

    @staticmethod
    def judge(ground: Ground, setting: Setting, answers: list[Answer]) -> Any:
        yield from same(sum(a.what for a in answers if a.how == "done"), 1, "accepted")
        from tests.campaigns.writers.keeping import WHOLE, whole_gifts

        found = whole_gifts(acts.CHANNEL, [setting["reference"]])
        yield from same(found[setting["reference"]], WHOLE, "the gift")


@race("number one journal", first=False)
class OneJournal:
    @staticmethod
    def arrange(ground: Ground, tag: str) -> dict[str, Any]:
        for n in range(20):
            _bring_in(ground, f"number-{tag}", f"number-{tag}-{n}", 1)
        rows = Entry.objects.filter(organisation_id=ground.books, sequence__isnull=True)
        return {"waiting": rows.count()}

    @staticmethod
    def act(ground: Ground, setting: Setting, n: int) -> Any:
        return numbering.number_entries(ground.books)

    @staticmethod
    def judge(ground: Ground, setting: Setting, answers: list[Answer]) -> Any:
        yield from exactly(answers, len(answers))
        given = sum(a.what for a in answers if a.how == "done")
        yield from same(given, setting["waiting"], "numbers given")


@race("open one fund", first=False)
class OneFundName:
    @staticmethod
    def arrange(ground: Ground, tag: str) -> dict[str, Any]:
        return {"name": f"open-{tag}"}

    @staticmethod
    def act(ground: Ground, setting: Setting, n: int) -> Any:
        return funds.open_fund(
            SYSTEM,
            organisation_id=ground.books,
            name=setting["name"],
            restriction="unrestricted",
            purpose=f"{n % 2}",
            at=ground.at,
        )

    @staticmethod
    def judge(ground: Ground, setting: Setting, answers: list[Answer]) -> Any:
        yield from exactly(answers, 4, "PostingIsMalformed")
        yield from same(len({a.what for a in answers if a.how == "done"}), 1, "funds answered")
