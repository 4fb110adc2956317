"""A PostgreSQL of the campaign's own, whose processes may be killed: made, started, killed, begun
again. The postmaster is a direct child and is waited for each time (finding P13)."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

DATABASE = "campaign"


def programs() -> Path | None:
    """The folder of the server's programs, newest version first; none where it is not installed."""
    beside = shutil.which("postgres")
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"),
        key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0,
    )
    if beside:
        return Path(beside).resolve().parent
    return found[-1].parent if found else None


class Cluster:
    """One server on a free port of this machine, in a folder of its own, checksums on."""

    def __init__(self) -> None:
        found = programs()
        if found is None:
            raise FileNotFoundError("the programs of a PostgreSQL server are not installed here")
        self.programs = found
        self.folder = Path(tempfile.mkdtemp(prefix="boai-cluster-"))
        self.data = self.folder / "data"
        self.port = _free_port()
        self.secret = secrets.token_hex(16)
        self.as_whom: dict[str, Any] = {}
        self.server: subprocess.Popen[bytes] | None = None
        if os.geteuid() == 0:
            # The server refuses to run as root.
            shutil.chown(self.folder, "postgres", "postgres")
            self.as_whom = {"user": "postgres", "group": "postgres", "extra_groups": []}
        self._make()

    @property
    def address(self) -> str:
        """Where the campaign's database answers."""
        return f"postgresql://postgres:{self.secret}@127.0.0.1:{self.port}/{DATABASE}"

    def _make(self) -> None:
        secret = self.folder / "secret"
        secret.write_text(self.secret)
        if self.as_whom:
            shutil.chown(secret, "postgres", "postgres")
        self.run(
            "initdb", "-k", "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={secret}",
            "-E", "UTF8", "--locale=C.UTF-8", "-D", str(self.data),
        )  # fmt: skip
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write(
                f"listen_addresses = '127.0.0.1'\nport = {self.port}\n"
                f"unix_socket_directories = ''\nmax_connections = 40\nshared_buffers = 64MB\n"
                "fsync = on\nsynchronous_commit = on\nfull_page_writes = on\n"
            )
        self.start()
        import psycopg

        with psycopg.connect(self.address.rpartition("/")[0] + "/postgres", autocommit=True) as c:
            c.execute(f"CREATE DATABASE {DATABASE}")

    def run(self, program: str, *words: str) -> str:
        """Run one of the server's programs to its end; its output."""
        done = subprocess.run(
            [str(self.programs / program), *words],
            capture_output=True,
            text=True,
            cwd=self.folder,
            **self.as_whom,
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr[-2000:] or done.stdout[-2000:]}")
        return done.stdout

    def start(self) -> None:
        """Start the server and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self.server = subprocess.Popen(
                [str(self.programs / "postgres"), "-D", str(self.data)],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **self.as_whom,
            )
        import psycopg

        until = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(
                    self.address.rpartition("/")[0] + "/postgres", connect_timeout=3
                ).close()
                return
            except psycopg.OperationalError:
                if self.server.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(self.log()) from None
                time.sleep(0.02)

    def log(self) -> str:
        """The end of the server's log."""
        return (self.folder / "log").read_text(errors="replace")[-2000:]

    def kill(self) -> int:
        """Kill -9 the postmaster and every one of its processes; how many there were."""
        assert self.server is not None
        os.kill(self.server.pid, signal.SIGSTOP)
        below = _children(self.server.pid)
        for child in below:
            os.kill(child, signal.SIGKILL)
        os.kill(self.server.pid, signal.SIGKILL)
        self.server.wait()
        until = time.monotonic() + 10
        while any(_lives(child) for child in below) and time.monotonic() < until:
            time.sleep(0.002)
        return len(below) + 1

    def stop(self) -> None:
        """Stop in order."""
        if self.server is not None and self.server.poll() is None:
            self.server.send_signal(signal.SIGINT)
            self.server.wait(timeout=60)

    def bad_checksums(self) -> list[str]:
        """Read every page of the stopped cluster against its checksum."""
        try:
            self.run("pg_checksums", "--check", "-D", str(self.data))
        except RuntimeError as error:
            return [str(error)[-500:]]
        return []

    def remove(self) -> None:
        """Stop what runs and remove the folder."""
        if self.server is not None and self.server.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def _free_port() -> int:
    """A port below those that the system lends to callers: while the server is down, a writer that
    knocks again and again could be lent the very port it knocks at, and the server not come back."""
    lent_from = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    first = max(lent_from - 12_000, 1024)
    while True:
        port = first + secrets.randbelow(max(lent_from - first, 1))
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


def _children(parent: int) -> list[int]:
    """The processes whose parent this is."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = status.read_text()
        except OSError:
            continue
        if int(text.rpartition(")")[2].split()[1]) == parent:
            found.append(int(status.parent.name))
    return found


def _lives(pid: int) -> bool:
    """Whether a process still runs; one that is dead and not yet waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
