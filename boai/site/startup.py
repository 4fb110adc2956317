"""Reasons against starting in production: unsafe values, each named."""

import os
import sqlite3
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import connection

from boai.ground.kit.db import roles

LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]", "testserver"}
SHORTEST_SECRET = 40
UNSAFE_WAL = ((3, 7, 0), (3, 51, 2))
"""SQLite versions whose WAL can corrupt a database (finding P6)."""


class UnsafeToStart(Exception):
    """A production start with unsafe values; the text names each."""


def reasons_against_starting(
    given: Any = settings, environment: Mapping[str, str] = os.environ
) -> list[str]:
    """What is unsafe about these settings; empty in demo mode, where everything is local."""
    mode = given.BOAI_MODE
    if mode == "demo":
        return []
    if mode != "production":
        return [f"BOAI_MODE={mode!r}：只能是 demo 或 production。"]
    found = []
    if given.DEBUG:
        found.append("DEBUG：正式运行不得打开调试。")
    secret = str(given.SECRET_KEY)
    if len(secret) < SHORTEST_SECRET or len(set(secret)) < 12 or "insecure" in secret.lower():
        found.append("BOAI_SECRET_KEY：太短或过于简单，请用至少 40 个随机字符。")
    hosts = set(given.ALLOWED_HOSTS)
    if "*" in hosts:
        found.append("BOAI_HOSTS：不得为“*”，请写明本站域名。")
    if not hosts - LOCAL_HOSTS:
        found.append("BOAI_HOSTS：没有写明本站域名。")
    if not str(given.BOAI_PUBLIC_URL).startswith("https://"):
        found.append("BOAI_PUBLIC_URL：正式运行须为 https:// 开头的网址。")
    if any("sandbox" in channel for channel in given.BOAI_CHANNELS):
        found.append("BOAI_CHANNELS：正式运行不得启用沙箱支付渠道（sandbox）。")
    if not given.BOAI_FIELD_KEYS or any(len(k) != 32 for k in given.BOAI_FIELD_KEYS.values()):
        found.append("BOAI_FIELD_KEYS：加密密钥缺失或长度不是 32 字节。")
    if given.BOAI_LOG_ORIGIN == "boai.local/log":
        found.append("BOAI_LOG_ORIGIN：请写明本机构透明日志的名称。")
    if not given.BOAI_WATCHES_CLOCK:
        found.append("BOAI_WATCHES_CLOCK：正式运行不得关闭对系统时钟的监看。")
    if environment.get("BOAI_BEHIND_TLS", "1") != "1":
        found.append("BOAI_BEHIND_TLS：正式运行须经 HTTPS 访问。")
    return found


def reasons_against_serving(given: Any = settings) -> list[str]:
    """What is unsafe about the database as it is reached, for the commands that go on running.

    *Checks*: SQLite's version against the journal mode (P6); on PostgreSQL, in production, that
    the serving role cannot change history (I-3, I-48).
    """
    found = []
    if connection.vendor == "sqlite":
        if wal_can_corrupt(journal_mode(), sqlite3.sqlite_version_info):
            found.append(
                f"SQLite {sqlite3.sqlite_version}：此版本的 WAL 模式可能损坏数据库，"
                "请改回回滚日志（PRAGMA journal_mode=DELETE）或升级 SQLite。"
            )
        return found
    if given.BOAI_MODE != "production":
        return found
    if "owner" in given.DATABASES:
        found.append("BOAI_DATABASE_OWNER_URL：只在 boai init 时给出，运行时不得给出。")
    reached = roles.history_within_reach(connection)
    if reached:
        found.append(
            f"BOAI_DATABASE_URL：服务角色能改动 {len(reached)} 张只增表的历史"
            f"（{'、'.join(reached[:3])} 等），请用两个角色，见 docs/operating/roles.md。"
        )
    return found


def journal_mode() -> str:
    """How the embedded database keeps its journal."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        return str(cursor.fetchone()[0]).lower()


def wal_can_corrupt(mode: str, version: tuple[int, ...]) -> bool:
    """Whether this journal mode can lose data with this version of SQLite (finding P6).

    The race of two connections that restart the write-ahead log is in 3.7.0 to 3.51.2, mended in
    3.51.3 and in the branches 3.50 (from 3.50.7) and 3.44 (from 3.44.6).
    """
    if mode != "wal" or not UNSAFE_WAL[0] <= version <= UNSAFE_WAL[1]:
        return False
    return not any(
        branch[:2] == version[:2] and version >= branch for branch in ((3, 44, 6), (3, 50, 7))
    )


def refuse_unsafe_start() -> None:
    """*Raises* ``UnsafeToStart`` naming every unsafe value."""
    _refuse(reasons_against_starting())


def refuse_unsafe_serving() -> None:
    """*Raises* ``UnsafeToStart`` naming every unsafe value, also of the database itself."""
    _refuse([*reasons_against_starting(), *reasons_against_serving()])


def _refuse(found: list[str]) -> None:
    if found:
        raise UnsafeToStart("不能启动，以下设置不安全：\n- " + "\n- ".join(found))
