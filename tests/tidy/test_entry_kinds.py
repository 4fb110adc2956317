"""Every kind of entry that a room posts has its words on the pages of the books."""

import ast
from pathlib import Path

from boai.foundations.ledger.queries.overviews import ENTRY_KIND_LABELS

ROOT = Path(__file__).resolve().parents[2] / "boai"
POSTING = {"post", "post_many", "write_entries", "_write_one"}


def posted_kinds() -> set[str]:
    """The kinds that stand in the sources as the word of a posting, by name or by place."""
    found = set()
    for path in ROOT.rglob("services/*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in POSTING:
                words = [word.value for word in node.keywords if word.arg == "kind"]
                if name == "_write_one":
                    words.append(node.args[2])
                found |= {word.value for word in words if isinstance(word, ast.Constant)}
    return found


def test_every_kind_of_entry_has_its_words() -> None:
    kinds = posted_kinds()
    assert {"goods-repacked", "goods-returned", "spend", "reversal"} <= kinds
    assert kinds - set(ENTRY_KIND_LABELS) == set()
