"""Writers on one SQLite file queue at BEGIN; nobody takes what is not there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp


def test_eight_threads_on_one_file(tmp_path: Path) -> None:
    memory = Path("/dev/shm")
    home = Path(mkdtemp(dir=memory)) if memory.is_dir() else tmp_path
    answer = subprocess.run(
        [sys.executable, "-m", "tests.foundations.ledger.storm_on_sqlite"],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
            "DJANGO_SETTINGS_MODULE": os.environ.get(
                "DJANGO_SETTINGS_MODULE", "boai.site.settings"
            ),
            "BOAI_HOME": str(home),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    shutil.rmtree(home, ignore_errors=True)
    assert answer.returncode == 0, answer.stderr[-2000:]
    assert answer.stdout.split() == ["3", "10", "40", "0"]
