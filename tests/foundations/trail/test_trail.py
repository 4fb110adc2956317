"""The trail cannot be changed; evidence is cleaned and kept."""

from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from PIL import Image

from boai.foundations.trail import queries
from boai.foundations.trail.errors import (
    EvidenceIsEmpty,
    EvidenceIsTooLarge,
    EvidenceKindIsNotTaken,
)
from boai.foundations.trail.models import Act, Evidence
from boai.foundations.trail.services import evidence
from boai.foundations.trail.services.auditing import (
    acts_agree_with_their_digests,
    evidence_is_there_unchanged,
)
from boai.foundations.trail.services.recording import record, record_many
from boai.foundations.trail.values import ActOrder
from boai.ground.core.actors import SYSTEM, Actor

KEEPER = Actor(kind="person", name="周保管", user_id=7, person_id=70, organisation_id=3)


@pytest.fixture(autouse=True)
def folder(settings: object, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "evidence"  # type: ignore[attr-defined]
    return tmp_path / "evidence"


def photo(kind: str = "JPEG", size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "white").save(out, kind, **options)
    return out.getvalue()


def test_acts_are_kept_with_person_and_organisation_but_no_name(db: None, at: datetime) -> None:
    number = record(KEEPER, "receive", subject="warehouse.lot:1", at=at, detail={"n": 5})
    record_many(SYSTEM, [ActOrder("freeze", "x.y:1", 9), ActOrder("freeze", "x.y:2")], at=at)
    [act] = queries.acts_on("warehouse.lot:1")
    assert (act.id, act.actor_label, act.person_id, act.organisation_id) == (
        number,
        "person:7",
        70,
        3,
    )
    assert "周保管" not in str(Act.objects.values())
    assert acts_agree_with_their_digests().checked == 3
    assert acts_agree_with_their_digests().breaches == ()


def test_the_database_refuses_to_change_or_drop_an_act(db: None, at: datetime) -> None:
    record(KEEPER, "receive", subject="warehouse.lot:1", at=at)
    for act in (
        lambda: Act.objects.update(verb="steal"),
        lambda: Act.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_an_act_altered_behind_the_back_is_named(db: None, at: datetime) -> None:
    number = record(KEEPER, "receive", subject="warehouse.lot:1", at=at)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE trail_act DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER trail_act_append_only_update")
        cursor.execute("UPDATE trail_act SET verb = 'other'")
    assert [b.subject for b in acts_agree_with_their_digests().breaches] == [f"trail.act:{number}"]


def test_pictures_lose_their_places_and_stay_upright(db: None, at: datetime) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif.get_ifd(0x8825)[1] = "N"
    key = evidence.attach(
        KEEPER, subject="d.w:1", content=photo(exif=exif), filename="../a.jpg", at=at
    )
    stored = evidence.read(key)
    assert stored is not None
    content, media_type = stored
    assert media_type == "image/jpeg"
    with Image.open(BytesIO(content)) as seen:
        assert not seen.getexif()
        assert seen.size == (30, 40)
    [row] = queries.evidence_of("d.w:1")
    assert (row.filename, row.organisation_id) == ("a.jpg", 3)
    assert evidence_is_there_unchanged().breaches == ()


def test_the_same_content_again_is_the_same_evidence(db: None, at: datetime) -> None:
    given = {"subject": "d.w:1", "content": photo("PNG"), "filename": "a.png", "at": at}
    assert evidence.attach(KEEPER, **given) == evidence.attach(KEEPER, **given)
    assert Evidence.objects.count() == 1


def test_pdf_is_kept_and_other_files_are_refused(
    db: None, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def attach(content: bytes) -> str:
        return evidence.attach(KEEPER, subject="d.w:1", content=content, filename="a", at=at)

    stored = evidence.read(attach(b"%PDF-1.7\n...\n%%EOF\n"))
    assert stored is not None and stored[1] == "application/pdf"
    for wrong in (b"MZ\x90", b"<html>", b"GIF89a" + b"\0" * 40, photo()[:200], b"%PDF-1.7"):
        with pytest.raises(EvidenceKindIsNotTaken):
            attach(wrong)
    with pytest.raises(EvidenceIsEmpty):
        attach(b"")
    with pytest.raises(EvidenceIsTooLarge):
        attach(b"\0" * (evidence.LARGEST_BYTES + 1))
    monkeypatch.setattr(evidence, "LARGEST_PIXELS", 100)
    with pytest.raises(EvidenceIsTooLarge):
        attach(photo())


def test_a_file_altered_or_gone_is_named(db: None, folder: Path, at: datetime) -> None:
    key = evidence.attach(KEEPER, subject="d.w:1", content=photo(), filename="a.jpg", at=at)
    [path] = folder.glob("*/*.jpg")
    path.write_bytes(b"other")
    assert [b.subject for b in evidence_is_there_unchanged().breaches] == [f"trail.evidence:{key}"]
    path.unlink()
    assert evidence.read(key) is None
