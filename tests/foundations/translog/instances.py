"""Whole installations of their own, each with its database, its log and its witness program."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOMS = ("kit", "trail", "translog")
"""The tables that the log needs; an installation for a test needs no others."""

QUEUE = """
import django; django.setup()
import sys
from boai.foundations.translog.services.queueing import queue_leaves
from boai.foundations.translog.values import LeafOrder
from boai.ground.core.clock import now
first, count = map(int, sys.argv[1:])
queue_leaves([LeafOrder(f"a.b:{n}", "x", {"n": n}, now()) for n in range(first, first + count)])
"""
SEQUENCE = """
import django; django.setup()
from boai.foundations.translog.services.sequencing import sequence
from boai.ground.core.clock import now
for turn in range(6):
    print(sequence(now()).size)
"""


class Instance:
    """One installation on SQLite in a folder of its own."""

    def __init__(self, home: Path, origin: str) -> None:
        self.home, self.origin = home, origin
        self.running: list[subprocess.Popen[str]] = []

    @property
    def environment(self) -> dict[str, str]:
        """Its own home, nothing of this process's settings."""
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join([*filter(None, sys.path), str(Path.cwd())]),
            "DJANGO_SETTINGS_MODULE": "boai.site.settings",
            "BOAI_HOME": str(self.home),
            "BOAI_LOG_ORIGIN": self.origin,
        }

    def prepare(self, template: Path | None = None) -> Path:
        """Make the tables, or take them from another installation that is still empty."""
        self.home.mkdir(parents=True)
        database = self.home / "boai.sqlite3"
        if template is None:
            for room in ROOMS:
                self.boai("manage", "migrate", room, "-v", "0")
        else:
            shutil.copyfile(template, database)
        return database

    def boai(self, *words: str, code: int = 0) -> str:
        """Run one command to its end; answers what it printed."""
        return self._python(["-m", "boai", *words], code)

    def log(self, *words: str) -> Any:
        """``boai log`` with its answer read."""
        return json.loads(self.boai("log", *words, "--json"))

    def script(self, source: str, *words: object) -> str:
        """Run a script inside the installation."""
        return self._python(["-c", source, *map(str, words)], 0)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start something that goes on."""
        started = subprocess.Popen(
            [sys.executable, *words], env=self.environment, text=True, stdout=subprocess.PIPE
        )
        self.running.append(started)
        return started

    def witness(self, log: str) -> tuple[str, str]:
        """Run a witness over a log; answers its key and its address."""
        name = self.origin.replace("/", "-")
        started = self.start(
            *("-m", "boai", "witness", "--home", str(self.home / "witness"), "--listen", "0"),
            *("--log", log, "--name", f"{name}-witness"),
        )
        assert started.stdout is not None
        return started.stdout.readline().strip(), started.stdout.readline().strip()

    def stop(self) -> None:
        """End whatever goes on."""
        for one in self.running:
            one.kill()
            one.wait()
        self.running.clear()

    def _python(self, words: list[str], code: int) -> str:
        ended = subprocess.run(
            [sys.executable, *words],
            env=self.environment,
            text=True,
            capture_output=True,
            timeout=240,
            check=False,
        )
        assert ended.returncode == code, ended.stdout[-2000:] + ended.stderr[-2000:]
        return ended.stdout
