"""The giver's own look-up: a number and a secret, and nothing that tells strangers what exists."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from boai.ground.core.numbering import tidy
from boai.ground.kit.db.sealed import blind_index
from boai.relief.donations import errors, queries
from boai.relief.donations.models import LookupAttempt
from boai.relief.donations.values import GiftRow

WINDOW = timedelta(minutes=15)
PER_CLIENT = 30
PER_NUMBER = 10


def look_up(
    *, number: str, query_code: str = "", phone: str = "", client: str = "", at: datetime
) -> GiftRow:
    """The gift that fits number and query code, or number and telephone.

    Wrong guesses are counted for the address they come from and for the number they aim at; the
    answer to a wrong secret and to a number that does not exist is the same.
    *Refuses*: ``GiftIsNotFound``, ``TooManyAttempts``.
    """
    keys = [(blind_index("lookup-number", tidy(number)), PER_NUMBER)]
    if client:
        keys.append((blind_index("lookup-client", client), PER_CLIENT))
    if _is_over(keys, at):
        raise errors.TooManyAttempts
    found = queries.find_gift(number, query_code=query_code, phone=phone)
    if found is None:
        _count([key for key, _limit in keys], at)
        raise errors.GiftIsNotFound
    return found


def _is_over(keys: list[tuple[str, int]], at: datetime) -> bool:
    counts = dict(
        LookupAttempt.objects.filter(
            key__in=[key for key, _ in keys], window_start__gt=at - WINDOW
        ).values_list("key", "count")
    )
    return any(counts.get(key, 0) >= limit for key, limit in keys)


def _count(keys: list[str], at: datetime) -> None:
    # Counted in a transaction of its own: the refusal that follows rolls back nothing of it.
    with transaction.atomic():
        for key in keys:
            row, _made = LookupAttempt.objects.get_or_create(key=key, defaults={"window_start": at})
            if row.window_start <= at - WINDOW:
                LookupAttempt.objects.filter(pk=row.pk).update(window_start=at, count=1)
            else:
                LookupAttempt.objects.filter(pk=row.pk).update(count=F("count") + 1)
