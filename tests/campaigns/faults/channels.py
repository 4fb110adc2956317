"""Planted faults of the payment channels: each takes away one check that G6 rests on."""

from dataclasses import replace
from typing import Any

from tests.campaigns.frame import Plan, planted


@planted("callback-signature-unread", caught_by="G6")
def callback_signature_unread(plan: Plan) -> None:
    """Whoever knows the shape of a notification is believed."""
    from boai.relief.donations.channels.alipay import reading as alipay
    from boai.relief.donations.channels.wechatpay import reading as wechat

    wechat._signed = lambda *_words: True
    alipay.is_signed = lambda *_words: True


@planted("callback-amount-unread", caught_by="G6")
def callback_amount_unread(plan: Plan) -> None:
    """What the channel says it collected is not compared with the order (I-11)."""
    from boai.relief.donations.services import giving

    plain = giving.refuse_contradiction

    def unreading(order: Any, news: Any) -> None:
        plain(order, replace(news, amount_fen=order.amount_fen))

    giving.refuse_contradiction = unreading


@planted("callback-answered-from-memory", caught_by="G6")
def callback_answered_from_memory(plan: Plan) -> None:
    """Acknowledged first, written down when the next one comes (I-9)."""
    from boai.relief.donations.services import accepting

    plain = accepting.confirm
    waiting: list[Any] = []

    def later(news: Any, *, at: Any) -> str:
        if waiting:
            plain(waiting.pop(), at=at)
        waiting.append(news)
        return "told"

    accepting.confirm = later


@planted("reference-pays-twice", caught_by="G6", database="postgresql")
def reference_pays_twice(plan: Plan) -> None:
    """One transaction may pay any number of orders: neither looked up nor unique (I-10)."""
    from django.db import connection

    from boai.relief.donations.services import booking

    booking._known = lambda orders: ()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'u' AND"
            " (conname = 'donations_gift_once_per_channel_reference' OR (conrelid ="
            " 'donations_paymentorder'::regclass AND conname LIKE '%%transaction%%'))",
            [],
        )
        for table, name in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    connection.close()


@planted("late-word-of-closing-counts", caught_by="G6")
def late_word_of_closing_counts(plan: Plan) -> None:
    """An order that is closed stays closed, also when the word of its payment comes after (I-13)."""
    from boai.relief.donations import rules

    plain = rules.payment_may_move

    def stubborn(before: str, after: str) -> bool:
        return before != "closed" and plain(before, after)

    rules.payment_may_move = stubborn
    from boai.relief.donations.services import giving

    moved = giving._moved

    def ignoring(order: Any, news: Any, at: Any) -> str:
        if order.state == "closed":
            return "ignored"
        return moved(order, news, at)

    giving._moved = ignoring


@planted("refund-in-all-read-as-one", caught_by="G6")
def refund_in_all_read_as_one(plan: Plan) -> None:
    """Alipay's word of what went back in all is taken for one more refund."""
    from boai.relief.donations.channels.alipay import receiving

    plain = receiving.read_notification

    def adding(*words: Any, **more: Any) -> Any:
        told = plain(*words, **more)
        if told.refund is None:
            return told
        return replace(told, refund=replace(told.refund, in_all=False))

    receiving.read_notification = adding
