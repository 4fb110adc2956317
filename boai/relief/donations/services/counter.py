"""Cash at the counter: one person takes and registers it, another countersigns (H02)."""

from datetime import datetime

from django.db import transaction

from boai.foundations.trail.services import recording
from boai.ground.core.actors import Actor
from boai.ground.core.clock import day_of
from boai.ground.core.money import LARGEST_FEN, AmountOutOfRange, yuan
from boai.ground.kit.db.sealed import blind_index
from boai.ground.kit.db.series import take_public_numbers
from boai.relief.donations import errors, permissions, rules
from boai.relief.donations.models import Appeal, Gift, NamingConsent
from boai.relief.donations.services import booking, donors, funding
from boai.relief.donations.services.naming import tokens_of
from boai.relief.donations.values import COUNTER, GIFT_STATES, GiftOrder, gift_ref


def register_cash_gift(
    actor: Actor,
    *,
    organisation_id: int,
    appeal_id: int | None,
    amount_fen: int,
    at: datetime,
    donor_name: str = "",
    phone: str = "",
    named: bool = False,
    display_name: str = "",
    message: str = "",
    purpose: str = "",
    directed_to: int | None = None,
) -> str:
    """Register cash that was counted at the counter. It does not count before the second person's
    signature. Answers the gift's number.

    *Refuses*: ``NotPermitted``, ``AppealIsNotOpen``, ``AmountOutOfRange``, ``TextIsTooLong``,
    ``DisplayNameIsMissing``, ``PhoneIsNotReadable``, ``CashNeedsTwoPeople`` (nobody behind it).
    """
    permissions.require_cash(actor, organisation_id)
    if actor.person_id is None:
        raise errors.CashNeedsTwoPeople
    if not 0 < amount_fen <= LARGEST_FEN:
        raise AmountOutOfRange(field="amount", given=yuan(amount_fen), largest=yuan(LARGEST_FEN))
    shown = rules.shown_name(named, display_name)
    name = rules.cleaned(donor_name, label="姓名", limit=60, field="donor_name") or shown
    neat = rules.neat_phone(phone)
    with transaction.atomic():
        appeal = booking.locked_appeal(organisation_id, appeal_id)
        if appeal is not None:
            rules.refuse_closed_appeal(
                title=appeal.title, state=appeal.state, suspended_at=None, given_at=at
            )
        number = take_public_numbers("JZ", day_of(at))[0]
        order = GiftOrder(
            amount_fen=amount_fen,
            channel=COUNTER,
            channel_reference=number,
            given_at=at,
            donor_name=name,
            phone=neat,
            named=named,
            display_name=shown,
            message=rules.cleaned(message, label="留言", limit=200, field="message"),
            purpose=rules.cleaned(purpose, label="指定用途", limit=300, field="purpose"),
            directed_to=directed_to,
        )
        gift = _insert(actor, organisation_id, appeal, order, at)
        _record(actor, "register-cash", gift, at)
    return number


def _insert(
    actor: Actor, organisation_id: int, appeal: Appeal | None, order: GiftOrder, at: datetime
) -> Gift:
    gift = Gift.objects.create(
        number=order.channel_reference,
        kind="cash",
        organisation_id=organisation_id,
        appeal=appeal,
        fund_id=funding.fund_for(
            organisation_id=organisation_id, appeal=appeal, directed_to=order.directed_to, at=at
        ),
        donor_id=donors.find_or_register(organisation_id, [order], at)[0],
        amount_fen=order.amount_fen,
        channel=order.channel,
        channel_reference=order.channel_reference,
        purpose=order.purpose,
        directed_to_id=order.directed_to,
        message=order.message,
        given_at=at,
        registered_at=at,
        registered_by=actor.person_id,
        query_code=booking.new_query_code(),
        phone_index=blind_index("phone", order.phone) if order.phone else "",
        named=order.named,
        display_name=order.display_name,
        search_tokens=tokens_of(order.display_name),
    )
    if order.named:
        NamingConsent.objects.create(gift=gift, named=True, by="counter", at=at)
    return gift


def countersign_cash_gift(actor: Actor, *, number: str, at: datetime) -> str:
    """The second signature: another person has counted the same cash. From now on the gift counts.

    *Refuses*: ``NotPermitted``, ``GiftIsNotFound``, ``CashNeedsTwoPeople`` (the same natural
    person, whatever account), ``GiftIsNotWaiting``. *Posts*: outside → bank, into the fund.
    *Announces* ``GiftsConfirmed``.
    """
    with transaction.atomic():
        gift = Gift.objects.select_for_update().filter(number=number, channel=COUNTER).first()
        if gift is None:
            raise errors.GiftIsNotFound
        permissions.require_cash(actor, gift.organisation_id)
        if gift.state != "announced":
            raise errors.GiftIsNotWaiting(state=GIFT_STATES[gift.state])
        if actor.person_id is None or actor.person_id == gift.registered_by:
            raise errors.CashNeedsTwoPeople
        booking.post_money(actor, [gift], at)
        gift.state, gift.confirmed_at, gift.countersigned_by = "confirmed", at, actor.person_id
        gift.save(update_fields=["state", "confirmed_at", "countersigned_by", "entry_id"])
        _record(actor, "countersign-cash", gift, at)
        holder = gift.donor.name if gift.donor and gift.donor.name else gift.display_name
        booking.finish(actor, [gift], [holder or ""], at)
    return number


def _record(actor: Actor, verb: str, gift: Gift, at: datetime) -> None:
    recording.record(
        actor,
        verb,
        subject=gift_ref(gift.number),
        at=at,
        organisation_id=gift.organisation_id,
        detail={"amount_fen": gift.amount_fen},
    )
