"""Stock for the relief wing's tests, and the laws after each of them."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from boai.ground.core.laws import all_laws
from tests.factories.goods import Stock, make_stock
from tests.factories.world import World


@pytest.fixture
def stock(world: World, at: datetime) -> Iterator[Stock]:
    """A store with items; after the test the laws of goods and books hold."""
    yield make_stock(world, at)
    broken = {
        law.id: found.breaches
        for law in all_laws()
        if law.id.startswith(("warehouse", "dispatch", "ledger"))
        and (found := law.check()).breaches
    }
    assert broken == {}
