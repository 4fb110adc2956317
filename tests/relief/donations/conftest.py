"""An open appeal with a rule version, for the tests of giving."""

from dataclasses import dataclass
from datetime import datetime

import pytest

from boai.relief.donations.services import appeals
from tests.factories.world import World


@dataclass(frozen=True)
class Opened:
    """An appeal that takes gifts."""

    id: int
    fund_id: int
    slug: str


def open_one(
    world: World, at: datetime, slug: str = "fangyi", title: str = "抗击疫情专项"
) -> Opened:
    """Draft, approve by the committee, open."""
    cast, city = world.cast, world.places.city
    rule = appeals.adopt_rule_version(
        cast.programme,
        organisation_id=city,
        version="2020-01",
        title="捐赠须知",
        text="善款善物全部用于疫情防控。",
        at=at,
    )
    appeal_id = appeals.draft_appeal(
        cast.programme,
        organisation_id=city,
        slug=slug,
        title=title,
        purpose="用于一线医护人员防护物资采购。",
        rule_version_id=rule,
        at=at,
        emergency=True,
    )
    appeals.approve_appeal(
        cast.committee[0], appeal_id=appeal_id, basis="测州防指〔2020〕3号", at=at
    )
    fund_id = appeals.open_appeal(cast.programme, appeal_id=appeal_id, at=at)
    return Opened(appeal_id, fund_id, slug)


@pytest.fixture
def appeal(world: World, at: datetime) -> Opened:
    """An open appeal of the city."""
    return open_one(world, at)


@pytest.fixture(autouse=True)
def direct_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox calls back in the same process: tests start no server."""
    monkeypatch.setenv("BOAI_SANDBOX_DELIVERY", "direct")
