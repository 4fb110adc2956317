"""Issuing, replacing, cancelling and checking papers."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from boai.foundations.certificates import queries
from boai.foundations.certificates.errors import (
    HolderHasNoName,
    HolderNameIsTooLong,
    PaperIsNotValid,
    PaperKindIsUnknown,
    ReasonIsMissing,
    SubjectHasPaper,
)
from boai.foundations.certificates.events import PaperCancelled, PaperIssued, PapersIssued
from boai.foundations.certificates.models import Paper
from boai.foundations.certificates.services import auditing, issuing, printing
from boai.foundations.certificates.values import PaperOrder, PaperRow
from boai.ground.core import events
from boai.ground.core.actors import SYSTEM
from boai.ground.core.errors import NotFound, NotPermitted
from boai.ground.core.numbering import is_well_formed
from tests.factories.world import World

KIND = "donation-certificate"
FACTS = {"amount_fen": 123456, "purpose": "抗击疫情", "gift_number": "JZ20200129000001X"}


@pytest.fixture
def heard() -> Iterator[list[Any]]:
    facts: list[Any] = []
    kinds = (PaperIssued, PapersIssued, PaperCancelled)
    for kind in kinds:
        events._listeners[kind].append(facts.append)
    yield facts
    for kind in kinds:
        events._listeners[kind].remove(facts.append)


def issue(world: World, at: datetime, subject: str = "donations.gift:A1", **more: Any) -> PaperRow:
    order = {"holder_name": "张三", "facts": FACTS, "kind": KIND} | more
    return issuing.issue(SYSTEM, organisation_id=world.places.city, subject=subject, at=at, **order)


def the_laws_hold() -> bool:
    laws = (auditing.papers_agree_with_their_digests, auditing.one_live_paper_for_a_subject)
    return all(not law().breaches for law in laws)


def test_a_paper_has_number_code_digest_and_is_announced(
    world: World, at: datetime, heard: list[Any]
) -> None:
    row = issue(world, at)
    assert row.number.startswith("ZS20200129") and is_well_formed(row.number)
    assert len(row.check_code) == 8
    assert queries.papers_of("donations.gift:A1") == [row]
    assert [type(fact) for fact in heard] == [PaperIssued]
    assert "张三" not in repr(heard) and row.check_code not in repr(heard)
    assert the_laws_hold()


def test_the_name_is_sealed_at_rest(world: World, at: datetime) -> None:
    issue(world, at, holder_name="欧阳小红")
    with connection.cursor() as cursor:
        cursor.execute("SELECT holder FROM certificates_paper")
        assert "欧阳小红".encode() not in bytes(cursor.fetchone()[0])


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"kind": "diploma"}, PaperKindIsUnknown),
        ({"holder_name": " \u3000"}, HolderHasNoName),
        ({"holder_name": "名" * 10_000}, HolderNameIsTooLong),
    ],
)
def test_refusals(world: World, at: datetime, change: dict[str, Any], refusal: type) -> None:
    with pytest.raises(refusal):
        issue(world, at, **change)
    assert not Paper.objects.exists()


def test_one_valid_paper_for_a_subject(world: World, at: datetime) -> None:
    issue(world, at)
    with pytest.raises(SubjectHasPaper):
        issue(world, at)
    issue(world, at, kind="thank-you-letter")


def test_strangers_may_not_issue(world: World, at: datetime) -> None:
    for actor in (world.cast.keeper, world.cast.outsider):
        with pytest.raises(NotPermitted):
            issuing.issue(
                actor,
                kind=KIND,
                organisation_id=world.places.city,
                subject="donations.gift:A1",
                holder_name="张三",
                facts={},
                at=at,
            )


def test_many_in_one_act(
    world: World, at: datetime, heard: list[Any], django_assert_max_num_queries: Any
) -> None:
    orders = [PaperOrder(f"donations.gift:B{n}", f"捐赠人{n}", FACTS) for n in range(300)]
    with django_assert_max_num_queries(30):
        rows = issuing.issue_many(
            SYSTEM, kind=KIND, organisation_id=world.places.city, orders=orders, at=at
        )
    assert [row.subject for row in rows] == [order.subject for order in orders]
    assert len({row.number for row in rows}) == 300
    assert [len(fact.papers) for fact in heard] == [300]
    with pytest.raises(SubjectHasPaper):
        issuing.issue_many(
            SYSTEM,
            kind=KIND,
            organisation_id=world.places.city,
            orders=[PaperOrder("donations.gift:C", "甲", {})] * 2,
            at=at,
        )
    assert the_laws_hold()


def test_replacing_keeps_the_old_paper_on_record(world: World, at: datetime) -> None:
    old = issue(world, at)
    with pytest.raises(ReasonIsMissing):
        issuing.replace(SYSTEM, number=old.number, reason=" ", at=at)
    later = at + timedelta(days=1)
    new = issuing.replace(
        SYSTEM, number=old.number, reason="名字写错", holder_name="张叁", at=later
    )
    assert queries.paper(old.number).state == "replaced"  # type: ignore[union-attr]
    assert queries.paper(old.number).replaced_by == new.number  # type: ignore[union-attr]
    with pytest.raises(PaperIsNotValid):
        issuing.replace(SYSTEM, number=old.number, reason="再换", at=later)
    shown = queries.checked(old.number, old.check_code)
    assert shown and shown.replaced_by == new.number
    assert the_laws_hold()


def test_cancelling_is_for_good(world: World, at: datetime, heard: list[Any]) -> None:
    row = issue(world, at)
    issuing.cancel(world.cast.cashier, number=row.number, reason="退款", at=at)
    assert isinstance(heard[-1], PaperCancelled)
    with pytest.raises(PaperIsNotValid):
        issuing.cancel(world.cast.cashier, number=row.number, reason="再次", at=at)
    with pytest.raises(NotFound):
        issuing.cancel(world.cast.cashier, number="ZS1", reason="x", at=at)
    issue(world, at)


def test_checking_needs_number_and_code(world: World, at: datetime) -> None:
    row = issue(world, at)
    shown = queries.checked(row.number.lower(), f" {row.check_code[:4]} {row.check_code[4:]}")
    assert shown and shown.holder == "张*" and shown.state == "issued"
    assert ("amount_fen", "捐赠金额", 123456) in shown.facts
    assert queries.checked(row.number, "AAAAAAAA") is None
    assert queries.checked("ZS20200129000009X", row.check_code) is None
    assert queries.checked(row.number, "") is None


def test_the_database_refuses_what_goes_round_the_services(world: World, at: datetime) -> None:
    row = issue(world, at)
    rows = Paper.objects.filter(number=row.number)
    for change in ({"facts": {}}, {"check_code": "AAAAAAAA"}, {"state": "cancelled"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        twin = rows.get()
        twin.pk, twin.number = None, "ZS2"
        twin.save(force_insert=True)
    issuing.cancel(SYSTEM, number=row.number, reason="试", at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(state="issued", closed_at=None)


def test_an_altered_paper_is_named_by_the_law(world: World, at: datetime) -> None:
    row = issue(world, at)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER certificates_paper_append_only_update")
        else:
            cursor.execute("SET LOCAL session_replication_role = 'replica'")
        cursor.execute("UPDATE certificates_paper SET subject = 'donations.gift:Z9'")
    breaches = auditing.papers_agree_with_their_digests().breaches
    assert [breach.subject for breach in breaches] == [f"certificates.paper:{row.number}"]


@pytest.mark.parametrize("kind", ["donation-certificate", "thank-you-letter"])
def test_pdf_and_picture(world: World, at: datetime, kind: str) -> None:
    facts = FACTS | {"goods": ["医用外科口罩 2,000 只", "防护服 100 件"]}
    row = issue(world, at, kind=kind, holder_name="#panic() *张𠮷三* $x$", facts=facts)
    first = printing.pdf(row.number)
    assert first.startswith(b"%PDF") and printing.pdf(row.number) == first
    assert printing.png(row.number).startswith(b"\x89PNG")
    with pytest.raises(NotFound):
        printing.pdf("ZS0")


def test_the_code_on_the_picture_leads_to_the_check_page(world: World, at: datetime) -> None:
    zxingcpp = pytest.importorskip("zxingcpp")
    from io import BytesIO

    from PIL import Image

    row = issue(world, at)
    found = zxingcpp.read_barcodes(Image.open(BytesIO(printing.png(row.number))))
    assert found[0].text.endswith(f"/verify/?n={row.number}&c={row.check_code}")


def test_a_character_without_glyph_is_reported(world: World, at: datetime) -> None:
    row = issue(world, at, holder_name="张\U0010f000")
    assert [g.code_point for g in printing.document(row.number).missing] == ["U+10F000"]
