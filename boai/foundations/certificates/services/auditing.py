"""The laws of the room."""

from itertools import islice

from django.db.models import Count

from boai.foundations.certificates.models import Paper
from boai.foundations.certificates.rules import paper_digests
from boai.foundations.certificates.values import ISSUED
from boai.ground.core.laws import Verdict, law, verdict
from boai.ground.core.text import gettext_noop as _

AT_ONCE = 2000
_SAID = {
    "check_code": "check_code",
    "facts": "facts",
    "holder": "holder",
    "issued_at": "issued_at",
    "kind": "kind",
    "number": "number",
    "organisation": "organisation_id",
    "replaces": "replaces__number",
    "subject": "subject",
    "template": "template_version",
}
"""What a paper's digest is over, by the names of ``rules.paper_digest``, and where it is kept."""


@law("certificates-01", _("每一份证书的内容都与其摘要一致。"))
def papers_agree_with_their_digests() -> Verdict:
    """Recompute every digest, of papers no longer valid too: plain columns, a part at a time."""
    checked, breaches = 0, []
    rows = Paper.objects.values_list(*_SAID.values(), "digest").iterator(chunk_size=AT_ONCE)
    while part := list(islice(rows, AT_ONCE)):
        checked += len(part)
        *columns, stored = zip(*part, strict=True)
        said = dict(zip(_SAID, columns, strict=True))
        said["holder"] = tuple(map(str, said["holder"]))
        said["replaces"] = tuple(number or "" for number in said["replaces"])
        for number, found, kept in zip(said["number"], paper_digests(said), stored, strict=True):
            if found != kept:
                breaches.append((f"certificates.paper:{number}", "digest differs"))
    return verdict(checked, breaches)


@law("certificates-02", _("同一事项至多有一份有效的同类证书。"))
def one_live_paper_for_a_subject() -> Verdict:
    """Count valid papers by kind and subject."""
    live = Paper.objects.filter(state=ISSUED)
    twice = live.values_list("kind", "subject").annotate(many=Count("pk")).filter(many__gt=1)
    breaches = [(subject, f"{many} live papers of {kind}") for kind, subject, many in twice]
    return verdict(live.count(), breaches)
