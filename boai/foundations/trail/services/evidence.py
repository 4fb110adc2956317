"""Keeping pictures and papers."""

import os
import secrets
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.db import transaction
from PIL import Image, ImageOps, UnidentifiedImageError

from boai.foundations.trail.errors import (
    EvidenceIsEmpty,
    EvidenceIsTooLarge,
    EvidenceKindIsNotTaken,
)
from boai.foundations.trail.models import Evidence
from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor

LARGEST_BYTES = 10 * 1024 * 1024
LARGEST_PIXELS = 40_000_000
LONGEST_SIDE = 2400
_SUFFIX = {"image/jpeg": "jpg", "application/pdf": "pdf"}
_TAKEN = ("JPEG", "PNG", "WEBP")


def attach(
    actor: Actor,
    *,
    subject: str,
    content: bytes,
    filename: str,
    at: datetime,
    organisation_id: int | None = None,
) -> str:
    """Keep a picture or PDF as evidence of a subject; answers its key.

    Pictures are turned upright, made at most 2,400 pixels long and written anew as JPEG, which
    drops EXIF, places and anything hidden behind the picture. The same content for the same
    subject again gives the same key.
    *Refuses*: ``EvidenceIsEmpty``, ``EvidenceIsTooLarge``, ``EvidenceKindIsNotTaken``.
    """
    shown = Path(filename.replace("\x00", "")).name[:80] or "-"
    stored, media_type = _cleaned(content, shown)
    name = sha256(stored).hexdigest()
    with transaction.atomic():
        known = Evidence.objects.filter(subject=subject, sha256=name).first()
        if known is not None:
            return known.key
        _write(_path(name, media_type), stored)
        row = Evidence.objects.create(
            key="E" + secrets.token_hex(12),
            subject=subject,
            organisation_id=organisation_id or actor.organisation_id,
            sha256=name,
            media_type=media_type,
            filename=shown,
            size=len(stored),
            actor_label=actor.label,
            person_id=actor.person_id,
            at=at,
        )
        record(actor, "attach-evidence", subject=subject, at=at, detail={"sha256": name})
    return row.key


def read(key: str) -> tuple[bytes, str] | None:
    """Content and media type of a piece of evidence, for the door; ``None`` where there is none."""
    row = Evidence.objects.filter(key=key).first()
    if row is None:
        return None
    path = _path(row.sha256, row.media_type)
    return (path.read_bytes(), row.media_type) if path.exists() else None


def stored_digest(name: str, media_type: str) -> str:
    """The digest of what lies in the store under a name; empty where nothing does."""
    path = _path(name, media_type)
    return sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def _cleaned(content: bytes, filename: str) -> tuple[bytes, str]:
    if not content:
        raise EvidenceIsEmpty(field="photo")
    if len(content) > LARGEST_BYTES:
        raise EvidenceIsTooLarge(field="photo", filename=filename)
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]:
        return content, "application/pdf"
    try:
        with Image.open(BytesIO(content), formats=_TAKEN) as picture:
            if picture.width * picture.height > LARGEST_PIXELS:
                raise EvidenceIsTooLarge(field="photo", filename=filename)
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise EvidenceKindIsNotTaken(field="photo", filename=filename) from None
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    written = BytesIO()
    upright.save(written, "JPEG", quality=85)
    return written.getvalue(), "image/jpeg"


def _path(name: str, media_type: str) -> Path:
    return Path(settings.MEDIA_ROOT) / name[:2] / f"{name}.{_SUFFIX[media_type]}"


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: a crash leaves no half file under the final name."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(f".{secrets.token_hex(4)}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
