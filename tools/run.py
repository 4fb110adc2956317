"""``make run``: database, furnished demo where the database is new, web and worker, until Ctrl-C."""

import os
import signal
import subprocess
import sys
import time

BOAI = [sys.executable, "-m", "boai"]


def main() -> int:
    """Prepare, start both programs, and stop both when either ends or the person does."""
    for step in (["init"], ["demo"]):
        done = subprocess.run([*BOAI, *step], check=False)
        if done.returncode:
            return done.returncode
    programs = [
        subprocess.Popen([*BOAI, name], start_new_session=True) for name in ("serve", "worker")
    ]
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    while not stopping and all(p.poll() is None for p in programs):
        time.sleep(0.3)
    for program in programs:
        if program.poll() is None:
            os.killpg(program.pid, signal.SIGTERM)
    codes = []
    for program in programs:
        try:
            codes.append(program.wait(timeout=10))
        except subprocess.TimeoutExpired:
            os.killpg(program.pid, signal.SIGKILL)
            codes.append(program.wait())
    return 0 if stopping else max(abs(c) for c in codes)


if __name__ == "__main__":
    sys.exit(main())
