"""The Go verifier: where its sources are, and how it is compiled against Debian's packages."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

GOPATH = "/usr/share/gocode"
LIBRARY = Path(GOPATH, "src/golang.org/x/mod/sumdb")


def sources() -> list[Path]:
    """The files of the program."""
    return sorted(Path(__file__).parent.glob("*.go"))


def missing() -> str:
    """Why it cannot be compiled here; empty where it can."""
    if shutil.which("go") is None:
        return "no Go compiler here (Debian: golang-go)"
    if not LIBRARY.is_dir():
        return "Go's sumdb library is not here (Debian: golang-golang-x-mod-dev)"
    return ""


def compiled(folder: Path) -> Path:
    """Compile it into a folder. *Raises* ``RuntimeError`` with what the compiler says."""
    program = folder / "verifier"
    made = subprocess.run(
        ["go", "build", "-o", str(program), *map(str, sources())],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "GO111MODULE": "off",
            "GOPATH": GOPATH,
            # One cache for all runs: the standard library is compiled once and not every time.
            "GOCACHE": str(Path(tempfile.gettempdir(), "boai-go-cache")),
            "GOFLAGS": "",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise RuntimeError(made.stderr)
    return program
