"""Bulletins: derived, balanced, two people, numbered, frozen."""

import io
import json
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from boai.foundations.translog import queries as translog
from boai.foundations.translog.services.exporting import export_log
from boai.foundations.translog.services.sequencing import sequence
from boai.ground.core.errors import NotPermitted
from boai.window.disclosure import queries
from boai.window.disclosure.errors import (
    ContentHasChanged,
    DayIsNotOver,
    DayIsPublished,
    EarlierDayIsMissing,
    LogIsBehind,
    NeedsAnotherPerson,
    NotADraft,
    NothingToCorrect,
)
from boai.window.disclosure.models import Bulletin
from boai.window.disclosure.rules import reasons_against_publishing
from boai.window.disclosure.rules.derivation import derive_again
from boai.window.disclosure.services import bulletins

DAY = timedelta(days=1)


def prepare(story, day, *, at=None, actor=None):
    return bulletins.prepare(
        actor or story.world.cast.publisher,
        organisation_id=story.city,
        appeal=story.appeal.slug,
        day=day,
        at=at or story.at + DAY,
    )


def publish(story, row, *, at=None, actor=None):
    return bulletins.publish(
        actor or story.world.cast.second_publisher, bulletin_id=row.id, at=at or story.at + DAY
    )


def run(story, day, at):
    return publish(story, prepare(story, day, at=at), at=at)


FIRST = date(2020, 1, 30)


def test_a_day_is_derived_published_and_derived_again(story, at, tmp_path):
    story.give(10000, 25050, at=at)
    _, lot = story.give_caps(1000, counted=990, at=at + DAY)
    story.deliver(lot, 300, accepted=300, at=at + DAY)
    row = run(story, FIRST, at + DAY)
    assert (row.serial, row.version, row.corrects) == (1, 1, "")
    assert row.content["money"]["in_fen"] == 35050
    assert row.content["money"]["closing_fen"] == 35050
    [caps] = row.content["goods"]
    assert (caps["opening"], caps["in"], caps["out"], caps["closing"]) == (0, 990, 300, 690)
    sequence(at + DAY)
    export_log(tmp_path)
    content, digest = derive_again(tmp_path, row.number)
    assert digest == row.digest
    assert content.decode() == Bulletin.objects.get(number=row.number).content
    assert translog.leaf_of(f"disclosure.bulletin:{row.number}").facts["log_size"] == row.log_size
    out = io.StringIO()
    call_command("bulletin", "derive", row.number, "--log", str(tmp_path), "--json", stdout=out)
    assert json.loads(out.getvalue())["agrees"] is True
    call_command("bulletin", "derive", row.number, stdout=out)


def test_days_follow_each_other_and_a_zero_day_counts(story, at):
    story.give(10000, at=at)
    first = run(story, FIRST, at + DAY)
    second = run(story, FIRST + DAY, at + 2 * DAY)
    story.give(500, at=at + 3 * DAY)
    third = run(story, FIRST + 2 * DAY, at + 3 * DAY)
    assert [b.serial for b in (first, second, third)] == [1, 2, 3]
    assert second.content["money"]["in_fen"] == 0
    assert third.content["money"]["opening_fen"] == 10000
    assert third.content["money"]["closing_fen"] == 10500
    assert third.content["previous"]["number"] == second.number


def test_what_comes_too_late_for_its_day_is_in_the_next(story, at):
    story.give(10000, at=at + DAY)
    run(story, FIRST, at + DAY)
    story.give(300, at=at + DAY + timedelta(hours=1))
    second = run(story, FIRST + DAY, at + 2 * DAY)
    assert second.content["money"]["opening_fen"] == 10000
    assert second.content["money"]["in_fen"] == second.content["money"]["late_fen"] == 300


def test_missing_days_are_listed(story, at):
    days = queries.missing_days(story.city, FIRST + 2 * DAY)
    assert [m.day for m in days] == [FIRST, FIRST + DAY, FIRST + 2 * DAY]
    run(story, FIRST, at + 3 * DAY)
    draft = prepare(story, FIRST + DAY, at=at + 3 * DAY)
    left = queries.missing_days(story.city, FIRST + 2 * DAY)
    assert [(m.day, m.draft_id) for m in left] == [(FIRST + DAY, draft.id), (FIRST + 2 * DAY, None)]


def test_days_out_of_order_are_refused(story, at):
    with pytest.raises(DayIsNotOver):
        prepare(story, FIRST - DAY)
    with pytest.raises(DayIsNotOver):
        prepare(story, FIRST + 2 * DAY)
    with pytest.raises(EarlierDayIsMissing):
        prepare(story, FIRST + DAY, at=at + 5 * DAY)
    run(story, FIRST, at + DAY)
    with pytest.raises(DayIsPublished):
        prepare(story, FIRST)


def test_one_person_may_not_do_both(story, at):
    row = prepare(story, FIRST)
    with pytest.raises(NeedsAnotherPerson):
        publish(story, row, actor=story.world.cast.publisher)
    with pytest.raises(NotPermitted):
        publish(story, row, actor=story.world.cast.keeper)
    with pytest.raises(NotPermitted):
        publish(story, row, actor=story.world.cast.outsider)
    with pytest.raises(NotPermitted):
        prepare(story, FIRST, actor=story.world.cast.outsider)
    assert publish(story, row).number


def test_the_database_holds_the_two_people_and_the_numbers(story, at):
    row = prepare(story, FIRST)
    stamp = "published_at='2020-01-30 00:00:00+00:00'"
    same = story.world.cast.publisher.person_id
    other = story.world.cast.second_publisher.person_id
    table = "UPDATE disclosure_bulletin SET state='published', number='X'"
    tries = [
        f"{table}, serial=1, {stamp}, published_by={same} WHERE id={row.id}",
        f"{table}, serial=2, {stamp}, published_by={other} WHERE id={row.id}",
        f"UPDATE disclosure_bulletin SET content='{{}}' WHERE id={row.id}",
        f"UPDATE disclosure_bulletin SET state='published' WHERE id={row.id}",
        "DELETE FROM disclosure_bulletin",
    ]
    for statement in tries:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    published = publish(story, row)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE disclosure_bulletin SET state='withdrawn' WHERE id={published.id}")


def test_a_draft_that_no_longer_fits_is_refused(story, at):
    story.give(10000, at=at + DAY)
    old = prepare(story, FIRST)
    new = prepare(story, FIRST)
    with pytest.raises(NotADraft):
        publish(story, old)
    publish(story, new)
    with pytest.raises(NotADraft):
        publish(story, new)
    bulletins.withdraw(
        story.world.cast.publisher,
        bulletin_id=prepare(story, FIRST + DAY, at=at + 2 * DAY).id,
        at=at + 2 * DAY,
    )


def test_a_draft_from_before_a_correction_is_refused(story, at):
    first = run(story, FIRST, at + DAY)
    second = prepare(story, FIRST + DAY, at=at + 2 * DAY)
    fixed = bulletins.correct(
        story.world.cast.publisher, number=first.number, reason="漏记", at=at + 2 * DAY
    )
    publish(story, fixed, at=at + 2 * DAY)
    with pytest.raises(ContentHasChanged):
        publish(story, second, at=at + 2 * DAY)


def test_a_correction_is_a_new_version_that_names_the_old(story, at):
    story.give(10000, at=at + DAY)
    first = run(story, FIRST, at + DAY)
    story.give(77, at=at + DAY)
    with pytest.raises(NothingToCorrect):
        bulletins.correct(story.world.cast.publisher, number=first.number, reason=" ", at=at + DAY)
    draft = bulletins.correct(
        story.world.cast.publisher, number=first.number, reason="补记一笔", at=at + DAY
    )
    fixed = publish(story, draft)
    assert (fixed.version, fixed.corrects, fixed.serial) == (2, first.number, 2)
    assert fixed.content["money"]["in_fen"] == 10077
    assert queries.bulletin(first.number).corrected_by == fixed.number
    assert queries.bulletin(first.number).content == first.content
    with pytest.raises(NothingToCorrect):
        bulletins.correct(story.world.cast.publisher, number=first.number, reason="x", at=at + DAY)
    third = run(story, FIRST + DAY, at + 2 * DAY)
    assert third.content["previous"]["number"] == fixed.number
    assert third.content["money"]["opening_fen"] == 10077


def test_acts_still_waiting_for_the_log_stop_the_preparation(story, at):
    sequence(at)
    story.give(100, at=at)
    with pytest.raises(LogIsBehind), transaction.atomic():
        prepare(story, FIRST)


def content(**changes):
    money = {"opening_fen": 5, "in_fen": 10, "out_fen": 3, "closing_fen": 12}
    good = {"item": "A", "opening": 1, "in": 2, "out": 1, "closing": 2}
    return {
        "money": {**money, **changes.get("money", {})},
        "payments": changes.get("payments", [{"amount_fen": 3}]),
        "goods": [{**good, **changes.get("good", {})}],
    }


BEFORE = {"money": {"closing_fen": 5}, "goods": [{"item": "A", "closing": 1}]}


def test_the_gate_lets_a_balanced_bulletin_pass():
    assert reasons_against_publishing(content(), BEFORE) == []


@pytest.mark.parametrize(
    ("wrong", "before", "reason"),
    [
        ({"money": {"closing_fen": 13}}, BEFORE, "money"),
        ({"payments": []}, BEFORE, "payments"),
        ({"good": {"closing": 3}}, BEFORE, "goods:A"),
        ({"good": {"out": 9, "closing": -6}}, BEFORE, "goods:A"),
        ({}, None, "money-opening"),
        ({}, {**BEFORE, "goods": []}, "goods-opening:A"),
        ({}, {**BEFORE, "money": {"closing_fen": 6}}, "money-opening"),
    ],
)
def test_the_gate_stops_what_does_not_balance(wrong, before, reason):
    assert reason in reasons_against_publishing(content(**wrong), before)
