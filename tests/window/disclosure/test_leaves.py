"""Every public act leaves exactly one leaf, with allowed fields only."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import Replace

from boai.foundations.translog import queries as translog
from boai.foundations.translog.models import Leaf
from boai.foundations.translog.services.sequencing import sequence
from boai.window.disclosure.rules import public_facts
from boai.window.disclosure.services.auditing import the_log_says_what_the_records_say


def test_the_way_of_a_gift_of_goods_is_in_the_log(story, at):
    number, lot = story.give_caps(1000, counted=990, at=at)
    waybill = story.deliver(lot, 300, accepted=290, at=at + timedelta(hours=1))
    kinds = list(Leaf.objects.order_by("id").values_list("kind", flat=True))
    assert kinds.count("gift-confirmed") == 1
    assert kinds.count("goods-received") == 1
    assert kinds.count("goods-issued") == 1
    assert kinds.count("goods-delivered") == 1
    assert kinds[0] == "appeal-opened"
    gift = translog.leaf_of(f"donations.gift:{number}")
    assert gift.facts["appeal"] == story.appeal.slug
    assert gift.facts["lines"][0]["quantity"] == 990
    received = next(iter(Leaf.objects.filter(kind="goods-received")))
    assert number in received.body
    delivered = translog.leaf_of(f"dispatch.delivery:{waybill}")
    assert delivered.facts["receiver"] == "测州市第一医院"
    assert delivered.facts["lines"][0]["quantity"] == 290
    assert sequence(at).size == Leaf.objects.count()


def test_no_name_and_no_telephone_is_in_any_leaf(story, at):
    named = story.give(
        5000, at=at, donor_name="张三丰", phone="13812345678", named=True, display_name="张三丰"
    )
    story.give(7000, at=at, donor_name="李四维", phone="13912345678")
    bodies = "".join(Leaf.objects.values_list("body", flat=True))
    for secret in ("张三丰", "李四维", "13812345678", "13912345678"):
        assert secret not in bodies
    assert translog.opens(f"donations.gift:{named[0]}", "public_name", "张三丰")


def test_an_act_that_fails_leaves_nothing(story, at):
    before = Leaf.objects.count()
    with pytest.raises(ValueError, match="not public"):
        public_facts("gift-confirmed", {"number": "X", "donor": "张三"})
    with pytest.raises(ValueError, match="not public"):
        public_facts("gift-confirmed", {"lines": [{"item": "X", "note": "给张三"}]})
    assert Leaf.objects.count() == before


def test_a_leaf_of_a_gift_that_says_something_else_is_named(story, at):
    money = story.give(5000, at=at)[0]
    goods, _lot = story.give_caps(1000, counted=990, at=at)
    slug = story.appeal.slug
    changes = [
        (money, '"amount_fen":5000', '"amount_fen":5001', "amount_fen"),
        (money, '"amount_fen":5000', '"amount_fen":"5000"', "amount_fen"),
        (money, '"amount_fen":5000,', "", "amount_fen"),
        (money, '"fund":', '"fund":9', "fund"),
        (money, f'"appeal":"{slug}"', '"appeal":"other"', "appeal"),
        (goods, f'"appeal":"{slug}"', '"appeal":"other"', "appeal"),
        (goods, '"organisation":"', '"organisation":"X', "organisation"),
        (goods, '"kind":"in-kind"', '"kind":"cash"', "kind"),
    ]
    for number, true, false, name in changes:
        with transaction.atomic():
            unguarded("translog_leaf")
            row = Leaf.objects.filter(ref=f"donations.gift:{number}", body__contains=true)
            assert row.update(body=Replace("body", Value(true), Value(false))) == 1
            found = the_log_says_what_the_records_say().breaches
            transaction.set_rollback(True)
        assert [(each.subject, each.found) for each in found] == [
            (f"donations.gift:{number}", f"{name}: the log differs")
        ]
    assert not the_log_says_what_the_records_say().breaches


def unguarded(table):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            return
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table]
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')
