"""Which account of the accounting rules stands for what the books move money for."""

import re
from datetime import datetime

from django.db import transaction

from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.relief.finance import errors, permissions
from boai.relief.finance.models import AccountCode
from boai.relief.finance.values import ACCOUNT_USES

_CODE = re.compile(r"[0-9]{4,20}")


def assign_account(
    actor: Actor, *, organisation_id: int, use: str, code: str, name: str, at: datetime
) -> None:
    """From now on vouchers carry this account for this use; what was said before stays readable.

    *Refuses*: ``NotPermitted``, ``NotFound``, ``CodeIsNotAnAccount``, ``AccountHasNoName``.
    """
    person = permissions.require_assign_codes(actor, organisation_id)
    if use not in ACCOUNT_USES:
        raise errors.NotFound(field="use")
    code, name = code.strip(), name.strip()
    if not _CODE.fullmatch(code):
        raise errors.CodeIsNotAnAccount(field="code", given=code[:40])
    if not name:
        raise errors.AccountHasNoName(field="name")
    with transaction.atomic():
        AccountCode.objects.create(
            organisation_id=organisation_id,
            use=use,
            code=code,
            name=name[:80],
            set_by_id=person,
            set_at=at,
        )
        record(
            actor,
            "assign-account",
            subject=f"finance.account:{use}",
            at=at,
            organisation_id=organisation_id,
            detail={"use": use, "code": code},
        )
