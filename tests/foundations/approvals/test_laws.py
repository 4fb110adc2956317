"""Votes altered behind the program's back: a law names the case."""

from datetime import datetime

import pytest
from django.db import connection

from boai.foundations.approvals.services import auditing
from tests.factories.books import drop_guards
from tests.factories.world import World
from tests.foundations.approvals.test_deciding import opened, person, say


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE approvals_vote SET person_id = {absent} WHERE person_id = {voter}",
        "UPDATE approvals_vote SET user_id = {account} WHERE person_id = {voter}",
        "UPDATE approvals_vote SET person_id = {absent}, user_id = {account}"
        " WHERE person_id = {voter}",
        "UPDATE approvals_vote SET cast_at = '2020-02-03 04:05:06+00:00' WHERE person_id = {voter}",
        "DELETE FROM approvals_vote WHERE person_id = {voter}",
        "INSERT INTO approvals_vote (case_id, person_id, user_id, approve, reason, digest, cast_at)"
        " SELECT case_id, {absent}, {account}, approve, reason, digest, cast_at"
        " FROM approvals_vote WHERE person_id = {voter}",
    ],
)
def test_a_vote_is_its_persons_own(
    world: World, at: datetime, altered_books: None, change: str
) -> None:
    case = opened(world, at)
    voter, other, absent, _more = world.cast.committee
    for member in (voter, other):
        say(case, member, at)
    found = auditing.votes_are_those_of_the_trail()
    assert (found.checked, found.breaches) == (2, ())
    drop_guards("approvals_vote")
    with connection.cursor() as cursor:
        cursor.execute(
            change.format(voter=person(voter), absent=person(absent), account=absent.user_id)
        )
        assert cursor.rowcount == 1
    found = auditing.votes_are_those_of_the_trail()
    assert {breach.subject for breach in found.breaches} == {f"approvals.case:{case.id}"}
