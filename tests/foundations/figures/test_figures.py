"""Asking figures, own level and system-wide."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from boai.foundations.figures import queries
from boai.foundations.figures.errors import FigureIsUnknown, SpanIsBackward
from boai.ground.core import figures
from boai.ground.core.figures import Span, figure
from tests.factories.world import World

LAST = date(2020, 1, 29)


@pytest.fixture(autouse=True)
def samples() -> Iterator[None]:
    known = dict(figures._figures)

    @figure("sample.money", "样本金额", "fen")
    def money(ids: Sequence[int], span: Span) -> int | None:
        return 1050 * len(ids)

    @figure("sample.stock", "样本库存", "piece", as_of=True)
    def stock(ids: Sequence[int], span: Span) -> int | None:
        return None if span.first is None else 1

    yield
    figures._figures.clear()
    figures._figures.update(known)


def test_own_level_and_system_wide_are_different_numbers(world: World) -> None:
    own = queries.one(
        "sample.money", organisation_id=world.places.city, scope="own", first=None, last=LAST
    )
    system = queries.one(
        "sample.money", organisation_id=world.places.city, scope="system", first=None, last=LAST
    )
    assert (own.value, system.value) == (1050, 3150)
    assert own.yuan == "10.50" and own.exact


def test_as_of_looks_at_the_last_day_and_unknown_is_not_zero(world: World) -> None:
    found = queries.one(
        "sample.stock", organisation_id=world.places.city, scope="own", first=LAST, last=LAST
    )
    assert (found.value, found.exact, found.first, found.yuan) == (None, False, None, "")


def test_refusals(world: World) -> None:
    city = world.places.city
    with pytest.raises(FigureIsUnknown):
        queries.one("no.such", organisation_id=city, scope="own", first=None, last=LAST)
    with pytest.raises(SpanIsBackward):
        queries.one(
            "sample.money", organisation_id=city, scope="own", first=LAST, last=date(2020, 1, 1)
        )


def test_the_command(world: World) -> None:
    out = StringIO()
    call_command("figures", "sample.money", "--org", "T-C", "--json", stdout=out)
    assert json.loads(out.getvalue()) == [
        {"name": "sample.money", "unit": "fen", "value": 1050, "exact": True}
    ]
    out = StringIO()
    call_command("figures", "--org", "测州市红十字会", "--scope", "system", stdout=out)
    assert "31.50" in out.getvalue()
    with pytest.raises(CommandError) as wrong:
        call_command("figures", "--org", "无此会", stdout=out)
    assert wrong.value.returncode == 1
    with pytest.raises(CommandError) as usage:
        call_command("figures", "--org", "T-C", "--as-of", "2020-01-01", "--to", "2020-01-02")
    assert usage.value.returncode == 2


def test_the_command_by_day_and_by_unit(world: World) -> None:
    from tests.factories.books import AT, gift, make_fund

    gift(make_fund("甲", world.places.county), "1", 700)
    figure("sample.came", "样本", "fen", rolled=figures.Rolled("ledger.funds", "amount"))(
        lambda ids, span: 0
    )
    asked = ("sample.came", "--org", "T-C", "--from", "2020-01-01", "--to", "2020-02-01", "--json")
    out = StringIO()
    call_command("figures", *asked, "--by", "day", "--scope", "system", stdout=out)
    assert json.loads(out.getvalue()) == [[str(AT.date()), "700"]]
    out = StringIO()
    call_command("figures", *asked, "--by", "unit", stdout=out)
    assert json.loads(out.getvalue()) == [["测州市东区红十字会", str(AT.date()), "700"]]
    with pytest.raises(CommandError) as usage:
        call_command("figures", "--org", "T-C", "--by", "day")
    assert usage.value.returncode == 2
