"""The program as it ships, started on a free port with a furnished demo, and a real Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from boai.ground.core.clock import CHINA

pytestmark = pytest.mark.browser

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


@dataclass(frozen=True)
class Running:
    """A running installation: its address and its home."""

    url: str
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """What its programs are started with."""
        return {**os.environ, "BOAI_HOME": str(self.home), "BOAI_DATABASE_URL": ""}

    def boai(self, *words: str) -> str:
        """What a command of this installation prints."""
        done = subprocess.run(
            [sys.executable, "-m", "boai", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """``boai init``, ``boai demo`` and ``boai serve`` in a home of their own."""
    home = tmp_path_factory.mktemp("home")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {
        **os.environ,
        "BOAI_HOME": str(home),
        "BOAI_PORT": str(port),
        "BOAI_DATABASE_URL": "",
        "BOAI_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    # The story ends two days ago, so that today is free for what the journeys do.
    until = (datetime.now(CHINA) - timedelta(days=2)).date().isoformat()
    for step in (["init"], ["demo", "--until", until]):
        subprocess.run([sys.executable, "-m", "boai", *step], env=own, check=True, timeout=300)
    with (home / "serve.txt").open("w") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "boai", "serve"],
            env=own,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/health/live")
            yield Running(f"http://127.0.0.1:{port}", home)
        finally:
            os.killpg(server.pid, 15)
            server.wait(timeout=20)


def _wait_for(url: str) -> None:
    for _ in range(120):
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"{url} does not answer")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, without background traffic."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, running: Running) -> Iterator[OpenPage]:
    """A page of a new visitor: a phone, unless a desk is asked for; console errors fail the test."""
    opened: list[Page] = []
    errors: list[str] = []

    def make(size: dict[str, int] = PHONE) -> Page:
        context = chromium.new_context(
            viewport=size,
            locale="zh-CN",
            base_url=running.url,
            timezone_id="Asia/Shanghai",
            has_touch=size is PHONE,
            is_mobile=size is PHONE,
        )
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        opened.append(page)
        return page

    yield make
    for page in opened:
        page.context.close()
    assert errors == []
