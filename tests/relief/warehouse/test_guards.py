"""The database refuses by itself, whatever the Python does."""

from datetime import date, datetime

import pytest
from django.db import DatabaseError, transaction
from django.db.models import F

from boai.ground.core.actors import SYSTEM
from boai.relief.warehouse.models import (
    Adjustment,
    Inspection,
    IssueLine,
    IssueNote,
    Lot,
    LotParent,
    ReceivedLine,
    ReceivedNote,
    Reservation,
)
from boai.relief.warehouse.services import issuing
from boai.relief.warehouse.values import CountedLine
from tests.factories.goods import Stock, count, gloves, receive

REF = "allocation.request:1"


def refused(act: object) -> None:
    """The act ends in a refusal of the database."""
    with pytest.raises(DatabaseError), transaction.atomic():
        act()  # type: ignore[operator]


def note_of(stock: Stock, at: datetime, lot: int) -> IssueNote:
    """An issue note with one line, picked by the first keeper."""
    issuing.reserve(
        SYSTEM,
        organisation_id=stock.city,
        item_id=stock.gloves,
        quantity=5,
        for_ref=REF,
        at=at,
        lot_ids=[lot],
    )
    opened = issuing.open_issue(stock.world.cast.keeper, for_ref=REF, transport="YD1", at=at)
    return IssueNote.objects.get(pk=opened.note_id)


def test_one_person_cannot_stand_twice_on_a_received_note(stock: Stock, at: datetime) -> None:
    note = ReceivedNote.objects.filter(pk=count(stock, gloves(stock, 5), at=at))
    sign = {"state": "signed", "countersigned_at": at, "countersigned_on": at.date()}
    refused(lambda: note.update(countersigned_by_id=F("counted_by_id"), **sign))
    refused(lambda: note.update(**sign))
    refused(lambda: note.update(digest="0" * 64))


def test_a_signed_note_and_its_lines_never_change(stock: Stock, at: datetime) -> None:
    receive(stock, gloves(stock, 5), at=at)
    note, line = ReceivedNote.objects.get(), ReceivedLine.objects.get()
    refused(lambda: ReceivedNote.objects.update(state="withdrawn"))
    refused(lambda: ReceivedNote.objects.all().delete())
    refused(lambda: ReceivedLine.objects.update(quantity=6))
    refused(lambda: ReceivedLine.objects.all().delete())
    refused(lambda: ReceivedLine.objects.create(note=note, item_id=line.item_id, quantity=1))


@pytest.mark.parametrize(
    "facts",
    [
        {"quantity": 0},
        {"quantity": -1},
        {"quantity": 1, "value_fen": -1},
        {"quantity": 1, "produced_on": date(2020, 3, 2), "expires_on": date(2020, 3, 1)},
        {"quantity": 1, "expires_on": date(2020, 1, 28)},
    ],
)
def test_impossible_lines(stock: Stock, at: datetime, facts: dict[str, object]) -> None:
    note = count(stock, gloves(stock, 5), at=at)
    refused(lambda: ReceivedLine.objects.create(note_id=note, item_id=stock.gloves, **facts))


def test_lots_keep_what_they_are(stock: Stock, at: datetime) -> None:
    receive(stock, gloves(stock, 5), at=at)
    refused(lambda: Lot.objects.update(expires_on=date(2030, 1, 1)))
    refused(lambda: Lot.objects.update(origin="test.other:1"))
    refused(lambda: Lot.objects.update(received_quantity=6))
    refused(lambda: Lot.objects.update(state="anything"))
    refused(lambda: Lot.objects.all().delete())


def test_a_regulated_lot_is_not_released_without_a_pass(stock: Stock, at: datetime) -> None:
    cast = stock.world.cast
    [lot] = receive(stock, CountedLine(stock.alcohol, 5), at=at)
    refused(lambda: Lot.objects.filter(pk=lot).update(state="released"))
    Inspection.objects.create(
        lot_id=lot, inspector_id=cast.third_keeper.person_id, passed=False, inspected_at=at
    )
    refused(lambda: Lot.objects.filter(pk=lot).update(state="released"))
    refused(
        lambda: Inspection.objects.create(
            lot_id=lot, inspector_id=cast.keeper.person_id, passed=True, inspected_at=at
        )
    )
    refused(lambda: Inspection.objects.update(passed=True))
    copy = Lot.objects.get(pk=lot)
    copy.pk, copy.number, copy.received_line, copy.state = None, "LTX", None, "released"
    refused(lambda: copy.save(force_insert=True))
    Lot.objects.filter(pk=lot).update(state="rejected")
    refused(lambda: Lot.objects.filter(pk=lot).update(state="released"))


def test_an_unfit_lot_is_not_put_on_an_issue_note(stock: Stock, at: datetime) -> None:
    good, short, waiting = receive(
        stock,
        gloves(stock, 5),
        gloves(stock, 5, expires_on=date(2020, 1, 29)),
        CountedLine(stock.alcohol, 5),
        at=at,
    )
    note = note_of(stock, at, good)
    refused(lambda: IssueLine.objects.create(note=note, lot_id=waiting, quantity=1))
    refused(lambda: IssueLine.objects.create(note=note, lot_id=short, quantity=0))
    line = IssueLine.objects.create(note=note, lot_id=short, quantity=1)
    refused(lambda: IssueLine.objects.filter(pk=line.pk).update(quantity=2))
    second = {
        "state": "signed",
        "countersigned_by_id": stock.world.cast.second_keeper.person_id,
        "countersigned_at": at,
    }
    tomorrow = date(2020, 1, 30)
    mine = IssueNote.objects.filter(pk=note.pk)
    refused(lambda: mine.update(countersigned_on=tomorrow, **second))
    refused(
        lambda: mine.update(
            state="signed",
            countersigned_by_id=stock.world.cast.keeper.person_id,
            countersigned_at=at,
            countersigned_on=at.date(),
        )
    )
    mine.update(state="withdrawn")
    refused(lambda: mine.update(state="counted"))
    refused(lambda: IssueLine.objects.create(note=note, lot_id=good, quantity=1))


def test_adjustments_need_two_and_a_reason(stock: Stock, at: datetime) -> None:
    cast = stock.world.cast
    [lot] = receive(stock, gloves(stock, 5), at=at)
    facts = {
        "organisation_id": stock.city,
        "lot_id": lot,
        "kind": "loss",
        "quantity": 1,
        "reason": "x",
        "proposed_by_id": cast.keeper.person_id,
        "proposed_at": at,
    }
    refused(lambda: Adjustment.objects.create(**facts | {"reason": ""}))
    refused(lambda: Adjustment.objects.create(**facts | {"quantity": 0}))
    refused(lambda: Adjustment.objects.create(**facts | {"kind": "gift"}))
    alone = {"countersigned_by_id": cast.keeper.person_id, "countersigned_on": at.date()}
    refused(lambda: Adjustment.objects.create(**facts | alone))
    refused(lambda: Adjustment.objects.create(**facts | {"state": "signed"}))
    refused(lambda: LotParent.objects.create(lot_id=lot, parent_id=lot, quantity=1))
    refused(
        lambda: Reservation.objects.create(
            organisation_id=stock.city, lot_id=lot, for_ref=REF, quantity=0, reserved_at=at
        )
    )
