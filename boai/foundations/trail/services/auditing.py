"""The laws of the trail."""

from datetime import datetime

from django.db.models import Max

from boai.foundations.trail.models import Act, Evidence
from boai.foundations.trail.services.evidence import stored_digest
from boai.foundations.trail.services.recording import digest_of
from boai.ground.core import clock
from boai.ground.core.clock import bears_time
from boai.ground.core.laws import Verdict, law, verdict
from boai.ground.core.text import gettext_noop as _

MOST_NAMED = 1000


@bears_time("trail")
def latest_act() -> datetime | None:
    """The latest moment at which anything was done, for the watch over the clock (I-45)."""
    found: datetime | None = Act.objects.aggregate(last=Max("at"))["last"]
    return found


@law("trail-01", _("办理记录的每一行都与其摘要一致。"))
def acts_agree_with_their_digests() -> Verdict:
    """Recompute every digest."""
    checked, breaches = 0, []
    for act in Act.objects.iterator(chunk_size=2000):
        checked += 1
        if digest_of(act) != act.digest:
            breaches.append((f"trail.act:{act.pk}", "digest differs"))
    return verdict(checked, breaches)


@law("trail-02", _("每一份佐证文件都在，且内容未变。"))
def evidence_is_there_unchanged() -> Verdict:
    """Hash every stored file again."""
    checked, breaches = 0, []
    for row in Evidence.objects.iterator(chunk_size=500):
        checked += 1
        if stored_digest(row.sha256, row.media_type) != row.sha256:
            breaches.append((f"trail.evidence:{row.key}", "missing or altered"))
    return verdict(checked, breaches)


@law("trail-03", _("没有任何一步办理写着将来的时间。"))
def nothing_is_dated_in_the_future() -> Verdict:
    """Look for acts later than the clock; a believed clock may be put right by two minutes."""
    latest = clock.now() + clock.STEP
    found = Act.objects.filter(at__gt=latest).order_by("pk")[:MOST_NAMED]
    return verdict(
        Act.objects.count(),
        [(f"trail.act:{act.pk}", f"dated {act.at - latest + clock.STEP} ahead") for act in found],
    )
