"""Exporting: the whole log as files that anyone can check without us."""

from pathlib import Path

from boai.foundations.translog import files, queries
from boai.foundations.translog.errors import NothingSignedYet
from boai.foundations.translog.values import Checkpoint
from boai.ground.merkle.tiles import bundles_between, tiles_between


def export_log(folder: Path) -> Checkpoint:
    """Write checkpoint, policy, verifier key, tiles and entry bundles of the newest signed head.

    The checkpoint carries the cosignatures that there are; whether they are enough, the policy
    says to whoever reads it. *Refuses*: ``NothingSignedYet``, ``LogIsDamaged``,
    ``PolicyIsUnreadable``, ``PolicyNamesAnotherLog``.
    """
    head = queries.checkpoint_with_cosignatures()
    if head is None:
        raise NothingSignedYet()
    for tile in (*bundles_between(0, head.size), *tiles_between(0, head.size)):
        path = folder / tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(files.read_tile(tile))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vkey").write_text(f"{files.signer().key}\n", encoding="utf-8")
    (folder / "policy").write_text(queries.log_policy_text(), encoding="utf-8")
    (folder / "checkpoint").write_text(head.note, encoding="utf-8")
    return head
