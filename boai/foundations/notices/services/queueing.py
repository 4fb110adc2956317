"""Putting notices into inboxes and messages into the queue."""

from datetime import datetime

from boai.foundations.notices.models import Message, Notice


def notify(
    *,
    at: datetime,
    organisation_id: int | None = None,
    role: str | None = None,
    user_id: int | None = None,
    phone: str | None = None,
    title: str,
    body: str = "",
    url: str = "",
) -> None:
    """Tell a role of an organisation, a user, or a phone, in the caller's transaction.

    Role and user find it in the inbox; a phone gets a message from the worker after commit.
    Title and body carry no personal data.
    """
    if user_id is not None or organisation_id is not None:
        Notice.objects.create(
            organisation_id=organisation_id,
            role=role or "",
            user_id=user_id,
            title=title[:200],
            body=body,
            url=url,
            at=at,
        )
    if phone:
        text = "：".join(part for part in (title, body) if part)
        Message.objects.create(phone=phone, text=text, next_try_at=at, queued_at=at)
