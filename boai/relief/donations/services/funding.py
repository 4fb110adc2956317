"""Which fund a gift of money goes into, and which account of the society holds it."""

from datetime import datetime

from boai.foundations.ledger.services import funds
from boai.foundations.organisations import queries as organisations
from boai.ground.core.actors import SYSTEM
from boai.relief.donations import errors
from boai.relief.donations.models import Appeal
from boai.relief.donations.values import appeal_ref

DEFAULT_BANK = "main"
"""The society's donation account, unless a setting names another for the channel."""


def bank_for(organisation_id: int, channel: str) -> str:
    """The account into which a channel settles (setting ``donations.bank.<channel>``)."""
    keys = (f"donations.bank.{channel}", "donations.bank")
    return str(organisations.first_setting(organisation_id, keys) or DEFAULT_BANK)


def fund_for(
    *, organisation_id: int, appeal: Appeal | None, directed_to: int | None, at: datetime
) -> int:
    """Find or open the fund for one restriction: the appeal's own, one for each unit that givers
    direct money to, or the society's unrestricted fund. *Refuses*: ``DirectedToIsUnknown``."""
    if directed_to is None and appeal is not None and appeal.fund_id is not None:
        return appeal.fund_id
    return _open(organisation_id, appeal, directed_to, at)


def _open(
    organisation_id: int, appeal: Appeal | None, directed_to: int | None, at: datetime
) -> int:
    # Opening a fund that is open answers that fund. The fund is the books' answer to the giver's restriction, not a decision of whoever books the
    # gift: a cashier who books a directed gift needs no right to open funds.
    if directed_to is None:
        return funds.open_fund(
            SYSTEM,
            organisation_id=organisation_id,
            name="非限定捐赠",
            restriction="unrestricted",
            purpose="用于本会宗旨范围内的人道救助",
            at=at,
        )
    unit = organisations.row(directed_to)
    if unit is None:
        raise errors.DirectedToIsUnknown(field="directed_to")
    title = appeal.title if appeal is not None else "非限定捐赠"
    return funds.open_fund(
        SYSTEM,
        organisation_id=organisation_id,
        name=f"{title} · 定向 {unit.name}"[:120],
        restriction="directed",
        purpose=f"捐赠人指定用于{unit.name}",
        appeal=appeal_ref(appeal.slug) if appeal is not None else "",
        beneficiary_organisation_id=directed_to,
        at=at,
    )
