"""The world that all tests live in."""

from boai.ground.core.laws import all_laws
from tests.factories.world import World


def test_the_world_stands_and_keeps_the_laws(world: World) -> None:
    people = world.cast.everybody()
    assert len({actor.person_id for actor in people.values()}) == len(people)
    assert world.cast.keeper.roles == {"WH"}
    assert world.cast.keeper.organisation_id == world.places.city
    for law in all_laws():
        if law.id.startswith(("identity", "approvals")):
            assert law.check().breaches == ()
