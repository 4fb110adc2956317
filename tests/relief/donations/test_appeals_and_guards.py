"""Appeals go their way, and the database refuses what goes round the program."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Model

from boai.ground.core.errors import NotPermitted
from boai.relief.donations import errors
from boai.relief.donations.models import (
    Appeal,
    CallbackAlarm,
    Donor,
    Gift,
    NamingConsent,
    PaymentOrder,
    RuleVersion,
)
from boai.relief.donations.services import appeals, counter
from tests.factories.world import World
from tests.relief.donations.conftest import Opened
from tests.relief.donations.test_booking import book, order


def draft(world: World, at: datetime, **more: object) -> int:
    rule = RuleVersion.objects.create(
        version=f"v{RuleVersion.objects.count()}", title="须知", text="正文", adopted_at=at
    )
    values = {
        "organisation_id": world.places.city,
        "slug": "draft-one",
        "title": "草稿项目",
        "purpose": "用途",
        "rule_version_id": rule.pk,
        "at": at,
        **more,
    }
    return appeals.draft_appeal(world.cast.programme, **values)


def test_nothing_opens_without_the_command(world: World, at: datetime) -> None:
    appeal_id = draft(world, at)
    with pytest.raises(errors.AppealIsNotApproved):
        appeals.open_appeal(world.cast.programme, appeal_id=appeal_id, at=at)
    with pytest.raises(NotPermitted):
        appeals.approve_appeal(world.cast.programme, appeal_id=appeal_id, basis="我批", at=at)
    with pytest.raises(errors.TextIsMissing):
        appeals.approve_appeal(world.cast.committee[0], appeal_id=appeal_id, basis=" ", at=at)
    appeals.approve_appeal(world.cast.committee[0], appeal_id=appeal_id, basis="三号文", at=at)
    with pytest.raises(errors.AppealStateDoesNotAllow):
        appeals.approve_appeal(world.cast.committee[1], appeal_id=appeal_id, basis="再批", at=at)
    appeals.open_appeal(world.cast.programme, appeal_id=appeal_id, at=at)
    with pytest.raises(errors.AppealStateDoesNotAllow):
        appeals.open_appeal(world.cast.programme, appeal_id=appeal_id, at=at)


def test_the_drafter_does_not_approve(world: World, at: datetime) -> None:
    appeal_id = draft(world, at)
    Appeal.objects.filter(pk=appeal_id).update(drafted_by=world.cast.committee[0].person_id)
    with pytest.raises(errors.DrafterMayNotApprove):
        appeals.approve_appeal(world.cast.committee[0], appeal_id=appeal_id, basis="三号文", at=at)


@pytest.mark.parametrize("slug", ["", "a", "中文", "a b", "-ab", "../x", "A" * 41, "x_y"])
def test_addresses_are_plain(world: World, at: datetime, slug: str) -> None:
    with pytest.raises(errors.AppealSlugIsMalformed):
        draft(world, at, slug=slug)


def test_addresses_and_titles_are_unique(world: World, at: datetime) -> None:
    draft(world, at)
    with pytest.raises(errors.AppealSlugIsTaken):
        draft(world, at, title="别的")
    with pytest.raises(errors.AppealTitleIsTaken):
        draft(world, at, slug="other")


def test_states_never_go_back(world: World, appeal: Opened, at: datetime) -> None:
    appeals.suspend_appeal(world.cast.programme, appeal_id=appeal.id, reason="结束", at=at)
    appeals.close_appeal(world.cast.programme, appeal_id=appeal.id, at=at)
    for state in ("open", "suspended", "draft", "approved"):
        refused(Appeal.objects.filter(pk=appeal.id).update, state=state)
    refused(Appeal.objects.filter(pk=appeal.id).delete)


def test_what_was_approved_stays(appeal: Opened) -> None:
    refused(Appeal.objects.filter(pk=appeal.id).update, purpose="别的用途")
    refused(Appeal.objects.filter(pk=appeal.id).update, title="别的")


def refused(act: object, **values: object) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        act(**values)  # type: ignore[operator]


def test_a_draft_cannot_be_opened_round_the_program(world: World, at: datetime) -> None:
    appeal_id = draft(world, at)
    refused(Appeal.objects.filter(pk=appeal_id).update, state="approved")
    refused(Appeal.objects.filter(pk=appeal_id).update, state="open", opened_at=at, fund_id=1)


def raw_gift(world: World, appeal: Opened | None, at: datetime, **more: object) -> Gift:
    values = {
        "number": f"X{Gift.objects.count()}",
        "kind": "cash",
        "organisation_id": world.places.city,
        "appeal_id": appeal.id if appeal else None,
        "fund_id": 1,
        "amount_fen": 100,
        "channel": "bank",
        "channel_reference": f"r{Gift.objects.count()}",
        "given_at": at,
        "registered_at": at,
        "query_code": "000000",
        **more,
    }
    return Gift.objects.create(**values)


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount_fen": 0},
        {"amount_fen": None},
        {"fund_id": None},
        {"kind": "in-kind"},
        {"kind": "other"},
        {"state": "confirmed"},
        {"state": "lost"},
        {"named": True},
        {"display_name": "未经同意"},
        {"search_tokens": " 未经同意 "},
        {"channel": "counter", "state": "confirmed", "entry_id": 1, "registered_by": 1},
        {"registered_by": 5, "countersigned_by": 5},
    ],
)
def test_no_impossible_gift(
    world: World, appeal: Opened, at: datetime, wrong: dict[str, object]
) -> None:
    confirmed = {"confirmed_at": at} if wrong.get("state") == "confirmed" else {}
    refused(raw_gift, world=world, appeal=appeal, at=at, **confirmed, **wrong)


def test_no_gift_for_an_appeal_that_is_not_open(world: World, appeal: Opened, at: datetime) -> None:
    appeals.suspend_appeal(world.cast.programme, appeal_id=appeal.id, reason="结束", at=at)
    later = at + timedelta(hours=1)
    refused(raw_gift, world=world, appeal=appeal, at=later)
    refused(raw_gift, world=world, appeal=appeal, at=later, late_reason="晚到的钱不算在途物资")
    goods = {"kind": "in-kind", "amount_fen": None, "fund_id": None}
    refused(raw_gift, world=world, appeal=appeal, at=later, **goods)
    raw_gift(world, appeal, later, late_reason="在途", **goods)
    raw_gift(world, appeal, at)


def test_nor_for_another_society(world: World, appeal: Opened, at: datetime) -> None:
    refused(raw_gift, world=world, appeal=appeal, at=at, organisation_id=world.places.foreign_city)


def test_gifts_stay_as_given(world: World, appeal: Opened, at: datetime) -> None:
    result = book(world, appeal, at, order("a", 100, at, named=True, display_name="甲"))
    gift = Gift.objects.filter(pk=result.gift_ids[0])
    for change in (
        {"amount_fen": 99},
        {"appeal_id": None},
        {"message": "别的话"},
        {"channel_reference": "b"},
        {"given_at": at + timedelta(days=1)},
        {"query_code": "111111"},
        {"state": "announced"},
        {"entry_id": None},
        {"entry_id": 999999},
    ):
        refused(gift.update, **change)
    refused(gift.delete)
    refused(NamingConsent.objects.all().update, named=False)
    refused(NamingConsent.objects.all().delete)


def test_one_channel_reference_is_one_gift(world: World, appeal: Opened, at: datetime) -> None:
    book(world, appeal, at, order("a", 100, at))
    refused(raw_gift, world=world, appeal=appeal, at=at, channel_reference="a")


def test_payments_and_alarms_stay(world: World, appeal: Opened, at: datetime) -> None:
    made = PaymentOrder.objects.create(
        number="D1",
        token="t",
        form_key="k",
        form_digest="d",
        organisation_id=world.places.city,
        appeal_id=appeal.id,
        amount_fen=100,
        channel="sandbox",
        merchant="m",
        placed_at=at,
        expires_at=at,
    )
    refused(PaymentOrder.objects.filter(pk=made.pk).update, amount_fen=1)
    refused(PaymentOrder.objects.filter(pk=made.pk).update, state="paid")
    PaymentOrder.objects.filter(pk=made.pk).update(state="closed")
    refused(PaymentOrder.objects.filter(pk=made.pk).update, state="placed")
    CallbackAlarm.objects.create(channel="sandbox", reason="r", digest="d", at=at)
    refused(CallbackAlarm.objects.all().delete)


def test_cash_needs_two_people_even_round_the_program(
    world: World, appeal: Opened, at: datetime
) -> None:
    number = counter.register_cash_gift(
        world.cast.intake,
        organisation_id=world.places.city,
        appeal_id=appeal.id,
        amount_fen=100,
        at=at,
    )
    row = Gift.objects.filter(number=number)
    refused(row.update, state="confirmed", confirmed_at=at, entry_id=1)
    me = world.cast.intake.person_id
    refused(row.update, state="confirmed", confirmed_at=at, entry_id=1, countersigned_by=me)


def test_names_and_telephones_are_sealed(world: World, appeal: Opened, at: datetime) -> None:
    book(world, appeal, at, order("a", 100, at, donor_name="密名", phone="13812345678"))
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT name, phone FROM donations_donor")
        stored = b"".join(bytes(cell) for cell in cursor.fetchone())
    assert "密名".encode() not in stored
    assert b"13812345678" not in stored
    assert Donor.objects.get().name == "密名"
    assert issubclass(Donor, Model)
