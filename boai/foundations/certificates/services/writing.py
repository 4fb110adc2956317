"""Writing papers into the register, any number and several kinds at once.

For the services of this room. The digest of a paper is put together from its pieces; the form is
that of ``rules.paper_digest``, to which a test holds it and against which law certificates-01 reads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from boai.foundations.certificates.errors import (
    HolderHasNoName,
    HolderNameIsTooLong,
    PaperKindIsUnknown,
    SubjectHasPaper,
)
from boai.foundations.certificates.events import PaperFact
from boai.foundations.certificates.models import Paper
from boai.foundations.certificates.rules import (
    LONGEST_HOLDER,
    new_check_codes,
    public_facts,
    tidy_holder,
)
from boai.foundations.certificates.values import ISSUED, KINDS, PaperOrder, PaperRow
from boai.ground.core.canonical import canonical_many, moment, quoted
from boai.ground.core.clock import day_of
from boai.ground.kit.db.bulk import append_rows, chunks, rows_among
from boai.ground.kit.db.sane_time import require_sane_clock
from boai.ground.kit.db.sealed import seal_many
from boai.ground.kit.db.series import take_public_numbers

ASKED_AT_ONCE = 5000


@dataclass(slots=True)
class NewPaper:
    """A paper as it was just written."""

    number: str
    kind: str
    organisation_id: int
    subject: str
    holder: str
    facts: str
    public: Mapping[str, Any]
    check_code: str
    issued_at: datetime
    digest: str
    replaces: str

    @property
    def version(self) -> str:
        """The version of its printed words."""
        return KINDS[self.kind].version

    @property
    def row(self) -> PaperRow:
        """What the one who issued it sees."""
        return PaperRow(
            self.number,
            self.check_code,
            self.kind,
            self.organisation_id,
            self.subject,
            ISSUED,
            self.issued_at,
            "",
            self.digest,
        )

    @property
    def fact(self) -> PaperFact:
        """What is announced of it."""
        return PaperFact(
            self.number,
            self.kind,
            self.organisation_id,
            self.subject,
            self.digest,
            self.replaces,
            self.public,
        )


def write(
    kinds: Sequence[str],
    organisation_id: int,
    orders: Sequence[PaperOrder],
    at: datetime,
    *,
    replaces: Paper | None = None,
) -> list[NewPaper]:
    """Write one paper of each kind for every order: the papers of the first kind, then the next.

    *Refuses*: ``PaperKindIsUnknown``, ``HolderHasNoName``, ``HolderNameIsTooLong``,
    ``SubjectHasPaper``, ``ClockIsNotSane``.
    """
    for kind in kinds:
        if kind not in KINDS:
            raise PaperKindIsUnknown(field="kind", kind=kind[:40])
    # A paper bears its day in public: none is dated by a clock that cannot be believed (I-45).
    require_sane_clock()
    subjects = [order.subject for order in orders]
    # The numbers come first: their rows are the lock. Of two who issue the same paper at one moment
    # the second waits for them, and then finds the first one's paper.
    taken = {
        kind: take_public_numbers(KINDS[kind].prefix, day_of(at), len(orders)) for kind in kinds
    }
    _require_no_live_papers(kinds, subjects)
    holders = [_holder(order.holder_name) for order in orders]
    facts = canonical_many([dict(order.facts) for order in orders])
    public = [public_facts(order.facts) for order in orders]
    before = replaces.number if replaces else ""
    papers = []
    for kind in kinds:
        codes = new_check_codes(len(orders))
        pieces = zip(taken[kind], subjects, holders, facts, public, codes, strict=True)
        papers += [
            NewPaper(
                number, kind, organisation_id, subject, holder, says, shown, code, at, "", before
            )
            for number, subject, holder, says, shown, code in pieces
        ]
    digest_all(papers)
    _append(papers, organisation_id, at, replaces)
    return papers


def digest_all(papers: Sequence[NewPaper]) -> None:
    """Give each paper its digest: all of one moment, in the form of ``rules.paper_digest``."""
    issued = moment(papers[0].issued_at)
    for paper in papers:
        content = (
            f'{{"check_code":"{paper.check_code}","facts":{paper.facts},'
            f'"holder":{quoted(paper.holder)},"issued_at":"{issued}","kind":{quoted(paper.kind)},'
            f'"number":"{paper.number}","organisation":{paper.organisation_id},'
            f'"replaces":"{paper.replaces}","subject":{quoted(paper.subject)},'
            f'"template":"{paper.version}"}}'
        )
        paper.digest = sha256(content.encode()).hexdigest()


def _append(
    papers: Sequence[NewPaper], organisation_id: int, at: datetime, replaces: Paper | None
) -> None:
    place = f"{Paper._meta.db_table}.holder"
    append_rows(
        Paper,
        len(papers),
        {
            "number": [paper.number for paper in papers],
            "kind": [paper.kind for paper in papers],
            "organisation_id": organisation_id,
            "subject": [paper.subject for paper in papers],
            "holder": seal_many([paper.holder for paper in papers], place),
            "facts": [paper.facts for paper in papers],
            "check_code": [paper.check_code for paper in papers],
            "template_version": [paper.version for paper in papers],
            "replaces_id": replaces.pk if replaces else None,
            "digest": [paper.digest for paper in papers],
            "issued_at": at,
            "state": ISSUED,
        },
        with_ids=False,
    )


def _holder(name: str) -> str:
    holder = tidy_holder(name)
    if not holder:
        raise HolderHasNoName(field="holder_name")
    if len(holder) > LONGEST_HOLDER:
        raise HolderNameIsTooLong(field="holder_name", limit=LONGEST_HOLDER)
    return holder


def _require_no_live_papers(kinds: Sequence[str], subjects: Sequence[str]) -> None:
    if len(set(subjects)) < len(subjects):
        raise SubjectHasPaper(number="-")
    for part in chunks(subjects, ASKED_AT_ONCE):
        also = {"kind": list(kinds), "state": ISSUED}
        for (number,) in rows_among(Paper._meta.db_table, ["number"], "subject", part, also):
            raise SubjectHasPaper(number=number)
