"""Telling a committee that something waits."""

from datetime import datetime

from boai.foundations.approvals.values import CaseRow
from boai.foundations.identity import queries as identity
from boai.foundations.notices.services.queueing import notify
from boai.ground.core.text import gettext_noop as _

WORDS = (
    _("有一项待您决策"),
    _("待决策事项已过 {minutes} 分钟"),
    _("待决策事项即将超过时限"),
    _("待决策事项已超过时限"),
)
"""What the notice is called at each stage of the clock."""


def tell_members(case: CaseRow, stage: int, *, at: datetime) -> None:
    """Queue a notice to every member who may still vote; past the limit to supervision too."""
    title = WORDS[stage].format(minutes=case.policy.warn_first)
    url = f"/desk/approvals/{case.id}/decide/"
    for person_id in case.waits_for:
        for user_id in identity.users_of_person(person_id):
            notify(
                at=at,
                organisation_id=case.organisation_id,
                user_id=user_id,
                title=title,
                body=case.title,
                url=url,
            )
    if stage == 3:
        notify(
            at=at,
            organisation_id=case.organisation_id,
            role="SUP",
            title=title,
            body=case.title,
            url=f"/desk/approvals/{case.id}/",
        )
