"""``boai import KIND FILE...``: files in, a report per file out."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import CommandParser
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from boai.foundations.organisations import queries as organisations
from boai.ground.core import clock
from boai.ground.core.actors import SYSTEM
from boai.ground.core.errors import Refusal
from boai.ground.core.imports import FileReport, Importer, ImportOrder, Problem, importers
from boai.ground.core.money import yuan
from boai.ground.kit.commands import DOES_NOT_HOLD, HouseCommand
from boai.ground.kit.web.refusals import explain

WITHOUT_ORGANISATION = frozenset({"divisions", "organisations", "catalogue", "facilities"})
"""Kinds that belong to the whole installation."""
SHOWN_PROBLEMS = 20


class Command(HouseCommand):
    """Takes files in by the importer of their kind; exit 1 where any row was refused."""

    help = "导入文件"

    def own_arguments(self, parser: CommandParser) -> None:
        """What, which files, for whom."""
        parser.add_argument("kind", metavar="KIND", help="、".join(sorted(importers())))
        parser.add_argument("files", metavar="FILE", nargs="+", type=Path)
        parser.add_argument("--org", default="", help="组织编码或全称")
        parser.add_argument("--profile", default="", help="文件格式；通常能自动识别")
        parser.add_argument("--day", type=_day, default=None, help="数据所属日期，如 2020-01-30")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")

    def run_command(self, **options: Any) -> int | None:
        """Take in each file and report."""
        take_in = importers().get(options["kind"])
        if take_in is None:
            known = "、".join(sorted(importers()))
            raise self.wrong_usage(f"没有“{options['kind']}”这一类导入。可用：{known}")
        missing = [str(path) for path in options["files"] if not path.is_file()]
        if missing:
            raise self.wrong_usage("找不到文件：" + "、".join(missing))
        organisation_id = self.organisation(options["org"], options["kind"])
        reports = [self.take_in(take_in, p, organisation_id, options) for p in options["files"]]
        self.answer([r.as_json() for r in reports], "\n\n".join(_told(r) for r in reports))
        return DOES_NOT_HOLD if any(_has_refused(r) for r in reports) else None

    def organisation(self, text: str, kind: str) -> int:
        """The organisation meant; 0 for kinds that need none."""
        if not text:
            if kind in WITHOUT_ORGANISATION:
                return 0
            raise self.wrong_usage("请用 --org 指明组织编码或全称。")
        found = organisations.by_code_or_name(text)
        if found is None:
            raise self.wrong_usage(f"没有编码或全称为“{text}”的组织。")
        return found.id

    def take_in(
        self, importer: Importer, path: Path, organisation_id: int, options: dict[str, Any]
    ) -> FileReport:
        """One file; a file that is refused as a whole is a report, too."""
        bar, progress = self.progress(path)
        with bar:
            order = ImportOrder(
                actor=SYSTEM,
                path=path,
                organisation_id=organisation_id,
                at=clock.now(),
                profile=options["profile"],
                day=options["day"],
                dry_run=options["dry_run"],
                progress=progress,
            )
            try:
                return importer(order)
            except Refusal as refusal:
                words = explain(refusal)
                problem = Problem("", None, words.field, words.code, words.sentence)
                return FileReport(path.name, options["kind"], problems=[problem])

    def progress(
        self, path: Path
    ) -> tuple[AbstractContextManager[Any], Callable[[int, int], None] | None]:
        """A progress bar on a terminal, else nothing."""
        if not sys.stderr.isatty():
            return nullcontext(), None
        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%  {task.fields[speed]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        line, begun = bar.add_task(path.name, total=None, speed=""), monotonic()

        def move(done: int, whole: int) -> None:
            seconds = monotonic() - begun
            speed = f"{done / seconds:,.0f} 行/秒" if seconds > 0 else ""
            bar.update(line, completed=done, total=whole, speed=speed)

        return bar, move


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _has_refused(report: FileReport) -> bool:
    nothing_read = report.rows == 0 and bool(report.problems)
    return report.refused > 0 or nothing_read


def _told(report: FileReport) -> str:
    lines = [
        f"{report.file}（{report.kind} {report.profile}）",
        f"  共 {report.rows:,} 行：接受 {report.accepted:,}，重复 {report.duplicate:,}，"
        f"待核 {report.quarantined:,}，拒绝 {report.refused:,}",
    ]
    if report.amount_fen is not None:
        lines.append(f"  金额 {yuan(report.amount_fen)} 元")
    for total in report.totals:
        mark = "相符" if total.agrees else "不符"
        lines.append(
            f"  {total.where} {total.label}：原载 {total.stated}，计算 {total.computed}，{mark}"
        )
    for problem in report.problems[:SHOWN_PROBLEMS]:
        place = " ".join(str(p) for p in (problem.sheet, problem.row, problem.column) if p)
        lines.append(f"  {place}：{problem.message}" if place else f"  {problem.message}")
    if len(report.problems) > SHOWN_PROBLEMS:
        lines.append(f"  另有 {len(report.problems) - SHOWN_PROBLEMS} 条，用 --json 看全部")
    return "\n".join(lines)
