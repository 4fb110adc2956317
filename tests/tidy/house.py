"""What the tidy tests read of the source tree: its modules, imports and sizes."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FACE = {"services", "queries", "events", "values", "errors", "figures"}
WINGS = ("foundations", "relief", "life", "care", "society", "window")


@dataclass(frozen=True)
class Import:
    """One import: the file and line it stands in, and the module it names."""

    file: Path
    line: int
    module: str


@cache
def source_files(root: Path = ROOT) -> tuple[Path, ...]:
    """Every Python file of the package but migrations."""
    return tuple(
        path for path in sorted((root / "boai").rglob("*.py")) if "migrations" not in path.parts
    )


@cache
def tree_of(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(path.read_text())


def imports_of(path: Path) -> Iterator[Import]:
    """Every import in a file, also those inside functions and under TYPE_CHECKING."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(path, node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            for alias in node.names:
                yield Import(path, node.lineno, f"{node.module}.{alias.name}")


def room_of(module: str) -> str | None:
    """``boai.relief.warehouse`` for anything inside that room, ``None`` outside the wings."""
    parts = module.split(".")
    if len(parts) >= 3 and parts[0] == "boai" and parts[1] in WINGS:
        return ".".join(parts[:3])
    return None


def module_of(path: Path, root: Path = ROOT) -> str:
    """The dotted name of a file."""
    parts = list(path.relative_to(root).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
