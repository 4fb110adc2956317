"""The demo's month, told once for all tests of this folder; each test undoes what it did."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client, override_settings

from boai.foundations.catalogue.queries import item_by_code
from boai.foundations.catalogue.services import kits, listing
from boai.foundations.identity import queries as identity
from boai.foundations.identity.web.middleware import SEAT
from boai.foundations.organisations import queries as organisations
from boai.foundations.organisations.services import registering
from boai.ground.core.actors import SYSTEM, Actor
from boai.ground.core.clock import CHINA
from boai.ground.core.imports import ImportOrder
from boai.relief.dispatch import queries as dispatch
from boai.relief.dispatch.services import returning
from boai.relief.donations.importing import looking
from boai.relief.donations.importing.lists import stage_list
from boai.relief.donations.importing.opening import open_list
from boai.relief.donations.models import Gift
from boai.relief.donations.services import (
    appeals,
    counter,
    intake_files,
    reconciling_days,
    refunding,
)
from boai.relief.warehouse import queries as warehouse
from boai.relief.warehouse.services import adjusting, packing, receiving
from boai.relief.warehouse.values import CountedLine, IssueOrderLine, NewLot
from boai.site.demo.story import furnish
from tests.conftest import BACKEND
from tests.factories.people import OUTSIDER_ROLES, engage

MOMENT = datetime(2026, 3, 1, 17, 30, tzinfo=CHINA)


@dataclass(frozen=True, slots=True)
class Story:
    """The told month: what ``furnish`` answered, when, and where its files lie."""

    told: dict[str, Any]
    at: datetime
    home: Path
    society: int
    outsider: Actor

    def person(self, username: str) -> Actor:
        """Somebody of the cast."""
        user_id = identity.user_named(username)
        assert user_id is not None, username
        return identity.actor_for(user_id)


@pytest.fixture(scope="package")
def told(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Story]:
    """The month, kept in one transaction that is never committed."""
    home = tmp_path_factory.mktemp("doors")
    with (
        override_settings(BOAI_HOME=home, MEDIA_ROOT=home / "evidence", BOAI_WATCHES_CLOCK=False),
        time_machine.travel(MOMENT),
        django_db_blocker.unblock(),
    ):
        whole: Any = transaction.atomic()
        whole._from_testcase = True  # as Django marks it: durable acts may happen inside
        with whole:
            answer = furnish(MOMENT, size=0.005)
            city = organisations.by_code_or_name(answer["society"])
            assert city is not None
            other = registering.register(
                SYSTEM,
                code="T-XX",
                name="远州市红十字会",
                kind="society",
                level="city",
                parent_id=None,
                division_code="970100",
                at=MOMENT,
            )
            outsider = engage("魏外人", "outsider", other, *OUTSIDER_ROLES, "SEC", at=MOMENT)
            leave_half_done(city.id)
            yield Story(answer, MOMENT, home, city.id, outsider)
            transaction.set_rollback(True)
        connection.close()


def leave_packings_and_returns(society: int, who: Callable[[str], Actor]) -> None:
    """A kit list, a packing that waits for its second keeper, goods that a unit sends back."""
    line = warehouse.available(society, MOMENT.date())[0]
    kit = listing.list_item(
        SYSTEM, code="KIT-T", name="试验套装", category_code="E4", unit="套", at=MOMENT
    )
    kits.list_kit(SYSTEM, kit_id=kit, parts={line.item_id: 1}, at=MOMENT)
    packing.pack(
        who("keeper1"),
        item_id=line.item_id,
        used=[IssueOrderLine(line.lot_id, 1)],
        made=[NewLot(1)],
        key="month",
        at=MOMENT,
    )
    unit = who("receive4")
    one, *_ = dispatch.waybills(
        organisation_id=society, receiver_id=unit.organisation_id, states=["delivered", "settled"]
    )
    returning.send_back(
        unit, waybill_id=one.id, quantities={one.lines[0].id: 1}, reason="多余", at=MOMENT
    )


def leave_statements(society: int, who: Callable[[str], Actor]) -> None:
    """A file that waits to be taken in, and one whose rows wait to be booked."""
    rows = [f"F{n:06d},2026-02-27,王*,8.0{n},加油" for n in range(3)]
    lists = ["\n".join(["交易单号,捐赠日期,捐赠人,捐赠金额,附言", *rows[:n]]) for n in (2, 3)]
    _kept, staged = [
        looking.bring(
            who("cashier"),
            organisation_id=society,
            name=f"对公账户{n}.csv",
            content=text.encode(),
            day=None,
            at=MOMENT,
        )
        for n, text in enumerate(lists)
    ]
    with intake_files.opened(staged.id) as path:
        opened = open_list(path, None, {})
        order = ImportOrder(who("cashier"), path, society, MOMENT)
        stage_list(order, opened.stream(), opened.rows)
    intake_files.give_up(who("cashier"), file_id=staged.id, at=MOMENT)


def leave_reconciling(society: int, who: Callable[[str], Actor]) -> None:
    """A line of a channel's bill that nothing matches, and an account whose day is closed."""
    day = MOMENT.date() - timedelta(days=1)
    common: dict[str, Any] = {"organisation_id": society, "channel": "alipay", "at": MOMENT}
    for merchant in ("2088", "2089"):
        line = reconciling_days.BillLine(f"Z{merchant}", 500, day, "王五")
        reconciling_days.take_in_bill(
            who("accountant"), merchant=merchant, file="账单.csv", lines=[line], **common
        )
    reconciling_days.close_day(
        who("accountant"), merchant="2089", day=day, note="次日到账", **common
    )


def leave_half_done(society: int) -> None:
    """Acts that wait for their second half, so that those doors stand open, too."""

    def who(name: str) -> Actor:
        return identity.actor_for(identity.user_named(name) or 0)

    [lot, *_] = warehouse.lots(organisation_id=society)
    line = CountedLine(lot.item_id, 40, bin="A-1")
    regulated = item_by_code("ALCOHOL75")
    assert regulated is not None
    common: dict[str, Any] = {
        "organisation_id": society,
        "store_id": lot.store_id,
        "origin": "test.source:S9",
        "donor_label": "爱心企业",
        "at": MOMENT,
    }
    note = receiving.open_note(
        who("keeper1"), lines=[CountedLine(regulated.id, 10, bin="A-2")], **common
    )
    row = warehouse.received_note(note)
    assert row is not None
    receiving.countersign_receipt(who("keeper2"), note_id=note, digest=row.digest, at=MOMENT)
    receiving.open_note(who("keeper1"), lines=[line], **common)
    adjusting.count_lot(who("keeper1"), lot_id=lot.id, counted=1, reason="盘点", at=MOMENT)
    leave_packings_and_returns(society, who)
    leave_statements(society, who)
    leave_reconciling(society, who)
    newest = Gift.objects.filter(organisation_id=society, kind="cash", state="confirmed").latest(
        "pk"
    )
    refunding.propose_refund(
        who("accountant"), gift_number=newest.number, amount_fen=1, reason="误汇", at=MOMENT
    )
    counter.register_cash_gift(
        who("cashier"), organisation_id=society, appeal_id=None, amount_fen=500, at=MOMENT
    )
    drafter = who("programme")
    rule = appeals.adopt_rule_version(
        drafter, organisation_id=society, version="试-2", title="须知", text="专款专用。", at=MOMENT
    )
    for slug in ("ready", "draft"):
        appeal = appeals.draft_appeal(
            drafter,
            organisation_id=society,
            slug=slug,
            title=f"试验 {slug}",
            purpose="试验",
            rule_version_id=rule,
            at=MOMENT,
        )
        if slug == "ready":
            appeals.approve_appeal(who("app1"), appeal_id=appeal, basis="文件", at=MOMENT)


@pytest.fixture
def story(told: Story, own_home: Path, settings: Any, db: None) -> Story:
    """The story as it was told, with its files instead of a folder for each test."""
    settings.BOAI_HOME, settings.MEDIA_ROOT = told.home, told.home / "evidence"
    return told


def open_browser(actor: Actor | None) -> Client:
    """A browser signed in in the actor's post."""
    cache.clear()
    client = Client()
    if actor is not None:
        client.force_login(get_user_model().objects.get(pk=actor.user_id), backend=BACKEND)
        session = client.session
        session[SEAT] = actor.organisation_id
        session.save()
    return client
