"""django-hordak's own bulk way, in a process and a schema of its own: ``python -m`` with its address
and how many gifts. Prints the gifts a second."""

import importlib
import sys
import time
from datetime import date
from typing import Any
from urllib.parse import unquote, urlsplit

SCHEMA = "peer"
PART = 5000
"""Gifts of one transaction, as many as our own intake books in one."""


def settle_in(address: str) -> None:
    """Django with nothing but this peer, in a schema of its own of the benchmark's database."""
    import django
    import psycopg
    from django.conf import settings
    from django.core.management import call_command

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {SCHEMA}")
    parts = urlsplit(address)
    settings.configure(
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": unquote(parts.path.lstrip("/")),
                "USER": parts.username or "",
                "PASSWORD": unquote(parts.password or ""),
                "HOST": parts.hostname or "",
                "PORT": parts.port or "",
                "OPTIONS": {"options": f"-c search_path={SCHEMA}"},
            }
        },
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "mptt",
            "djmoney",
            "hordak",
        ],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        HORDAK_INTERNAL_CURRENCY="CNY",
        CURRENCIES=["CNY"],
        USE_TZ=True,
    )
    django.setup()
    call_command("migrate", verbosity=0)


def measured(count: int) -> float:
    """So many gifts, each a transaction with two legs, made by ``bulk_create``: gifts a second.

    What the peer promises is asked as ever: its deferred trigger holds that the legs balance.
    """
    from django.db import transaction

    models: Any = importlib.import_module("hordak.models")
    money: Any = importlib.import_module("moneyed").Money
    bank, fund = (
        models.Account.objects.create(name=name, code=code, type=kind, currencies=["CNY"])
        for name, code, kind in (("bank", "1", "AS"), ("fund", "2", "IN"))
    )
    began = time.perf_counter()
    for first in range(0, count, PART):
        amounts = [money(n % 997 + 1, "CNY") for n in range(first, min(first + PART, count))]
        with transaction.atomic():
            made = models.Transaction.objects.bulk_create(
                [
                    models.Transaction(date=date(2020, 1, 29), description=f"gift {first + n}")
                    for n in range(len(amounts))
                ]
            )
            models.Leg.objects.bulk_create(
                [
                    leg
                    for one, amount in zip(made, amounts, strict=True)
                    for leg in (
                        models.Leg(transaction=one, account=bank, debit=amount, currency="CNY"),
                        models.Leg(transaction=one, account=fund, credit=amount, currency="CNY"),
                    )
                ]
            )
    spent = time.perf_counter() - began
    found = models.Leg.objects.count()
    if found != 2 * count:
        raise SystemExit(f"{found} legs of {count} gifts")
    return count / spent


if __name__ == "__main__":
    settle_in(sys.argv[1])
    sys.stdout.write(f"{measured(int(sys.argv[2]))}\n")
