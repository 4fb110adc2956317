"""``boai worker``: timed work."""

import signal
from typing import Any

from django.core.management.base import CommandError, CommandParser

from boai.ground.core import clock
from boai.ground.core.jobs import all_jobs
from boai.ground.kit.commands import HouseCommand
from boai.site import working
from boai.site.startup import UnsafeToStart, refuse_unsafe_serving


class Command(HouseCommand):
    """Runs due jobs until stopped; ``--once`` runs those due now and ends."""

    help = "运行定时任务"

    def own_arguments(self, parser: CommandParser) -> None:
        """Once or for ever, all or one."""
        parser.add_argument("--once", action="store_true")
        parser.add_argument("--only", default="", help="只运行这一项")

    def run_command(self, **options: Any) -> int | None:
        """Work."""
        try:
            refuse_unsafe_serving()
        except UnsafeToStart as unsafe:
            raise CommandError(str(unsafe), returncode=1) from unsafe
        only = options["only"]
        if only and only not in {job.name for job in all_jobs()}:
            raise self.wrong_usage(f"没有叫“{only}”的定时任务。")
        if options["once"]:
            ran = working.run_due(clock.now(), only=only)
            document = [{"name": r.name, "ok": not r.failure, "failure": r.failure} for r in ran]
            text = "\n".join(f"{r.name}：{r.failure or '完成'}" for r in ran)
            self.answer(document, text or "没有到时间的任务。")
            return 1 if any(r.failure for r in ran) else None
        self.work_until_stopped(only)
        return None

    def work_until_stopped(self, only: str) -> None:
        """The loop; a signal lets the job at hand end first."""
        asked: list[int] = []

        def stop(number: int, frame: object) -> None:
            asked.append(number)

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        self.say(f"定时任务运行中：{', '.join(job.name for job in all_jobs()) or '无'}")
        working.work(lambda: bool(asked), only=only)
