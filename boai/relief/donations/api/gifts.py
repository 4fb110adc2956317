"""``/api/v1/gifts/<number>``: what everybody may know about one gift."""

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema

from boai.ground.core.errors import NotFound
from boai.relief.donations import queries

router = Router(tags=["donations"])


class GiftOut(Schema):
    """A gift without the giver: the name only under consent."""

    number: str
    kind: str
    amount_fen: int | None
    state: str
    appeal: str
    name: str
    given_at: datetime
    confirmed_at: datetime | None


@router.get("/{number}", auth=None, response=GiftOut, summary="一笔捐赠")
def one_gift(request: HttpRequest, number: str) -> GiftOut:
    """A confirmed gift by its number. *Refuses*: ``NotFound``."""
    row = queries.gift(number)
    if row is None or row.state == "announced":
        raise NotFound
    return GiftOut(
        number=row.number,
        kind=row.kind,
        amount_fen=row.amount_fen,
        state=row.state,
        appeal=row.appeal_slug,
        name=row.public_name,
        given_at=row.given_at,
        confirmed_at=row.confirmed_at,
    )
