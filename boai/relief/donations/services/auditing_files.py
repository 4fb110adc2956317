"""The law of files that were brought: what is kept is whole, what has ended is gone."""

from hashlib import sha256
from pathlib import Path

from django.conf import settings

from boai.ground.core.laws import Verdict, law, verdict
from boai.ground.core.text import gettext_noop as _
from boai.relief.donations.models import StatementFile
from boai.relief.donations.services import intake_files


@law("donations-25", _("待收下的文件内容完整，已收下或已删除的文件不留内容。"))
def kept_files_are_whole_and_ended_ones_gone() -> Verdict:
    """Personal data is kept no longer than it is needed, and what is taken in is what was shown."""
    checked, breaches, kept = 0, [], set()
    for row in StatementFile.objects.order_by("pk"):
        checked += 1
        ref, path = f"donations.statement:{row.pk}", intake_files.place_of(row)
        if row.state in ("taken", "gone"):
            if path.exists():
                breaches.append((ref, "its content is still there"))
            continue
        kept.add(path)
        if sha256(intake_files.content_of(row)).hexdigest() != row.sha256:
            breaches.append((ref, "its content is missing or another"))
    folder = Path(settings.BOAI_HOME) / "statements"
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path not in kept:
            breaches.append(("donations.statement:?", f"{path.name[:12]}: content of no file"))
    return verdict(checked, breaches)
