"""The public verifier against exports, damage, forks and rollbacks."""

import json

import pytest
from django.db import connection

from boai.foundations.translog import files, queries
from boai.foundations.translog.errors import NothingSignedYet
from boai.foundations.translog.services.exporting import export_log
from boai.foundations.translog.services.sequencing import sequence
from boai.ground.merkle.verify import Fails, main, verify
from tests.foundations.translog.test_log import queue, vkey

pytestmark = pytest.mark.django_db


def test_the_export_verifies_and_every_altered_byte_fails(at, tmp_path, capsys):
    queue(at, 0, 260)
    sequence(at)
    out = tmp_path / "export"
    assert export_log(out).size == 260
    assert main([str(out), "--key", vkey()]) == 0
    # The policy is the reader's own choice: what lies beside the log is not what is trusted.
    for path in [p for p in out.rglob("*") if p.is_file() and p.name != "policy"]:
        content = path.read_bytes()
        places = {0, 1, 2, len(content) // 2, len(content) - 2, len(content) - 1}
        for place in places:
            changed = bytearray(content)
            changed[place] ^= 1
            path.write_bytes(changed)
            assert main([str(out), "--key", vkey()]) == 1, (path, place)
        path.write_bytes(content + b"x")
        assert main([str(out), "--key", vkey()]) == 1, path
        path.unlink()
        assert main([str(out), "--key", vkey()]) == (0 if path.name == "vkey" else 1)
        path.write_bytes(content)
    (out / "tile/0/777").write_bytes(b"x")
    assert main([str(out), "--key", vkey()]) == 1


def test_nothing_to_export_before_the_first_signature(tmp_path):
    with pytest.raises(NothingSignedYet):
        export_log(tmp_path)


def test_forks_and_rollbacks_are_printed_with_both_heads(at, tmp_path, capsys):
    state = str(tmp_path / "heads.json")
    where = str(files.folder())
    queue(at, 0, 10)
    sequence(at)
    export_log(tmp_path / "old")
    queue(at, 10, 10)
    sequence(at)
    assert main([where, "--key", vkey(), "--state", state]) == 0
    assert main([where, "--key", vkey(), "--state", state]) == 0
    assert main([str(tmp_path / "old"), "--key", vkey(), "--state", state]) == 1
    printed = capsys.readouterr().out
    assert "rollback" in printed
    assert queries.checkpoint().note in printed
    assert (tmp_path / "old/checkpoint").read_text() in printed
    # A fork: another history under the same key, longer than the first.
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER translog_leaf_append_only_delete")
            cursor.execute("DROP TRIGGER translog_signedhead_append_only_delete")
            cursor.execute("DROP TRIGGER translog_publishedhead_append_only_delete")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE translog_leaf DISABLE TRIGGER USER")
            cursor.execute("ALTER TABLE translog_signedhead DISABLE TRIGGER USER")
            cursor.execute("ALTER TABLE translog_publishedhead DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM translog_leaf")
        cursor.execute("DELETE FROM translog_publishedhead")
        cursor.execute("DELETE FROM translog_signedhead")
    files.seal_path().unlink()
    for path in sorted(files.folder().rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    queue(at, 500, 25)
    sequence(at)
    assert main([where, "--key", vkey()]) == 0
    capsys.readouterr()
    assert main([where, "--key", vkey(), "--state", state, "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert "fork" in answer["problem"]
    assert len(answer["heads"]) == 2


def test_a_wrong_key_or_no_log_fails(at, tmp_path):
    sequence(at)
    with pytest.raises(Fails):
        verify(str(tmp_path / "nothing"), vkey())
    assert main([str(files.folder()), "--key", "x+y+z"]) == 1
    with pytest.raises(SystemExit) as usage:
        main([str(files.folder())])
    assert usage.value.code == 2
