"""A committee decides: quorum, share, recusal, exclusion, the digest, the clock."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from boai.foundations.approvals import errors, queries
from boai.foundations.approvals.events import CaseDecided, CaseRunsLate
from boai.foundations.approvals.models import Case, Recusal, Vote
from boai.foundations.approvals.services import deciding, opening, policies
from boai.foundations.approvals.services.escalating import escalate
from boai.foundations.approvals.values import CaseRow, PolicyValues
from boai.foundations.identity.services import appointing
from boai.foundations.notices import queries as notices
from boai.ground.core import events
from boai.ground.core.actors import SYSTEM, Actor
from boai.ground.core.errors import NotFound, NotPermitted
from boai.ground.core.laws import all_laws
from boai.ground.core.tasks import tasks_of
from tests.factories.people import other_account_of
from tests.factories.world import World

CONTENT = {"申请单位": "测州市第一医院", "物资": [{"品名": "防护服", "数量": "200 件"}]}


def person(actor: Actor) -> int:
    assert actor.person_id is not None
    return actor.person_id


def opened(world: World, at: datetime, **over: Any) -> CaseRow:
    """A case before the four members, asked by the task officer."""
    given: dict[str, Any] = {
        "kind": "allocation",
        "subject": "allocation.request:1",
        "organisation_id": world.places.city,
        "title": "分配防护服 200 件",
        "content": CONTENT,
        "committee": [person(m) for m in world.cast.committee],
        "at": at,
    } | over
    return queries.case(opening.open_case(world.cast.task_officer, **given))


def say(case: CaseRow, member: Actor, at: datetime, approve: bool = True) -> CaseRow:
    return deciding.vote(
        member, case_id=case.id, digest=case.digest, approve=approve, reason="因故", at=at
    )


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What approvals announces."""
    found: list[object] = []
    for kind in (CaseDecided, CaseRunsLate):
        monkeypatch.setitem(events._listeners, kind, [found.append])
    return found


@pytest.fixture(autouse=True)
def laws_hold_afterwards(world: World) -> Any:
    yield
    for law in all_laws():
        if law.id.startswith("approvals"):
            assert law.check().breaches == (), law.id


def test_three_of_four_agree(world: World, at: datetime, heard: list[object]) -> None:
    case = opened(world, at)
    one, two, three, four = world.cast.committee
    assert say(case, one, at).state == "open"
    assert say(case, two, at).state == "open"
    done = say(case, three, at + timedelta(minutes=4, seconds=59))
    assert (done.state, done.minutes, done.late) == ("approved", 4, False)
    assert heard == [
        CaseDecided(
            case.id,
            "allocation",
            "allocation.request:1",
            world.places.city,
            "approved",
            case.digest,
            4,
            False,
            at + timedelta(minutes=4, seconds=59),
        )
    ]
    with pytest.raises(errors.CaseIsDecided):
        say(case, four, at)


def test_refused_as_soon_as_it_can_no_longer_pass(world: World, at: datetime) -> None:
    case = opened(world, at)
    one, two, three, _four = world.cast.committee
    say(case, one, at, approve=False)
    assert say(case, two, at, approve=False).state == "open"  # the quorum is three
    assert say(case, three, at).state == "refused"


def test_a_recusal_reduces_who_may_vote_but_not_the_quorum(world: World, at: datetime) -> None:
    case = opened(world, at)
    one, two, three, four = world.cast.committee
    deciding.recuse(one, case_id=case.id, interest="配偶在该院任职", at=at)
    say(case, two, at)
    row = say(case, three, at)
    assert (row.tally.needed, row.tally.may_vote, row.state) == (2, 3, "open")
    assert say(case, four, at, approve=False).state == "approved"
    again = opened(world, at, subject="allocation.request:2")
    for member in (one, two):
        row = deciding.recuse(member, case_id=again.id, interest="利害", at=at)
    assert not row.tally.quorum_reachable
    say(again, three, at)
    assert say(again, four, at).state == "open"


def test_who_stood_aside_or_voted_does_not_speak_again(world: World, at: datetime) -> None:
    case = opened(world, at)
    one, two, *_ = world.cast.committee
    deciding.recuse(one, case_id=case.id, interest="利害", at=at)
    with pytest.raises(errors.YouHaveStoodAside):
        say(case, one, at)
    with pytest.raises(errors.YouHaveStoodAside):
        deciding.recuse(one, case_id=case.id, interest="利害", at=at)
    say(case, two, at)
    with pytest.raises(errors.YouHaveVoted):
        say(case, two, at)
    with pytest.raises(errors.YouHaveVoted):
        deciding.recuse(two, case_id=case.id, interest="利害", at=at)


def test_two_accounts_of_one_person_are_one_vote(world: World, at: datetime) -> None:
    case = opened(world, at)
    member = world.cast.committee[0]
    twin = other_account_of(member, world.places.county, "APP", at=at)
    say(case, member, at)
    with pytest.raises(errors.YouHaveVoted):
        say(case, twin, at)
    assert len(queries.case(case.id).votes) == 1


def test_nobody_decides_their_own_request(world: World, at: datetime) -> None:
    member = world.cast.committee[0]
    case = opened(world, at, excluded=[person(member)])
    with pytest.raises(errors.CaseIsYourOwn):
        say(case, member, at)
    appointing.appoint(
        SYSTEM,
        user_id=member.user_id or 0,
        organisation_id=world.places.city,
        role="TSK",
        at=at,
    )
    case_id = opening.open_case(
        Actor(
            "person", "", member.user_id, member.person_id, world.places.city, frozenset({"TSK"})
        ),
        kind="allocation",
        subject="allocation.request:9",
        organisation_id=world.places.city,
        title="自己提的",
        content=CONTENT,
        committee=[person(m) for m in world.cast.committee],
        at=at,
    )
    assert person(member) in queries.case(case_id).excluded


def test_outsiders_and_other_staff_do_not_decide(world: World, at: datetime) -> None:
    case = opened(world, at)
    with pytest.raises(errors.NotOnTheCommittee):
        say(case, world.cast.outsider, at)
    with pytest.raises(NotPermitted):
        say(case, world.cast.keeper, at)
    with pytest.raises(NotPermitted):
        say(case, SYSTEM, at)
    with pytest.raises(NotFound):
        deciding.vote(
            world.cast.committee[0], case_id=10**9, digest="", approve=True, reason="", at=at
        )


def test_a_vote_answers_to_what_was_shown(world: World, at: datetime) -> None:
    case = opened(world, at)
    one, two, *_ = world.cast.committee
    with pytest.raises(errors.ContentHasChanged):
        deciding.vote(one, case_id=case.id, digest="0" * 64, approve=True, at=at)
    say(case, one, at)
    changed = opening.replace_case(
        world.cast.task_officer,
        case_id=case.id,
        content=CONTENT | {"申请单位": "测州市第二医院"},
        reason="数量有误",
        at=at,
    )
    with pytest.raises(errors.ContentHasChanged):
        say(case, two, at)
    fresh = queries.case(changed)
    assert fresh.votes == () and fresh.digest != case.digest
    assert queries.case(case.id).state == "void"


def test_a_refusal_needs_its_reason(world: World, at: datetime) -> None:
    case = opened(world, at)
    for reason in ("", "   ", "长" * 501):
        with pytest.raises(errors.ReasonIsMissing):
            deciding.vote(
                world.cast.committee[0],
                case_id=case.id,
                digest=case.digest,
                approve=False,
                reason=reason,
                at=at,
            )


def test_too_few_members_open_no_case(world: World, at: datetime) -> None:
    one, two, *_ = world.cast.committee
    with pytest.raises(errors.TooFewMayDecide):
        opened(world, at, committee=[person(one), person(two), person(one)])
    with pytest.raises(errors.SubjectHasAnOpenCase):
        opened(world, at)
        opened(world, at)


def test_the_clock_warns_flags_and_never_decides(
    world: World, at: datetime, heard: list[object]
) -> None:
    case = opened(world, at)
    one, two, three, _four = world.cast.committee
    say(case, one, at)
    before = notices.unread_count(two)
    assert escalate(at + timedelta(minutes=5, seconds=59)) == 0
    assert escalate(at + timedelta(minutes=6)) == 1
    assert escalate(at + timedelta(minutes=6, seconds=30)) == 0
    assert escalate(at + timedelta(minutes=9)) == 1
    assert escalate(at + timedelta(minutes=10)) == 0
    assert escalate(at + timedelta(minutes=10, seconds=1)) == 1
    assert escalate(at + timedelta(days=30)) == 0
    assert notices.unread_count(two) == before + 3
    assert queries.case(case.id).state == "open"
    assert [type(fact) for fact in heard] == [CaseRunsLate]
    say(case, two, at + timedelta(minutes=12))
    done = say(case, three, at + timedelta(minutes=12))
    assert (done.state, done.late, done.minutes) == ("approved", True, 12)


def test_the_policy_is_data(world: World, at: datetime) -> None:
    policies.set_policy(
        SYSTEM,
        kind="finance",
        organisation_id=None,
        policy=PolicyValues(quorum=2, share_numerator=1, share_denominator=2),
        at=at,
    )
    policies.set_policy(
        SYSTEM,
        kind="finance",
        organisation_id=world.places.county,
        policy=PolicyValues(quorum=4),
        at=at,
    )
    one, two, *_ = world.cast.committee
    case = opened(world, at, kind="finance")
    say(case, one, at)
    assert say(case, two, at).state == "approved"
    assert queries.policy_for("finance", world.places.county, at=at).quorum == 4
    assert queries.policy_for("finance", world.places.city, at=at - timedelta(1)).quorum == 3
    for broken in (
        PolicyValues(quorum=0),
        PolicyValues(share_numerator=4),
        PolicyValues(warn_first=11),
    ):
        with pytest.raises(errors.PolicyIsImpossible):
            policies.set_policy(SYSTEM, kind="x", organisation_id=None, policy=broken, at=at)


def test_my_tasks_and_only_mine(world: World, at: datetime) -> None:
    case = opened(world, at)
    one, two, *_ = world.cast.committee
    assert any(case.title in task.title and task.urgent for task in tasks_of(one))
    say(case, one, at)
    assert not any(case.title in task.title for task in tasks_of(one))
    assert queries.cases_waiting_for(two) != []
    assert queries.cases_waiting_for(world.cast.outsider) == []


def _forged(case: CaseRow, actor: Actor, at: datetime, **over: Any) -> Vote:
    given = {"person_id": person(actor), "user_id": actor.user_id, "digest": case.digest} | over
    return Vote(case_id=case.id, approve=True, cast_at=at, **given)


def test_the_database_refuses_votes_that_do_not_count(world: World, at: datetime) -> None:
    one, two, three, four = world.cast.committee
    case = opened(world, at, excluded=[person(one)])
    deciding.recuse(two, case_id=case.id, interest="利害", at=at)
    say(case, three, at)
    bad = [
        _forged(case, one, at),
        _forged(case, two, at),
        _forged(case, three, at),
        _forged(case, world.cast.outsider, at),
        _forged(case, four, at, digest="0" * 64),
    ]
    for vote in bad:
        with pytest.raises(IntegrityError), transaction.atomic():
            vote.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Recusal.objects.create(
            case_id=case.id, person_id=person(three), interest="迟到", declared_at=at
        )
    opening.void_case(world.cast.task_officer, case_id=case.id, reason="不办了", at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        _forged(case, four, at).save()


def test_the_database_keeps_cases_and_votes(world: World, at: datetime) -> None:
    case = opened(world, at)
    for member in world.cast.committee[:3]:
        say(case, member, at)
    rows = Case.objects.filter(pk=case.id)
    for change in ({"state": "refused"}, {"late": True}, {"title": "别的"}, {"digest": "0" * 64}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    for table in (Vote, Case):
        with pytest.raises(IntegrityError), transaction.atomic():
            table.objects.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.update(approve=False)
    open_case = opened(world, at, subject="allocation.request:5")
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=open_case.id).update(content={"别的": 1})
