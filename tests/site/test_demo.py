"""The demo: told at a small size it keeps every law, looks alive, and is told only once."""

from datetime import datetime

import pytest
from django.apps import apps
from django.test import Client

from boai.foundations.approvals import queries as approvals
from boai.foundations.identity import queries as identity
from boai.foundations.organisations import queries as organisations
from boai.foundations.organisations.services.settings import set_value
from boai.ground.core.actors import SYSTEM
from boai.ground.core.clock import CHINA
from boai.ground.core.laws import all_laws
from boai.relief.allocation import queries as allocation
from boai.relief.dispatch import queries as dispatch
from boai.relief.donations import queries as donations
from boai.site.demo.cast import PASSWORD, SOCIETY
from boai.site.demo.story import TOLD, StoryIsUnfinished, furnish

pytestmark = [pytest.mark.django_db, pytest.mark.long]
BASE = datetime(2026, 3, 1, 17, 30, tzinfo=CHINA)


def _rows() -> dict[str, int]:
    quiet = {"sessions", "axes", "contenttypes"}
    models = [m for m in apps.get_models() if m._meta.app_label not in quiet]
    return {m._meta.label: m._default_manager.count() for m in models}


def test_the_demo_tells_its_story() -> None:
    told = furnish(BASE, size=0.03)
    breaches = {law.id: law.check().breaches for law in all_laws()}
    assert {id: found for id, found in breaches.items() if found} == {}

    society = organisations.by_code_or_name(SOCIETY)
    assert society is not None
    requests = allocation.requests(society_id=society.id)
    assert len(requests) >= 24
    assert [r.late for r in requests].count(True) == 1
    assert [r.state for r in requests].count("refused") == 1
    waybills = dispatch.waybills(organisation_id=society.id)
    assert {w.state for w in waybills} == {"delivered", "settled", "in_transit", "loading"}
    laws = {law.id: law.check().checked for law in all_laws()}
    told_of = ("ledger-04", "donations-08", "dispatch-04", "warehouse-08")
    assert all(laws[id] > 0 for id in told_of), "something came back, and kits were packed"
    member = identity.user_named("app1")
    assert member is not None
    assert len(approvals.cases_waiting_for(identity.actor_for(member))) == 1
    example = donations.gift(told["example"]["number"])
    assert example is not None and example.amount_fen == 20_00

    before = _rows()
    assert furnish(BASE, size=0.03) == told
    assert _rows() == before

    for line in told["sign_ins"][::5]:
        browser = Client()
        sent = {"login": line["username"], "password": PASSWORD}
        assert browser.post("/account/login/", sent).status_code == 302, line
        assert browser.get("/desk/").status_code == 200, line

    set_value(SYSTEM, organisation_id=society.id, key=TOLD, value=False, at=BASE)
    with pytest.raises(StoryIsUnfinished):
        furnish(BASE)
