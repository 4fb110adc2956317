"""C1 to C14: what the published texts demand of a log, one test for each, good and bad."""

import base64
import json
from hashlib import sha256
from pathlib import Path

import pytest

from boai.ground.merkle.bundles import Bundle, verify
from boai.ground.merkle.checkpoints import Head, open_checkpoint, sign_head
from boai.ground.merkle.cosignatures import (
    SUBTREE_V1,
    Cosigner,
    WitnessKey,
    check_cosignature,
)
from boai.ground.merkle.hashing import EMPTY_ROOT, leaf_hash
from boai.ground.merkle.notes import MOST_SIGNATURES, NoteIsNotValid, Signer, open_note
from boai.ground.merkle.policy import evaluate, parse
from boai.ground.merkle.proofs import ProofFails
from boai.ground.merkle.tiles import (
    LARGEST_ENTRY,
    BundleIsDamaged,
    Tile,
    bundle,
    bundles_between,
    entries_in,
    hashes_in,
    tiles_between,
)
from boai.ground.merkle.tree import consistency_proof, inclusion_proof, nodes_of, root_of
from boai.ground.merkle.witness import Witness

LOG = Signer("society.example/log", b"\x01" * 32)
STRANGER = Signer("stranger.example/log", b"\x02" * 32)
NOW = 1_580_000_000
ENTRIES = [b"%d" % n for n in range(600)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
NODES = nodes_of(LEAVES)


def head_of(size: int) -> Head:
    return Head(LOG.key.name, size, root_of(LEAVES[:size]))


def line(size: int = 32) -> str:
    return base64.b64encode(bytes(size)).decode() + "\n"


def request(old: int, new: int, proof: list[bytes] | None = None) -> bytes:
    if proof is None:
        proof = consistency_proof(NODES, old, new) if 0 < old < new else []
    lines = "".join(base64.b64encode(step).decode() + "\n" for step in proof)
    return f"old {old}\n{lines}\n{sign_head(head_of(new), LOG)}".encode()


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path / "w", [str(LOG.key)], "witness.example", lambda: NOW)


def test_c1_the_origin_is_there_and_is_the_name_of_the_key() -> None:
    note = sign_head(head_of(3), LOG)
    assert note.split("\n")[0] == LOG.key.name == open_checkpoint(note, LOG.key).origin
    for origin in ("", "another.example/log", f" {LOG.key.name}"):
        with pytest.raises(ValueError, match="origin"):
            sign_head(Head(origin, 3, head_of(3).root), LOG)
        with pytest.raises(NoteIsNotValid):
            open_checkpoint(LOG.sign(f"{origin}\n3\n{line()}"), LOG.key)


def test_c2_sizes_are_plain_and_roots_are_thirty_two_bytes() -> None:
    for size in ("0", "1", "9" * 18):
        assert open_checkpoint(LOG.sign(f"{LOG.key.name}\n{size}\n{line()}"), LOG.key)
    for size in ("", "01", "+1", "-1", "1 ", "0x1", "1.0", "٣", "9" * 30):
        with pytest.raises(NoteIsNotValid):
            open_checkpoint(LOG.sign(f"{LOG.key.name}\n{size}\n{line()}"), LOG.key)
    for root in (line(31), line(33), "\n", line()[:-2] + "\n", line().replace("A=", "B=")):
        with pytest.raises(NoteIsNotValid):
            open_checkpoint(LOG.sign(f"{LOG.key.name}\n3\n{root}"), LOG.key)


def test_c3_there_are_no_extension_lines() -> None:
    assert sign_head(head_of(3), LOG).partition("\n\n")[0].count("\n") == 2
    with pytest.raises(NoteIsNotValid):
        open_checkpoint(LOG.sign(head_of(3).text() + "more\n"), LOG.key)


def test_c4_nothing_inconsistent_gets_past_a_witness(witness: Witness) -> None:
    """What the signer itself refuses stands in the tests of the log: F-20, G16."""
    for old, new in ((0, 3), (3, 256), (256, 600)):
        assert witness.add_checkpoint(request(old, new)).status == 200
    forged = sign_head(Head(LOG.key.name, 600, bytes(32)), LOG)
    assert witness.add_checkpoint(f"old 600\n\n{forged}".encode()).status == 422


def test_c5_the_log_signs_with_ed25519() -> None:
    note = sign_head(head_of(3), LOG)
    blob = base64.b64decode(note.split(" ")[-1])
    assert len(blob) == 4 + 64
    assert base64.b64decode(str(LOG.key).split("+")[2])[:1] == b"\x01"
    alone = Cosigner("witness.example", b"\x03" * 32).cosign(head_of(3).text(), NOW)
    with pytest.raises(NoteIsNotValid):
        open_checkpoint(f"{head_of(3).text()}\n{alone}", LOG.key)


def test_c6_key_ids_are_the_first_four_bytes_of_a_hash() -> None:
    plain, lattice = (Cosigner("w", b"\x03" * 32, form).key for form in (b"\x04", SUBTREE_V1))
    for key, kind in ((LOG.key, b"\x01"), (plain, b"\x04"), (lattice, b"\x06")):
        wanted = sha256(key.name.encode() + b"\n" + kind + key.public).digest()[:4]
        assert key.key_id == wanted
        assert str(key).split("+")[1] == wanted.hex()
    wrong = str(plain).replace(plain.key_id.hex(), "00000000")
    with pytest.raises(NoteIsNotValid):
        WitnessKey.parse(wrong)


def test_c7_unknown_keys_are_passed_over_and_a_known_one_that_fails_refuses_all() -> None:
    note = sign_head(head_of(3), LOG)
    other = STRANGER.sign(head_of(3).text()).rpartition("\n\n")[2]
    assert open_note(note + other, [LOG.key])
    bad = LOG.sign("another text\n").rpartition("\n\n")[2]
    for spoiled in (note + bad, note[: -len(bad)] + bad):
        with pytest.raises(NoteIsNotValid):
            open_note(spoiled, [LOG.key])
    with pytest.raises(NoteIsNotValid):
        open_note(head_of(3).text() + "\n" + other, [LOG.key])
    assert open_note(note + other * (MOST_SIGNATURES - 1), [LOG.key])
    with pytest.raises(NoteIsNotValid):
        open_note(note + other * MOST_SIGNATURES, [LOG.key])


def test_c8_tiles_have_their_widths_and_their_paths() -> None:
    assert len(b"".join(LEAVES[:256])) == 8192
    assert hashes_in(b"".join(LEAVES[:256]), 256) == LEAVES[:256]
    for index, path in ((0, "000"), (999, "999"), (1000, "x001/000"), (1234067, "x001/x234/067")):
        assert Tile(0, index).path == f"tile/0/{path}"
        assert Tile(-1, index, 7).path == f"tile/entries/{path}.p/7"
    for size in (1, 255, 256, 257, 65_536, 70_000):
        tiles = [*tiles_between(0, size), *bundles_between(0, size)]
        assert all(1 <= tile.width <= 256 for tile in tiles)
        for level in (0, 1, 2):
            covered = sum(t.width for t in tiles if t.level == level)
            assert covered == size >> (8 * level)
    assert list(tiles_between(0, 0)) == list(tiles_between(7, 7)) == []
    for length in (0, 8191, 8193, 8160):
        with pytest.raises(BundleIsDamaged):
            hashes_in(bytes(length), 256)


def test_c9_entries_stand_behind_their_length() -> None:
    largest = bytes(LARGEST_ENTRY)
    packed = bundle([b"a", b"", largest])
    assert packed[:5] == b"\x00\x01a\x00\x00"
    assert packed[5:7] == b"\xff\xff"
    assert entries_in(packed, 3) == [b"a", b"", largest]
    with pytest.raises(ValueError, match="65,535"):
        bundle([largest + b"x"])
    for damaged, width in ((packed[:-1], 3), (packed + b"\0", 3), (packed, 2), (packed, 4)):
        with pytest.raises(BundleIsDamaged):
            entries_in(damaged, width)


def test_c10_a_full_tile_never_changes_as_the_log_grows() -> None:
    """How long caches keep what is served stands in the tests of the log's pages."""
    for old, new in ((256, 600), (300, 600), (512, 513)):
        again = {tile for tile in tiles_between(old, new) if tile.width == 256}
        before = {tile for tile in tiles_between(0, old) if tile.width == 256}
        assert not again & before
    for size in (256, 512, 600):
        tile = b"".join(NODES(0, n) for n in range(256))
        assert tile == b"".join(nodes_of(LEAVES[:size])(0, n) for n in range(256))


def test_c11_nothing_is_pruned() -> None:
    """Every bundle and tile that a size ever had is there, or its full form is, at every later."""
    for old in (1, 255, 256, 300, 511):
        for new in (512, 600):
            there = {(t.level, t.index): t.width for t in (*tiles_between(0, new),)}
            there |= {(t.level, t.index): t.width for t in bundles_between(0, new)}
            for tile in (*tiles_between(0, old), *bundles_between(0, old)):
                assert there[tile.level, tile.index] >= tile.width


def test_c12_a_witness_answers_as_the_protocol_says(witness: Witness) -> None:
    ask = witness.add_checkpoint
    stranger = sign_head(Head(STRANGER.key.name, 0, EMPTY_ROOT), STRANGER)
    forged = Signer(LOG.key.name, b"\x09" * 32).sign(head_of(3).text())
    assert ask(f"old 0\n\n{stranger}".encode()).status == 404
    assert ask(f"old 0\n\n{forged}".encode()).status == 403
    assert ask(request(0, 3, [bytes(32)])).status == 422
    good = ask(request(0, 8))
    assert (good.status, good.body[:2], good.body[-1]) == (200, "— ", "\n")
    memory = json.loads((witness.home / "heads.json").read_text())
    assert memory[LOG.key.name]["note"] == sign_head(head_of(8), LOG)
    conflict = ask(request(7, 9))
    assert (conflict.status, conflict.body, conflict.kind) == (409, "8\n", "text/x.tlog.size")
    assert ask(request(8, 3)).status == 400
    assert ask(request(8, 9, [bytes(32)] * 63)).status == 422
    assert ask(request(8, 9, [bytes(32)] * 64)).status == 400
    assert ask(request(8, 8)).status == 200
    assert ask(request(8, 600)).status == 200


def test_c13_a_cosignature_binds_the_time_and_the_head() -> None:
    text = head_of(8).text()
    for form, size in ((b"\x04", 64), (SUBTREE_V1, 2420)):
        cosigner = Cosigner("witness.example", b"\x03" * 32, form)
        signed = cosigner.cosign(text, NOW)
        blob = base64.b64decode(signed.split(" ")[2])
        assert (len(blob), int.from_bytes(blob[4:12], "big")) == (12 + size, NOW)
        assert check_cosignature(text, signed, cosigner.key) == NOW
        later = blob[:4] + (NOW + 1).to_bytes(8, "big") + blob[12:]
        moved = f"— witness.example {base64.b64encode(later).decode()}\n"
        for other, given in ((text, moved), (head_of(9).text(), signed)):
            with pytest.raises(NoteIsNotValid):
                check_cosignature(other, given, cosigner.key)
        for seconds in (0, -1, 2**63):
            with pytest.raises(ValueError, match="time"):
                cosigner.cosign(text, seconds)


def test_c14_a_donor_s_proof_checks_with_a_policy_and_nothing_else() -> None:
    witness = Cosigner("witness.example", b"\x03" * 32, SUBTREE_V1)
    policy = parse(f"log {LOG.key}\nwitness w {witness.key}\nquorum w\n")
    note = sign_head(head_of(600), LOG)
    full = note + witness.cosign(head_of(600).text(), NOW)
    path = tuple(inclusion_proof(NODES, 417, 600))
    text = Bundle(417, path, full).text()
    assert text.startswith("c2sp.org/tlog-proof@v1\nindex 417\n")
    assert verify(Bundle.parse(text), ENTRIES[417], policy).quorum_met
    assert not verify(Bundle(417, path, note), ENTRIES[417], policy).quorum_met
    assert evaluate(full, policy).cosigned == (("w", NOW),)
    with pytest.raises(ProofFails):
        verify(Bundle(418, path, full), ENTRIES[417], policy)
    with pytest.raises(ProofFails):
        Bundle.parse(text.replace("index 417", "index 0417"))
