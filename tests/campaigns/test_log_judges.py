"""The judge of the log's campaigns: a signed head is borne out by the files, or it says why not."""

from pathlib import Path

from tests.campaigns.society_log import backed
from tests.foreign.logs import SIGNER, entries, write_log

KEY = str(SIGNER.key)


def test_a_head_is_borne_out_also_where_the_log_has_grown_since(tmp_path: Path) -> None:
    old = write_log(tmp_path / "old", entries(200))
    note = (old / "checkpoint").read_text()
    assert backed(note, KEY, old) == ""
    write_log(old, entries(300))
    (old / "tile/0/000.p/200").unlink()
    assert backed(note, KEY, old) == ""
    # What a crash left behind of a larger tree is not asked for.
    (old / "tile/0/001.p/77").write_bytes(b"x")
    assert backed(note, KEY, old) == ""


def test_a_head_before_its_files_or_over_other_files_is_told(tmp_path: Path) -> None:
    note = (write_log(tmp_path / "new", entries(300)) / "checkpoint").read_text()
    old = write_log(tmp_path / "old", entries(200))
    assert "tile/entries" in backed(note, KEY, old)
    other = write_log(tmp_path / "other", entries(300, altered=4))
    assert "signed root" in backed(note, KEY, other)
    assert backed(note.replace("300", "301"), KEY, other) != ""
