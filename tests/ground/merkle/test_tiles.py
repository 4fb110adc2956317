"""Tiles: paths, widths, bundles, and proofs read from tiles alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boai.ground.merkle.hashing import leaf_hash
from boai.ground.merkle.proofs import check_inclusion
from boai.ground.merkle.tiles import (
    WIDTH,
    BundleIsDamaged,
    Tile,
    bundle,
    bundles_between,
    entries_in,
    hashes_in,
    nodes_from_tiles,
    tiles_between,
)
from boai.ground.merkle.tree import inclusion_proof, nodes_of, range_root, root_of


def test_paths_of_the_specification():
    assert Tile(0, 0).path == "tile/0/000"
    assert Tile(1, 1234067).path == "tile/1/x001/x234/067"
    assert Tile(0, 273, 112).path == "tile/0/273.p/112"
    assert Tile(-1, 1000).path == "tile/entries/x001/000"


def test_tile_counts_of_the_worked_example():
    tiles = list(tiles_between(0, 70_000))
    assert [sum(t.level == level for t in tiles) for level in (0, 1, 2)] == [274, 2, 1]
    assert len(list(bundles_between(0, 70_000))) == 274
    assert tiles[273].width == 112


def test_nothing_to_write_where_nothing_grew():
    assert list(tiles_between(300, 300)) == []
    assert [t.path for t in tiles_between(256, 257)] == ["tile/0/001.p/1"]
    assert [t.path for t in tiles_between(255, 256)] == ["tile/0/000", "tile/1/000.p/1"]


@given(st.integers(1, 1400), st.data())
@settings(max_examples=25, deadline=None)
def test_roots_and_proofs_follow_from_tiles(size, data):
    leaves = [leaf_hash(n.to_bytes(4, "big")) for n in range(size)]
    node_in_memory = nodes_of(leaves)
    stored = {
        tile: b"".join(
            node_in_memory(8 * tile.level, tile.index * WIDTH + i) for i in range(tile.width)
        )
        for tile in tiles_between(0, size)
    }
    node = nodes_from_tiles(stored.__getitem__, size)
    assert range_root(node, 0, size) == root_of(leaves)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(node, index, size)
    check_inclusion(index, size, leaves[index], proof, root_of(leaves))


def test_a_tile_that_was_altered_is_not_remembered():
    leaves = [leaf_hash(n.to_bytes(4, "big")) for n in range(WIDTH)]
    stored = {Tile(0, 0): b"".join(leaves), Tile(1, 0, 1): root_of(leaves)}
    before = range_root(nodes_from_tiles(stored.__getitem__, WIDTH), 0, 128)
    assert before == root_of(leaves[:128])
    leaves[5] = leaf_hash(b"another")
    stored[Tile(0, 0)] = b"".join(leaves)
    after = range_root(nodes_from_tiles(stored.__getitem__, WIDTH), 0, 128)
    assert after == root_of(leaves[:128]) != before
    for damaged in (stored[Tile(0, 0)][:-1], stored[Tile(0, 0)] + bytes(32), b""):
        stored[Tile(0, 0)] = damaged
        with pytest.raises(BundleIsDamaged):
            nodes_from_tiles(stored.__getitem__, WIDTH)(3, 1)


def test_bundles_are_read_as_they_were_written():
    entries = [b"", b"x" * 65_535, "捐".encode()]
    assert entries_in(bundle(entries), 3) == entries
    with pytest.raises(ValueError, match="65,535"):
        bundle([b"x" * 65_536])
    for damaged in (bundle(entries)[:-1], bundle(entries) + b"\0", bundle(entries[:2])):
        with pytest.raises(BundleIsDamaged):
            entries_in(damaged, 3)
    with pytest.raises(BundleIsDamaged):
        hashes_in(b"x" * 33, 1)
