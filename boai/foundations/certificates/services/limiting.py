"""Holding back those who guess numbers and check codes, over all processes of an installation."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from boai.foundations.certificates.errors import TooManyChecks
from boai.foundations.certificates.models import WrongCheck
from boai.ground.kit.db.sealed import blind_index

MOST_WRONG = 20
WINDOW = timedelta(minutes=10)


def refuse_guessing(client: str, *, at: datetime) -> None:
    """Let nobody go on who was wrong too often within ten minutes. *Refuses* ``TooManyChecks``."""
    recent = WrongCheck.objects.filter(key=_key(client), window_start__gt=at - WINDOW)
    if recent.filter(count__gte=MOST_WRONG).exists():
        raise TooManyChecks


def count_wrong(client: str, *, at: datetime) -> None:
    """Remember a wrong number or code, and forget what is older than the window."""
    # A transaction of its own: the refusal that follows rolls back nothing of it.
    with transaction.atomic():
        WrongCheck.objects.filter(window_start__lte=at - WINDOW).delete()
        row, _made = WrongCheck.objects.get_or_create(
            key=_key(client), defaults={"window_start": at}
        )
        WrongCheck.objects.filter(pk=row.pk).update(count=F("count") + 1)


def _key(client: str) -> str:
    return blind_index("certificates-check", client)
