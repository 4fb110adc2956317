"""Is the house standing: for machines that watch, and for people who wonder."""

import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Gauge,
    generate_latest,
)

from boai import __version__
from boai.foundations.translog import queries as translog
from boai.ground.core import clock
from boai.ground.core.jobs import all_jobs
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.db import roles, sane_time
from boai.ground.kit.models import JobRun
from boai.ground.kit.web.doors import door
from boai.relief.donations import queries as donations
from boai.site import startup

LEAST_FREE_BYTES = 200 * 1024 * 1024
BOOKED_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``fine`` empty: a remark that stops nothing."""

    name: str
    label: str
    fine: bool | None
    detail: str


@door("public")
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"ok": True, "version": __version__})


@door("public")
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Everything needed is there; 503 where not. A page for people, JSON for machines."""
    found = findings(clock.now())
    ok = all(f.fine is not False for f in found)
    status = 200 if ok else 503
    if "text/html" in request.headers.get("Accept", ""):
        shown = [(f, gettext(f.label)) for f in found]
        return render(
            request,
            "site/health.html",
            {"findings": shown, "ok": ok, "version": __version__, "at": clock.now()},
            status=status,
        )
    return JsonResponse(
        {"ok": ok, "version": __version__, "findings": [asdict(f) for f in found]},
        status=status,
        json_dumps_params={"ensure_ascii": False},
    )


def findings(at: datetime) -> list[Finding]:
    """Look at each part; a part that cannot even be asked is not fine."""
    looks: list[tuple[str, str, Callable[[], tuple[bool | None, str]]]] = [
        ("database", _("数据库"), _database),
        ("migrations", _("数据库结构"), _migrations),
        ("engine", _("数据库版本"), _engine),
        ("role", _("数据库角色"), _role),
        ("disk", _("可用磁盘空间"), _disk),
        ("log", _("透明日志"), lambda: _log(at)),
        ("clock", _("系统时钟"), _clock),
        ("jobs", _("定时任务"), lambda: _jobs(at)),
        ("payments", _("已到未入账的支付"), lambda: _payments(at)),
    ]
    found = []
    for name, label, look in looks:
        try:
            fine, detail = look()
        except Exception as error:  # Every failure of a part is an answer here, not a crash.
            fine, detail = False, type(error).__name__
        found.append(Finding(name, label, fine, detail))
    return found


def _database() -> tuple[bool, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,), connection.vendor


def _migrations() -> tuple[bool, str]:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return not waiting, gettext("待执行 %(n)d 项") % {"n": len(waiting)} if waiting else "0"


def _engine() -> tuple[bool | None, str]:
    if connection.vendor != "sqlite":
        return True, ".".join(str(n) for n in divmod(connection.pg_version, 10000))  # type: ignore[attr-defined]
    mode, version = startup.journal_mode(), sqlite3.sqlite_version_info
    told = f"SQLite {sqlite3.sqlite_version}, {mode}"
    if startup.wal_can_corrupt(mode, version):
        return False, f"{told} · " + gettext("此版本的 WAL 模式可能损坏数据库")
    if startup.wal_can_corrupt("wal", version):
        return True, f"{told} · " + gettext("此版本的 WAL 模式可能损坏数据库，故用回滚日志")
    return True, told


def _role() -> tuple[bool | None, str]:
    """Whether the role that serves could change history; fatal in production only."""
    if connection.vendor != "postgresql":
        return True, gettext("嵌入式数据库没有角色，历史由触发器守护")
    reached = roles.history_within_reach(connection)
    if not reached:
        return True, gettext("服务角色不能改动历史记录")
    fine = False if settings.BOAI_MODE == "production" else None
    return fine, gettext("服务角色能改动 %(n)d 张只增表的历史，请用两个角色（boai init）") % {
        "n": len(reached)
    }


def _free_bytes() -> int:
    home = settings.BOAI_HOME
    return shutil.disk_usage(home if home.exists() else home.anchor).free


def _disk() -> tuple[bool, str]:
    free = _free_bytes()
    return free >= LEAST_FREE_BYTES, f"{free // 1024 // 1024:,} MB"


def _log(at: datetime) -> tuple[bool | None, str]:
    return translog.standing(at)


def _clock() -> tuple[bool, str]:
    found = sane_time.state()
    if found:
        return False, gettext(clock.REASONS[found])
    return True, clock.now().strftime("%Y-%m-%d %H:%M:%S %z")


def _jobs(at: datetime) -> tuple[bool | None, str]:
    runs = {run.name: run for run in JobRun.objects.all()}
    known = [runs[job.name] for job in all_jobs() if job.name in runs]
    if not known:
        return None, gettext("还没有运行过（boai worker）")
    failed = [run.name for run in known if run.failure]
    if failed:
        return None, gettext("上次未成功：%(names)s") % {"names": ", ".join(failed)}
    last = max((run.last_ended for run in known if run.last_ended), default=None)
    return True, last.astimezone(clock.CHINA).strftime("%Y-%m-%d %H:%M:%S") if last else "-"


def _payments(at: datetime) -> tuple[bool | None, str]:
    """What channels have told and nobody has booked: a remark after a minute, never a reason not
    to be ready, for then nothing more would be accepted either."""
    count, since = donations.payments_waiting()
    if since is None:
        return True, "0"
    age = max(timedelta(0), at - since)
    told = gettext("%(n)d 笔，最早 %(age)d 秒前告知") % {"n": count, "age": age.total_seconds()}
    return (True if age < BOOKED_WITHIN else None), told


def may_see_metrics(request: HttpRequest) -> bool:
    """From this machine itself (no proxy between), or with ``BOAI_METRICS_TOKEN``."""
    token = os.environ.get("BOAI_METRICS_TOKEN", "")
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and secrets.compare_digest(given.encode(), token.encode()):
        return True
    forwarded = any(h in request.headers for h in ("X-Forwarded-For", "Forwarded", "X-Real-IP"))
    # Granian gives no address for a request over a local socket.
    return not forwarded and request.META.get("REMOTE_ADDR", "") in ("127.0.0.1", "::1")


@door("public")
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures of the running house for Prometheus; nothing about people."""
    if not may_see_metrics(request):
        return HttpResponseNotFound()
    own = CollectorRegistry()
    Gauge("boai_info", "Version", ["version"], registry=own).labels(__version__).set(1)
    ended = Gauge("boai_job_last_end_seconds", "Last end of a job", ["job"], registry=own)
    failed = Gauge("boai_job_failed", "1 where the last run failed", ["job"], registry=own)
    for run in JobRun.objects.all():
        if run.last_ended:
            ended.labels(run.name).set(run.last_ended.timestamp())
        failed.labels(run.name).set(1 if run.failure else 0)
    Gauge("boai_disk_free_bytes", "Free disk", registry=own).set(_free_bytes())
    Gauge("boai_log_leaves_waiting", "Leaves not yet in the log", registry=own).set(
        translog.leaves_waiting()
    )
    waiting, since = donations.payments_waiting()
    Gauge("boai_payments_waiting", "Payments told, not booked", registry=own).set(waiting)
    Gauge("boai_payments_waiting_seconds", "Age of the oldest of them", registry=own).set(
        max(0.0, (clock.now() - since).total_seconds()) if since else 0
    )
    head = translog.checkpoint()
    Gauge("boai_log_size", "Leaves under the signed head", registry=own).set(
        head.size if head else 0
    )
    return HttpResponse(generate_latest(own) + generate_latest(REGISTRY), CONTENT_TYPE_LATEST)
