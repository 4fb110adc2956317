"""The law of files that were brought: what is kept is whole, what has ended is gone."""

from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from boai.ground.core.laws import Verdict, law, verdict
from boai.ground.core.text import gettext_noop as _
from boai.relief.donations.models import Gift, IntakeUndo, StatementFile
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


@law("donations-26", _("整个撤销的文件由两人办理，它带来的捐赠没有一笔仍然有效。"))
def undone_files_are_undone_whole() -> Verdict:
    """I-12, I-18: nothing half taken back."""
    done = IntakeUndo.objects.filter(state="done")
    alone = done.filter(Q(confirmed_by__isnull=True) | Q(confirmed_by=F("proposed_by")))
    breaches = [(_file(pk), "one person") for pk in alone.values_list("intake_id", flat=True)]
    standing = Gift.objects.filter(intake_id__in=done.values("intake_id"), state="confirmed")
    for pk, gifts in standing.values_list("intake_id").annotate(Count("pk")).order_by():
        breaches.append((_file(pk or 0), f"{gifts} gifts stand"))
    reversed_ = Gift.objects.filter(intake_id=OuterRef("intake_id"), state="reversed").order_by()
    sums = reversed_.values("intake_id").annotate(sum=Sum("amount_fen")).values("sum")
    short = done.annotate(back=Coalesce(Subquery(sums), 0)).filter(back__lt=F("amount_fen"))
    for pk, back in short.values_list("intake_id", "back"):
        breaches.append((_file(pk), f"reversed {back} only"))
    return verdict(done.count(), breaches)


def _file(intake_id: int) -> str:
    return f"donations.intake:{intake_id}"
