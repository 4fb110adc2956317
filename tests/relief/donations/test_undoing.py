"""A whole file is taken back by two persons, or nothing of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from boai.foundations.certificates import queries as certificates
from boai.foundations.ledger import queries as ledger
from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotPermitted
from boai.ground.core.laws import all_laws
from boai.relief.donations import errors
from boai.relief.donations.models import Gift, Intake, IntakeUndo, Refund
from boai.relief.donations.services import auditing_files, refunding, undoing
from boai.relief.donations.values import gift_ref
from tests.factories.books import drop_guards
from tests.factories.world import World
from tests.relief.donations.test_intake import good, listed, take_in

Browser = Callable[[Actor | None], Client]


@pytest.fixture
def later(at: datetime) -> datetime:
    return at + timedelta(days=1)


@pytest.fixture
def taken(world: World, at: datetime, tmp_path: Path) -> Intake:
    """Six gifts of one file, and two of another that stay."""
    other = listed(tmp_path / "other.csv", [["X1", "2020-01-28", "甲", "5", ""]])
    take_in(world, at, other, actor=world.cast.cashier)
    take_in(world, at, listed(tmp_path / "a.csv", good(6)), actor=world.cast.cashier)
    return Intake.objects.latest("pk")


def page(intake: Intake, act: str = "") -> str:
    return reverse(f"donations-intake{act}", args=[intake.pk])


def test_all_of_it_goes_back_by_two_persons(
    world: World, taken: Intake, client_for: Browser
) -> None:
    first, second = client_for(world.cast.cashier), client_for(world.cast.accountant)
    assert "撤销整个文件" in first.get(page(taken)).content.decode()
    asked = first.post(page(taken, "-undo"), {"reason": "传错了文件"})
    assert asked.status_code == 302
    shown = first.get(page(taken)).content.decode()
    assert "待另一人复核" in shown and "传错了文件" in shown
    assert "复核撤销整个文件" in second.get("/desk/").content.decode()
    assert "复核撤销整个文件" not in first.get("/desk/").content.decode()
    alone = first.post(page(taken, "-undo-confirm"))
    assert alone.status_code == 422 and "不能自己复核" in alone.content.decode()
    told = second.get(page(taken, "-undo-confirm")).content.decode()
    assert world.cast.cashier.name in told and "¥21.15" in told
    assert second.post(page(taken, "-undo-confirm")).status_code == 302
    gifts = Gift.objects.filter(intake_id=taken.pk)
    assert set(gifts.values_list("state", flat=True)) == {"reversed"}
    for gift in gifts:
        assert ledger.unspent_at_home(gift_ref(gift.number)) == 0
        assert {p.state for p in certificates.papers_of(gift_ref(gift.number))} == {"cancelled"}
    assert Gift.objects.exclude(intake_id=taken.pk).get().state == "confirmed"
    assert Refund.objects.filter(kind="reversal", state="paid").count() == 6
    assert "6 笔捐赠已冲销" in second.get(page(taken)).content.decode()
    assert second.post(page(taken, "-undo"), {"reason": "再来"}).status_code == 422
    broken = {law.id: law.check().breaches for law in all_laws() if law.id.startswith("donations")}
    assert not any(broken.values()), broken


def undo(world: World, intake: Intake, later: datetime) -> None:
    undoing.propose_undo(world.cast.cashier, intake_id=intake.pk, reason="传错", at=later)
    undoing.confirm_undo(world.cast.accountant, intake_id=intake.pk, at=later)


def test_the_right_file_may_be_taken_in_afterwards(
    world: World, taken: Intake, later: datetime, tmp_path: Path
) -> None:
    """What was taken back is no duplicate, as often as it happens; what stands is one."""
    path, standing = tmp_path / "a.csv", taken
    for _round in range(3):
        undo(world, standing, later)
        report = take_in(world, later, path, actor=world.cast.cashier)
        standing = Intake.objects.latest("pk")
        again = take_in(world, later, path, actor=world.cast.cashier)
        assert (report.accepted, report.duplicate) == (6, 0)
        assert (again.accepted, again.duplicate) == (0, 6)
    assert Gift.objects.filter(state="confirmed").count() == 7
    assert Gift.objects.filter(state="reversed").count() == 18


def test_money_that_is_spent_keeps_the_whole_file(
    world: World, taken: Intake, later: datetime, altered_books: None
) -> None:
    gift = Gift.objects.filter(intake_id=taken.pk).earliest("pk")
    refunding.propose_refund(
        world.cast.cashier, gift_number=gift.number, amount_fen=1, reason="误", at=later
    )
    with pytest.raises(errors.GiftsOfFileAreUsed) as refused:
        undoing.propose_undo(world.cast.cashier, intake_id=taken.pk, reason="错", at=later)
    assert gift.number in refused.value.sentence() and "1 笔" in refused.value.sentence()
    refunding.withdraw_refund(world.cast.cashier, number=Refund.objects.get().number, at=later)
    undoing.propose_undo(world.cast.cashier, intake_id=taken.pk, reason="错", at=later)
    number = refunding.propose_refund(
        world.cast.cashier, gift_number=gift.number, amount_fen=1, reason="误", at=later
    )
    refunding.pay_refund(world.cast.accountant, number=number, at=later)
    with pytest.raises(errors.GiftsOfFileAreUsed):
        undoing.confirm_undo(world.cast.accountant, intake_id=taken.pk, at=later)
    assert not Gift.objects.filter(state="reversed").exists()
    assert IntakeUndo.objects.get().state == "proposed"


def test_a_refusal_in_the_middle_leaves_nothing_done(
    world: World, taken: Intake, later: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    undoing.propose_undo(world.cast.cashier, intake_id=taken.pk, reason="错", at=later)
    real, calls = refunding.pay_refund, iter(range(100))

    def third_fails(*args: object, **more: object) -> None:
        if next(calls) == 3:
            raise errors.GiftCannotGoBack(number="X")
        real(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(refunding, "pay_refund", third_fails)
    with pytest.raises(errors.GiftCannotGoBack):
        undoing.confirm_undo(world.cast.accountant, intake_id=taken.pk, at=later)
    assert not Gift.objects.filter(state="reversed").exists() and not Refund.objects.exists()


def test_who_may_not_and_what_cannot(
    world: World,
    taken: Intake,
    later: datetime,
    client_for: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for stranger in (world.cast.driver, world.cast.outsider, world.cast.intake):
        with pytest.raises(NotPermitted):
            undoing.propose_undo(stranger, intake_id=taken.pk, reason="错", at=later)
    for act in ("-undo", "-undo-confirm", "-undo-withdraw"):
        assert client_for(None).get(page(taken, act)).status_code == 302
        assert client_for(world.cast.driver).post(page(taken, act)).status_code == 403
        assert client_for(world.cast.outsider).post(page(taken, act)).status_code in (403, 404)
    cashier = client_for(world.cast.cashier)
    for act in ("-undo-confirm", "-undo-withdraw"):
        assert cashier.post(page(taken, act)).status_code == 422
    assert cashier.post(page(taken, "-undo"), {"reason": ""}).status_code == 422
    empty = Intake.objects.create(
        organisation_id=world.places.city, digest="e", file="空.csv", by="system",
        state="finished", begun_at=later, moved_at=later,
    )  # fmt: skip
    with pytest.raises(errors.IntakeCannotBeUndone):
        undoing.propose_undo(world.cast.cashier, intake_id=empty.pk, reason="错", at=later)
    monkeypatch.setattr(undoing, "MOST_GIFTS", 5)
    with pytest.raises(errors.FileIsTooLongToUndo):
        undoing.propose_undo(world.cast.cashier, intake_id=taken.pk, reason="错", at=later)


def test_it_may_be_given_up_and_asked_for_again(
    world: World, taken: Intake, later: datetime, client_for: Browser
) -> None:
    browser = client_for(world.cast.cashier)
    browser.post(page(taken, "-undo"), {"reason": "一"})
    assert browser.post(page(taken, "-undo-withdraw")).status_code == 302
    assert browser.post(page(taken, "-undo"), {"reason": "二"}).status_code == 302
    assert sorted(IntakeUndo.objects.values_list("state", flat=True)) == ["proposed", "withdrawn"]


ALONE = ", confirmed_by = proposed_by, confirmed_at = proposed_at"
GUARDED = {
    "a gift moved to another file": "UPDATE donations_gift SET intake_id = NULL",
    "one person alone": f"UPDATE donations_intakeundo SET state = 'done'{ALONE}",
    "half taken back": "UPDATE donations_intakeundo SET state = 'done',"
    " confirmed_by = proposed_by + 1, confirmed_at = proposed_at",
    "unsigned": "UPDATE donations_intakeundo SET state = 'done'",
    "another reason": "UPDATE donations_intakeundo SET reason = 'x'",
    "forgotten": "DELETE FROM donations_intakeundo",
}


@pytest.mark.parametrize("tried", GUARDED)
def test_the_database_refuses(world: World, taken: Intake, later: datetime, tried: str) -> None:
    undoing.propose_undo(world.cast.cashier, intake_id=taken.pk, reason="错", at=later)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(GUARDED[tried])
        connection.check_constraints()


def test_the_law_finds_a_file_half_taken_back(
    world: World, taken: Intake, later: datetime, altered_books: None
) -> None:
    undoing.propose_undo(world.cast.cashier, intake_id=taken.pk, reason="错", at=later)
    drop_guards("donations_intakeundo")
    IntakeUndo.objects.update(state="done", confirmed_by=999, confirmed_at=later)
    told = str(auditing_files.undone_files_are_undone_whole().breaches)
    assert "6 gifts stand" in told and "reversed 0 only" in told
