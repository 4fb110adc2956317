"""Gifts of goods: announced at the counter, confirmed when the store has received them."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from boai.foundations.catalogue import queries as catalogue
from boai.foundations.organisations import queries as organisations
from boai.foundations.trail.services import evidence, recording
from boai.ground.core.actors import Actor
from boai.ground.core.clock import day_of
from boai.ground.kit.db.sealed import blind_index
from boai.ground.kit.db.series import take_public_numbers
from boai.relief.donations import errors, permissions, rules
from boai.relief.donations.models import Appeal, Gift, GiftLine, NamingConsent
from boai.relief.donations.services import booking, donors, papers
from boai.relief.donations.services.naming import tokens_of
from boai.relief.donations.values import (
    GOODS,
    AnnouncedGift,
    AnnouncedLine,
    GiftOrder,
    gift_ref,
    line_ref,
)
from boai.relief.warehouse import queries as warehouse
from boai.relief.warehouse.services import receiving
from boai.relief.warehouse.values import ExpectedLine


def announce_gift_in_kind(
    actor: Actor,
    *,
    organisation_id: int,
    appeal_id: int | None,
    lines: Sequence[AnnouncedLine],
    at: datetime,
    donor_name: str = "",
    donor_kind: str = "organisation",
    phone: str = "",
    uscc: str = "",
    named: bool = False,
    display_name: str = "",
    message: str = "",
    purpose: str = "",
    directed_to: int | None = None,
    overseas: bool = False,
    late_reason: str = "",
    store_id: int | None = None,
    reference: str = "",
    documents: Sequence[tuple[str, bytes]] = (),
) -> AnnouncedGift:
    """Register a gift of goods on its way, and tell the store to expect it.

    ``documents`` are quality and price papers (file name, content). ``reference`` is the donor's or
    a list's own number of the gift, unique for ever; empty: the gift's number.

    *Refuses*: ``NotPermitted`` (home and overseas goods have separate receivers, S0-28),
    ``AppealIsNotOpen``, ``ReasonForLatenessIsMissing`` (A22), ``LinesAreMissing``,
    ``QuantityIsOutOfRange``, ``ItemIsUnknown``, ``StatedValueIsZero``, ``DirectedToIsUnknown``,
    ``ReferenceIsKnown``, and the refusals of texts, names and telephones. *Announces* nothing yet.
    """
    permissions.require_register_goods(actor, organisation_id, overseas=overseas)
    _refuse_lines(lines, directed_to)
    shown = rules.shown_name(named, display_name)
    late = rules.cleaned(late_reason, label="在途补登原因", limit=200, field="late_reason")
    order = GiftOrder(
        amount_fen=1,
        channel=GOODS,
        channel_reference=rules.cleaned(reference, label="原编号", limit=128, field="reference"),
        given_at=at,
        donor_name=rules.cleaned(donor_name, label="捐赠人", limit=200, field="donor_name")
        or shown,
        donor_kind="person" if donor_kind == "person" else "organisation",
        phone=phone,
        uscc=uscc,
        named=named,
        display_name=shown,
        message=rules.cleaned(message, label="留言", limit=200, field="message"),
        purpose=rules.cleaned(purpose, label="捐赠意愿", limit=300, field="purpose"),
        directed_to=directed_to,
    )
    with transaction.atomic():
        appeal = booking.locked_appeal(organisation_id, appeal_id)
        _refuse_closed(appeal, late, at)
        _refuse_known(order.channel_reference)
        gift = _insert(actor, organisation_id, appeal, order, overseas, late, at)
        made = _insert_lines(gift, lines, directed_to)
        consignment_id = _tell_store(actor, gift, made, store_id, at)
        _keep(actor, gift, documents, at)
        detail = {"lines": len(made), "overseas": overseas, "late": bool(late)}
        recording.record(
            actor,
            "announce-goods",
            subject=gift_ref(gift.number),
            at=at,
            organisation_id=organisation_id,
            detail=detail,
        )
    return AnnouncedGift(gift.number, gift.query_code, gift.pk, consignment_id)


def confirm_received(actor: Actor, *, number: str, at: datetime) -> None:
    """Take over what the store has counted; the first receipt confirms the gift, with certificate
    and thank-you letter; a later one corrects quantities and certificate.

    *Announces* ``GiftsConfirmed`` at the first receipt.
    """
    with transaction.atomic():
        gift = Gift.objects.select_for_update().filter(number=number, kind="in-kind").first()
        if gift is None:
            raise errors.GiftIsNotFound
        _take_over_counts(gift)
        if gift.state != "announced":
            papers.replace_certificate(gift, "实收数量更新", at)
            return
        gift.state, gift.confirmed_at = "confirmed", at
        gift.save(update_fields=["state", "confirmed_at"])
        holder = gift.donor.name if gift.donor and gift.donor.name else gift.display_name
        booking.finish(actor, [gift], [holder or ""], at)


def _refuse_lines(lines: Sequence[AnnouncedLine], directed_to: int | None) -> None:
    if not lines:
        raise errors.LinesAreMissing
    items = catalogue.items_by_ids([line.item_id for line in lines])
    for line in lines:
        rules.refuse_quantity(line.quantity)
        if line.item_id not in items:
            raise errors.ItemIsUnknown(field="item")
        if line.stated_value_fen is not None and line.stated_value_fen <= 0:
            raise errors.StatedValueIsZero(field="value")
        rules.cleaned(line.spec, label="规格", limit=120, field="spec")
    units = {line.directed_to for line in lines} | {directed_to}
    for unit in units - {None}:
        if unit is not None and organisations.row(unit) is None:
            raise errors.DirectedToIsUnknown(field="directed_to")


def _refuse_closed(appeal: Appeal | None, late: str, at: datetime) -> None:
    if appeal is None or appeal.state == "open":
        return
    if appeal.state in ("suspended", "closed"):
        # A22: goods that were under way when the appeal was suspended, with a reason only.
        if not late:
            raise errors.ReasonForLatenessIsMissing(field="late_reason")
        return
    rules.refuse_closed_appeal(
        title=appeal.title, state=appeal.state, suspended_at=None, given_at=at
    )


def _keep(actor: Actor, gift: Gift, documents: Sequence[tuple[str, bytes]], at: datetime) -> None:
    for filename, content in documents:
        evidence.attach(
            actor, subject=gift_ref(gift.number), content=content, filename=filename, at=at
        )


def _refuse_known(reference: str) -> None:
    if reference and Gift.objects.filter(channel=GOODS, channel_reference=reference).exists():
        raise errors.ReferenceIsKnown(field="reference", reference=reference[:40])


def _tell_store(
    actor: Actor, gift: Gift, lines: Sequence[GiftLine], store_id: int | None, at: datetime
) -> int:
    consignment_id = receiving.expect_goods(
        actor,
        organisation_id=gift.organisation_id,
        store_id=store_id,
        origin=gift_ref(gift.number),
        donor_label=gift.display_name or "爱心人士",
        lines=[_expected(line) for line in lines],
        at=at,
    )
    Gift.objects.filter(pk=gift.pk).update(consignment_id=consignment_id)
    return consignment_id


def _insert(
    actor: Actor,
    organisation_id: int,
    appeal: Appeal | None,
    order: GiftOrder,
    overseas: bool,
    late: str,
    at: datetime,
) -> Gift:
    number = take_public_numbers("JW", day_of(at))[0]
    phone = rules.neat_phone(order.phone)
    gift = Gift.objects.create(
        number=number,
        kind="in-kind",
        organisation_id=organisation_id,
        appeal=appeal,
        donor_id=donors.find_or_register(organisation_id, [order], at)[0],
        channel=GOODS,
        channel_reference=order.channel_reference or number,
        purpose=order.purpose,
        directed_to_id=order.directed_to,
        message=order.message,
        overseas=overseas,
        given_at=at,
        registered_at=at,
        registered_by=actor.person_id,
        late_reason=late if appeal is not None and appeal.state != "open" else "",
        query_code=booking.new_query_code(),
        phone_index=blind_index("phone", phone) if phone else "",
        named=order.named,
        display_name=order.display_name,
        search_tokens=tokens_of(order.display_name),
    )
    if order.named:
        NamingConsent.objects.create(gift=gift, named=True, by="counter", at=at)
    return gift


def _insert_lines(
    gift: Gift, lines: Sequence[AnnouncedLine], directed_to: int | None
) -> list[GiftLine]:
    return GiftLine.objects.bulk_create(
        [
            GiftLine(
                gift=gift,
                item_id=line.item_id,
                quantity=line.quantity,
                spec=rules.cleaned(line.spec, label="规格", limit=120, field="spec"),
                expected_on=line.expected_on,
                directed_to_id=line.directed_to or directed_to,
                stated_value_fen=line.stated_value_fen,
            )
            for line in lines
        ]
    )


def _expected(line: GiftLine) -> ExpectedLine:
    return ExpectedLine(
        item_id=line.item_id,
        quantity=line.quantity,
        spec=line.spec,
        expected_on=line.expected_on,
        directed_to=line.directed_to_id,
        origin_line=line_ref(line.pk),
    )


def _take_over_counts(gift: Gift) -> None:
    counted: dict[str, int] = {}
    by_item: dict[int, int] = {}
    for lot in warehouse.lots_of_origin(gift_ref(gift.number)):
        if lot.origin_line:
            counted[lot.origin_line] = counted.get(lot.origin_line, 0) + lot.received_quantity
        else:
            by_item[lot.item_id] = by_item.get(lot.item_id, 0) + lot.received_quantity
    for line in GiftLine.objects.filter(gift=gift).order_by("pk"):
        # Lots without a named line (the keeper counted item by item) go to the item's first line.
        received = counted.get(line_ref(line.pk), 0) + by_item.pop(line.item_id, 0)
        if line.received_quantity != received:
            GiftLine.objects.filter(pk=line.pk).update(received_quantity=received)
