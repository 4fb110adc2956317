"""Asking the witnesses of the policy to cosign the newest signed head.

Each witness is asked on a thread of its own, which touches no database. A round waits two seconds for
answers; what comes later is taken up by the next round. So one slow witness holds up neither the log
nor the others. Nothing here may run inside a transaction: it waits for other machines.
"""

import threading
import time
from datetime import UTC, datetime, timedelta

from boai.foundations.translog import files, queries
from boai.foundations.translog.errors import NothingSignedYet, WitnessDidNotSign
from boai.foundations.translog.models import Cosignature, SignedHead, WitnessContact
from boai.foundations.translog.services.publishing import publish_what_is_witnessed
from boai.ground.merkle.asking import COSIGNED, UNREACHABLE, Errand, Outcome, Prove, ask
from boai.ground.merkle.cosignatures import WitnessKey
from boai.ground.merkle.notes import NoteIsNotValid
from boai.ground.merkle.policy import WitnessLine
from boai.ground.merkle.tiles import nodes_from_tiles
from boai.ground.merkle.tree import consistency_proof

PATIENCE = 2.0
"""Seconds that one round waits for answers."""
_GIVEN_UP = 60.0
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(minutes=10)
ASK_AGAIN = timedelta(minutes=5)
"""Also without news a witness is asked this often: only so does a log learn that it fell behind."""
ASKED_LATELY = timedelta(minutes=10)


class _Asked(threading.Thread):
    """One question under way."""

    def __init__(self, errand: Errand, head_id: int) -> None:
        super().__init__(daemon=True, name=f"witness {errand.key.name}")
        self.errand, self.head_id, self.began = errand, head_id, time.monotonic()
        self.outcome: Outcome | None = None

    def run(self) -> None:
        """Ask; the answer is read by whoever joins the thread."""
        self.outcome = ask(self.errand)


Place = tuple[str, str]
_under_way: dict[Place, _Asked] = {}


def ask_witness(address: str, vkey: str) -> str:
    """The newest signed checkpoint with one witness's line under it, verified; keeps nothing.

    *Refuses*: ``NothingSignedYet``, ``WitnessDidNotSign`` (not reachable, refuses, remembers more
    than this log holds, or answers with a signature that does not fit), ``LogIsDamaged``.
    """
    head = queries.checkpoint()
    if head is None:
        raise NothingSignedYet()
    try:
        key = WitnessKey.parse(vkey)
    except NoteIsNotValid as reason:
        raise WitnessDidNotSign(witness=address, answer=str(reason)) from None
    outcome = ask(Errand(address, key, head.note, head.size, 0, _prove(head.size)))
    if outcome.state != COSIGNED:
        raise WitnessDidNotSign(witness=address, answer=outcome.detail)
    return head.note + outcome.line


def ask_witnesses(at: datetime, *, everyone: bool = False, patience: float = PATIENCE) -> int:
    """Carry the newest signed head to each witness that is due, keep what comes back, publish.

    Answers how many cosignatures were new. A witness is due when it has not cosigned that head or
    was not asked for a while; after a failure it is left in peace, ten seconds at first, ten
    minutes at most. ``everyone``: ask all, whatever was known of them. *Refuses*:
    ``PolicyIsUnreadable``, ``PolicyNamesAnotherLog``.
    """
    policy, head = files.read_policy(), SignedHead.objects.order_by("-size").first()
    if head is None:
        return 0
    contacts = {(c.witness, c.key_id): c for c in WitnessContact.objects.all()}
    signed = set(head.cosignatures.values_list("witness", "key_id"))
    for witness in policy.witnesses:
        place = (witness.key.name, witness.key.key_id.hex())
        contact = contacts.get(place) or WitnessContact(witness=place[0], key_id=place[1])
        if place in _under_way or not witness.url:
            continue
        if everyone or _is_due(contact, place in signed, at):
            _under_way[place] = asked = _Asked(_errand(witness, head, contact), head.pk)
            asked.start()
    kept = _take_up(at, patience)
    publish_what_is_witnessed(at)
    return kept


def ask_if_not_asked_lately(at: datetime) -> None:
    """Before a signature: no witness with an address may have been left unasked for ten minutes.

    A log that came back whole from an old backup, seal and all, cannot know it by itself; a witness
    that remembers more says so. Whoever cannot be reached holds up nothing.
    """
    witnesses = [w for w in files.read_policy().witnesses if w.url]
    if not witnesses:
        return
    asked = dict(WitnessContact.objects.values_list("key_id", "asked_at"))
    for witness in witnesses:
        last = asked.get(witness.key.key_id.hex())
        if last is None or abs(at - last) > ASKED_LATELY:
            ask_witnesses(at, everyone=True)
            return


def _is_due(contact: WitnessContact, has_signed: bool, at: datetime) -> bool:
    if contact.asked_at is None or contact.next_at is None:
        return True
    # A clock that was set back must not silence a witness: no pause is longer than the longest.
    if contact.next_at - at > LONGEST_PAUSE:
        return True
    if contact.state == COSIGNED and not has_signed:
        return True
    return at >= contact.next_at


def _errand(witness: WitnessLine, head: SignedHead, contact: WitnessContact) -> Errand:
    old = min(contact.seen_size, head.size)
    return Errand(witness.url, witness.key, head.note, head.size, old, _prove(head.size))


def _take_up(at: datetime, patience: float) -> int:
    """Wait for fresh answers as long as patience lasts; keep those that are there.

    Who was late in an earlier round is not waited for again, and given up after a minute.
    """
    for asked in list(_under_way.values()):
        asked.join(max(0.0, asked.began + patience - time.monotonic()))
    kept = 0
    for place, asked in list(_under_way.items()):
        if not asked.is_alive() or time.monotonic() - asked.began > _GIVEN_UP:
            del _under_way[place]
            kept += _keep(place, asked, at)
    return kept


def _keep(place: Place, asked: _Asked, at: datetime) -> int:
    outcome = asked.outcome or Outcome(UNREACHABLE, detail=f"no answer in {_GIVEN_UP:.0f} s")
    contact = WitnessContact.objects.filter(witness=place[0], key_id=place[1]).first()
    contact = contact or WitnessContact(witness=place[0], key_id=place[1])
    if contact.state != outcome.state:
        contact.since = at
    contact.state, contact.detail, contact.asked_at = outcome.state, outcome.detail[:300], at
    if outcome.state == COSIGNED:
        contact.failures, contact.next_at = 0, at + ASK_AGAIN
    else:
        pause = min(FIRST_PAUSE * 2 ** min(contact.failures, 10), LONGEST_PAUSE)
        contact.failures, contact.next_at = contact.failures + 1, at + pause
    contact.seen_size = max(contact.seen_size, outcome.seen_size)
    contact.save()
    head = SignedHead.objects.filter(pk=asked.head_id).first()
    if outcome.state != COSIGNED or head is None:
        return 0
    before = Cosignature.objects.filter(head=head).count()
    Cosignature.objects.bulk_create(
        [
            Cosignature(
                head=head,
                witness=place[0],
                key_id=place[1],
                line=outcome.line,
                signed_at=datetime.fromtimestamp(outcome.seconds, UTC),
                received_at=at,
            )
        ],
        ignore_conflicts=True,
    )
    return Cosignature.objects.filter(head=head).count() - before


def _prove(size: int) -> Prove:
    def prove(old: int) -> list[bytes]:
        return consistency_proof(nodes_from_tiles(files.read_tile, size), old, size)

    return prove
