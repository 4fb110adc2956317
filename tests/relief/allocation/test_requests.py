"""List 2: submitted, proposed, decided; in that order, by different people (H07)."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from boai.foundations.approvals import queries as approvals
from boai.foundations.approvals.errors import CaseIsYourOwn, ContentHasChanged, NotOnTheCommittee
from boai.foundations.approvals.services import deciding as voting
from boai.foundations.notices import queries as notices
from boai.ground.core.actors import SYSTEM
from boai.ground.core.errors import NotPermitted
from boai.relief.allocation import errors, queries
from boai.relief.allocation.models import Proposal, ProposalLine, Request, RequestLine
from boai.relief.allocation.services import auditing, deciding, needing, proposing, requesting
from boai.relief.allocation.values import AskLine, ProposeLine
from boai.relief.dispatch import queries as dispatch
from boai.relief.warehouse import queries as warehouse
from tests.factories.books import drop_guards
from tests.relief.allocation.conftest import Case


def minutes(at: datetime, number: int) -> datetime:
    return at + timedelta(minutes=number)


def laws_hold() -> None:
    for law in (
        auditing.decisions_have_their_case,
        auditing.lists_agree_with_their_digest,
        auditing.proposals_stay_within_the_list,
        auditing.nobody_decides_their_own,
        auditing.directed_goods_go_where_they_were_sent,
        auditing.decided_is_what_was_shown,
    ):
        assert law().breaches == ()


def test_an_approved_request_sets_goods_aside_and_orders_a_delivery(
    case: Case, at: datetime
) -> None:
    request = case.submit(at)
    opened = case.propose(request, minutes(at, 3))
    case.decide(opened, minutes(at, 7))
    row = queries.request(request)
    assert (row.state, row.seconds, row.late) == ("approved", 420, False)
    assert warehouse.reserved_for(row.ref) == {case.gloves_lot: 100}
    assert row.waybill_id is not None
    waybill = dispatch.waybill(row.waybill_id)
    assert waybill is not None
    assert (waybill.receiver_id, waybill.for_ref) == (row.receiver_id, row.ref)
    assert row.content_digest == approvals.case(opened).digest
    laws_hold()


def test_a_refused_request_moves_nothing_and_frees_the_list(case: Case, at: datetime) -> None:
    request = case.submit(at, 1000)
    case.decide(case.propose(request, at, 1000), at, approve=False)
    row = queries.request(request)
    assert (row.state, row.waybill_id, row.proposed) == ("refused", None, ())
    assert warehouse.reserved_for(row.ref) == {}
    again = case.submit(minutes(at, 30), 1000)
    case.propose(again, minutes(at, 31), 1000)
    laws_hold()


def test_a_late_decision_is_flagged_and_time_alone_decides_nothing(
    case: Case, at: datetime
) -> None:
    request = case.submit(at)
    officer = case.stock.world.cast.task_officer
    member = case.stock.world.cast.committee[0]
    assert deciding.watch_clock(minutes(at, 5)) == 0
    assert deciding.watch_clock(minutes(at, 6)) == 1
    assert deciding.watch_clock(minutes(at, 6)) == 0
    opened = case.propose(request, minutes(at, 7))
    before = notices.unread_count(member)
    assert deciding.watch_clock(minutes(at, 9)) == 1
    assert deciding.watch_clock(at + timedelta(minutes=10, seconds=1)) == 1
    assert notices.unread_count(member) == before + 2
    assert notices.unread_count(officer) >= 2
    assert deciding.watch_clock(minutes(at, 60)) == 0
    assert queries.request(request).state == "proposed"
    case.decide(opened, minutes(at, 61))
    assert queries.request(request).late is True


def test_out_of_order_is_refused(case: Case, at: datetime) -> None:
    officer = case.stock.world.cast.task_officer
    request = case.submit(at)
    case.decide(case.propose(request, at), at)
    with pytest.raises(errors.OutOfOrder):
        case.propose(request, at)
    with pytest.raises(errors.OutOfOrder):
        requesting.return_request(officer, request_id=request, reason="太晚", at=at)
    with pytest.raises(errors.OutOfOrder):
        requesting.withdraw_request(case.stock.world.cast.hospital_user, request_id=request, at=at)


def test_the_database_keeps_the_order(case: Case, at: datetime) -> None:
    request = case.submit(at)
    officer = case.stock.world.cast.task_officer.person_id
    row = Request.objects.filter(pk=request)
    for change in (
        {"state": "approved", "case_id": 1, "decided_at": at, "content_digest": "0" * 64},
        {"proposed_by_person_id": row.get().submitted_by_person_id},
        {"state": "done"},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            row.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()
    proposal = Proposal.objects.create(request_id=request, made_at=at, made_by_person_id=officer)
    with pytest.raises(DatabaseError), transaction.atomic():
        ProposalLine.objects.create(
            proposal=proposal,
            list_line_id=case.gloves_line,
            lot_id=case.gloves_lot,
            quantity=1001,
        )


def test_nobody_proposes_on_or_decides_their_own(case: Case, at: datetime) -> None:
    cast = case.stock.world.cast
    own = case.submit(at, by=cast.task_officer)
    with pytest.raises(errors.RequestIsYourOwn):
        case.propose(own, at)
    opened = case.propose(own, at, by=cast.programme)
    digest = approvals.case(opened).digest
    for person in (cast.task_officer, cast.programme, cast.hospital_user):
        with pytest.raises((CaseIsYourOwn, NotOnTheCommittee, NotPermitted)):
            voting.vote(person, case_id=opened, digest=digest, approve=True, at=at)


def test_a_new_proposal_voids_the_votes_on_the_old_one(case: Case, at: datetime) -> None:
    cast = case.stock.world.cast
    request = case.submit(at)
    first = case.propose(request, at, 100)
    shown = approvals.case(first).digest
    voting.vote(cast.committee[0], case_id=first, digest=shown, approve=True, at=at)
    second = case.propose(request, minutes(at, 1), 60)
    assert approvals.case(first).state == "void"
    with pytest.raises(ContentHasChanged):
        voting.vote(cast.committee[1], case_id=first, digest=shown, approve=True, at=at)
    with pytest.raises(ContentHasChanged):
        voting.vote(cast.committee[1], case_id=second, digest=shown, approve=True, at=at)
    case.decide(second, minutes(at, 2))
    row = queries.request(request)
    assert [n for *_, n in row.proposed] == [60]
    assert warehouse.reserved_for(row.ref) == {case.gloves_lot: 60}
    laws_hold()


def test_content_altered_behind_the_back_is_not_decided(case: Case, at: datetime) -> None:
    request = case.submit(at)
    opened = case.propose(request, at)
    altered = Request.objects.filter(pk=request)
    with pytest.raises(DatabaseError), transaction.atomic():
        altered.update(receiver_id=case.stock.world.places.second_hospital)
    drop_guards("allocation_request")
    altered.update(receiver_id=case.stock.world.places.second_hospital)
    with pytest.raises(errors.ContentIsNotWhatWasShown):
        case.decide(opened, at)
    assert queries.request(request).state == "proposed"
    assert approvals.case(opened).state == "open"


def test_what_is_asked_must_be_on_the_list_and_left(case: Case, at: datetime) -> None:
    user = case.stock.world.cast.hospital_user
    places = case.stock.world.places

    def ask(*lines: AskLine, reason: str = "急需", to: int = places.hospital) -> None:
        requesting.submit_request(
            user, list_id=case.list_id, receiver_id=to, lines=lines, reason=reason, at=at
        )

    for lines in (
        (AskLine(case.gloves_line, 0),),
        (AskLine(case.gloves_line, -5),),
        (AskLine(10**9, 1),),
        (AskLine(case.gloves_line, 1), AskLine(case.gloves_line, 1)),
    ):
        with pytest.raises(errors.NotOnTheList):
            ask(*lines)
    with pytest.raises(errors.RequestIsEmpty):
        ask()
    with pytest.raises(errors.ReasonIsMissing):
        ask(AskLine(case.gloves_line, 1), reason=" ")
    with pytest.raises(errors.MoreThanTheList):
        ask(AskLine(case.gloves_line, 1001))
    with pytest.raises(NotPermitted):
        ask(AskLine(case.gloves_line, 1), to=places.second_hospital)
    assert Request.objects.count() == 0


def test_a_proposal_stays_within_request_list_and_store(case: Case, at: datetime) -> None:
    officer = case.stock.world.cast.task_officer
    request = case.submit(at, 600)
    other = case.submit(
        at,
        600,
        by=case.stock.world.cast.second_hospital_user,
        to=case.stock.world.places.second_hospital,
    )

    def propose(*lines: ProposeLine) -> None:
        proposing.propose(officer, request_id=request, lines=lines, at=at)

    with pytest.raises(errors.NotWhatWasAsked):
        propose(ProposeLine(case.gloves_line, case.gloves_lot, 601))
    with pytest.raises(errors.NotWhatWasAsked):
        propose(ProposeLine(case.caps_line, case.caps_lot, 1))
    with pytest.raises(errors.NotOnTheList):
        propose(ProposeLine(case.gloves_line, case.caps_lot, 1))
    with pytest.raises(errors.RequestIsEmpty):
        propose()
    case.propose(other, at, 600)
    with pytest.raises(errors.MoreThanTheList):
        propose(ProposeLine(case.gloves_line, case.gloves_lot, 500))
    with pytest.raises(NotPermitted):
        proposing.propose(
            case.stock.world.cast.outsider,
            request_id=request,
            lines=[ProposeLine(case.gloves_line, case.gloves_lot, 1)],
            at=at,
        )
    laws_hold()


def test_suggestion_shares_fairly_by_first_expiry(case: Case, at: datetime) -> None:
    first = case.submit(at, 900)
    case.submit(
        at,
        600,
        by=case.stock.world.cast.second_hospital_user,
        to=case.stock.world.places.second_hospital,
    )
    assert proposing.suggest(first, at) == [ProposeLine(case.gloves_line, case.gloves_lot, 600)]


def test_returned_and_submitted_anew(case: Case, at: datetime) -> None:
    cast = case.stock.world.cast
    request = case.submit(at)
    requesting.return_request(cast.task_officer, request_id=request, reason="请写明科室", at=at)
    with pytest.raises(errors.OutOfOrder):
        case.propose(request, at)
    requesting.resubmit_request(
        cast.hospital_user,
        request_id=request,
        lines=[AskLine(case.caps_line, 50)],
        reason="感染科需要",
        at=minutes(at, 20),
    )
    row = queries.request(request)
    assert (row.state, row.submitted_at, row.asked[0][2]) == ("submitted", minutes(at, 20), 50)


def test_delivered_goods_count_towards_the_need(case: Case, at: datetime) -> None:
    from boai.relief.dispatch.services import delivering, loading

    cast, places = case.stock.world.cast, case.stock.world.places
    need = needing.post_need(
        cast.hospital_user,
        organisation_id=places.hospital,
        society_id=places.city,
        goods="乳胶手套",
        quantity=100,
        at=at,
    )
    request = requesting.submit_request(
        cast.hospital_user,
        list_id=case.list_id,
        receiver_id=places.hospital,
        lines=[AskLine(case.gloves_line, 100)],
        reason="急需",
        at=at,
    )
    case.decide(case.propose(request, at), at)
    waybill = queries.request(request).waybill_id
    assert waybill is not None
    digest = loading.load(cast.keeper, waybill_id=waybill, vehicle="江A·1", driver="沈", at=at)
    loading.countersign(cast.second_keeper, waybill_id=waybill, digest=digest, at=at)
    found = dispatch.waybill(waybill)
    assert found is not None
    delivering.sign(
        cast.receiver,
        waybill_id=waybill,
        counted={line.id: line.quantity for line in found.lines},
        at=at,
    )
    met = queries.need(need)
    assert met is not None
    assert (met.state, met.allotted) == ("met", 100)


def test_directed_goods_go_to_the_named_unit_only(case: Case, at: datetime) -> None:
    from boai.relief.allocation.services import listing
    from tests.factories.goods import gloves, receive

    places, cast = case.stock.world.places, case.stock.world.cast
    receive(case.stock, gloves(case.stock, 70, directed_to=places.second_hospital), at=at)
    later = at + timedelta(days=1)
    made = listing.freeze_list(SYSTEM, organisation_id=places.city, at=later.replace(hour=16))
    line = next(x for x in queries.available_list(made).lines if x.directed_to)
    with pytest.raises(errors.DirectedToAnother):
        requesting.submit_request(
            cast.hospital_user,
            list_id=made,
            receiver_id=places.hospital,
            lines=[AskLine(line.id, 1)],
            reason="急需",
            at=later,
        )


def test_what_is_altered_behind_the_back_is_named(case: Case, at: datetime) -> None:
    request = case.submit(at)
    case.decide(case.propose(request, at), at)
    ref, altered = queries.request(request).ref, Request.objects.filter(pk=request)
    with pytest.raises(DatabaseError), transaction.atomic():
        altered.update(content_digest="0" * 64)
    drop_guards("allocation_request")
    altered.update(content_digest="0" * 64)
    found = auditing.decisions_have_their_case().breaches
    assert [breach.subject for breach in found] == [ref]
    assert auditing.decided_is_what_was_shown().breaches == ()
    altered.update(receiver_id=case.stock.world.places.second_hospital, reason="别的理由")
    told = [(each.subject, each.found) for each in auditing.decided_is_what_was_shown().breaches]
    assert told == [
        (ref, "reason differs from what was shown"),
        (ref, "no waybill to its receiver"),
    ]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE allocation_listline DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER allocation_listline_append_only_update")
        cursor.execute(
            "UPDATE allocation_listline SET quantity = 50 WHERE id = %s", [case.gloves_line]
        )
    assert auditing.lists_agree_with_their_digest().breaches[0].subject == (
        f"allocation.list:{case.list_id}"
    )
    assert auditing.proposals_stay_within_the_list().breaches[0].subject == (
        f"allocation.list-line:{case.gloves_line}"
    )


def test_lines_are_kept_once_they_are_proposed(case: Case, at: datetime) -> None:
    request = case.submit(at)
    lines = RequestLine.objects.filter(request_id=request)
    case.propose(request, at)
    for act in (
        lambda: lines.update(quantity=1),
        lambda: lines.delete(),
        lambda: RequestLine.objects.create(
            request_id=request, list_line_id=case.caps_line, quantity=5
        ),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
