"""Reasons against starting in production: unsafe values, each named."""

import os
from collections.abc import Mapping
from typing import Any

from django.conf import settings

LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]", "testserver"}
SHORTEST_SECRET = 40


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
    if "sandbox" in given.BOAI_CHANNELS:
        found.append("BOAI_CHANNELS：正式运行不得启用沙箱支付渠道（sandbox）。")
    if not given.BOAI_FIELD_KEYS or any(len(k) != 32 for k in given.BOAI_FIELD_KEYS.values()):
        found.append("BOAI_FIELD_KEYS：加密密钥缺失或长度不是 32 字节。")
    if given.BOAI_LOG_ORIGIN == "boai.local/log":
        found.append("BOAI_LOG_ORIGIN：请写明本机构透明日志的名称。")
    if environment.get("BOAI_BEHIND_TLS", "1") != "1":
        found.append("BOAI_BEHIND_TLS：正式运行须经 HTTPS 访问。")
    return found


def refuse_unsafe_start() -> None:
    """*Raises* ``UnsafeToStart`` naming every unsafe value."""
    found = reasons_against_starting()
    if found:
        raise UnsafeToStart("不能启动，以下设置不安全：\n- " + "\n- ".join(found))
