"""Which society this installation belongs to."""

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError

from boai.foundations.organisations import queries as organisations

DEMO_SOCIETY = "江州市红十字会"
"""The fictional society of the demo."""


def host() -> Any:
    """The society itself (a frozen row), or ``None`` before it is registered.

    ``BOAI_SOCIETY`` names it by code or full name; without it the demo's society is taken.
    """
    known = cache.get("boai-society")
    if known is None:
        try:
            known = organisations.by_code_or_name(settings.BOAI_SOCIETY or DEMO_SOCIETY)
        except DatabaseError:
            return None
        if known is not None:
            cache.set("boai-society", known, 60)
    return known


def society_name() -> str:
    """Its full name, or the one that the settings give; empty before there is any."""
    known = host()
    return str(known.name) if known is not None else str(settings.BOAI_SOCIETY)
