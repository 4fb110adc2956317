"""The laws of the room."""

from django.db.models import Count

from boai.foundations.certificates.models import Paper
from boai.foundations.certificates.rules import paper_digest
from boai.foundations.certificates.values import ISSUED
from boai.ground.core.laws import Verdict, law, verdict
from boai.ground.core.text import gettext_noop as _


@law("certificates-01", _("每一份证书的内容都与其摘要一致。"))
def papers_agree_with_their_digests() -> Verdict:
    """Recompute every digest, of papers no longer valid too."""
    checked, breaches = 0, []
    for paper in Paper.objects.select_related("replaces").iterator(chunk_size=2000):
        checked += 1
        found = paper_digest(
            number=paper.number,
            kind=paper.kind,
            organisation_id=paper.organisation_id,
            subject=paper.subject,
            holder=str(paper.holder),
            facts=paper.facts,
            check_code=paper.check_code,
            template_version=paper.template_version,
            replaces=paper.replaces.number if paper.replaces else "",
            issued_at=paper.issued_at,
        )
        if found != paper.digest:
            breaches.append((f"certificates.paper:{paper.number}", "digest differs"))
    return verdict(checked, breaches)


@law("certificates-02", _("同一事项至多有一份有效的同类证书。"))
def one_live_paper_for_a_subject() -> Verdict:
    """Count valid papers by kind and subject."""
    live = Paper.objects.filter(state=ISSUED)
    twice = live.values_list("kind", "subject").annotate(many=Count("pk")).filter(many__gt=1)
    breaches = [(subject, f"{many} live papers of {kind}") for kind, subject, many in twice]
    return verdict(live.count(), breaches)
