"""Holding back those who guess."""

from django.core.cache import cache
from django.http import HttpRequest

from boai.foundations.certificates.errors import TooManyChecks

MOST_WRONG = 20
WINDOW_SECONDS = 600


def refuse_guessing(request: HttpRequest) -> None:
    """*Refuses* ``TooManyChecks`` where one address was wrong too often within ten minutes."""
    if int(cache.get(_key(request), 0)) >= MOST_WRONG:
        raise TooManyChecks


def count_wrong(request: HttpRequest) -> None:
    """Remember a wrong number or code."""
    key = _key(request)
    cache.add(key, 0, WINDOW_SECONDS)
    try:
        cache.incr(key)
    except ValueError:  # it ran out between the two lines
        cache.set(key, 1, WINDOW_SECONDS)


def _key(request: HttpRequest) -> str:
    return f"certificates-wrong-{request.META.get('REMOTE_ADDR', '')}"
