"""The matrix reads well, refuses nonsense, and reaches as far as its scopes say."""

import pytest

from boai.foundations.identity import queries
from boai.foundations.identity.rules import matrix
from boai.foundations.identity.services.authorising import require
from boai.ground.core.actors import PUBLIC, SYSTEM
from boai.ground.core.errors import NotPermitted
from tests.factories.world import World


def test_the_matrix_of_the_house_reads() -> None:
    assert len(matrix.matrix()) > 40
    assert all(line for line in matrix.matrix().values())


def test_rooms_and_actions_stand_in_alphabetical_order() -> None:
    actions = list(matrix.matrix())
    assert actions == sorted(actions)


@pytest.mark.parametrize(
    "text",
    [
        "[warehouse]\nreceive = { KEEPER = 'U' }",
        "[warehouse]\nreceive = { WH = 'X' }",
        "[warehouse]\nreceive = { WH = '2U' }",
        "[warehouse]\nreceive = 'WH'",
        "[Warehouse]\nreceive = { WH = 'U' }",
        "[warehouse]\nReceive = { WH = 'U' }",
        "receive = 1",
        "[warehouse",
    ],
)
def test_a_broken_matrix_does_not_load(text: str) -> None:
    with pytest.raises(matrix.MatrixIsBroken):
        matrix.read(text)


def test_an_unknown_action_is_a_fault_not_a_no() -> None:
    with pytest.raises(matrix.ActionHasNoLine):
        queries.may(SYSTEM, "warehouse.no-such-thing")


def test_scopes_reach_as_far_as_they_say(world: World) -> None:
    cast, places = world.cast, world.places
    assert queries.may(cast.keeper, "warehouse.receive", organisation_id=places.city)
    assert not queries.may(cast.keeper, "warehouse.receive", organisation_id=places.county)
    assert not queries.may(cast.keeper, "warehouse.receive", organisation_id=places.province)
    assert not queries.may(cast.outsider, "warehouse.receive", organisation_id=places.city)
    assert queries.may(cast.supervisor, "figures.see", organisation_id=places.county)
    assert not queries.may(cast.supervisor, "figures.see", organisation_id=places.province)
    assert not queries.may(cast.supervisor, "figures.see", organisation_id=places.foreign_city)
    assert queries.may(PUBLIC, "donations.give")
    assert queries.may(cast.keeper, "donations.give")
    assert not queries.may(PUBLIC, "warehouse.receive")
    with pytest.raises(NotPermitted):
        require(cast.driver, "warehouse.receive", organisation_id=places.city)


def test_masked_unless_some_grant_shows_whole(world: World) -> None:
    assert queries.sees_masked(world.cast.intake, "donations.see")
    assert not queries.sees_masked(world.cast.cashier, "donations.see")
