"""Operations of the phone page and the channels: orders, notifications, repetitions, contradictions."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from boai.ground.core.actors import PUBLIC
from boai.relief.donations.services import giving
from boai.relief.donations.values import PaidNews
from tests.campaigns.simulation.engine import Planned, ask
from tests.campaigns.simulation.giving import GIFT_LEAVES, Giving
from tests.campaigns.simulation.world import Appeal, Desk


@dataclass(slots=True)
class Payment:
    """A payment order of the phone page."""

    number: str
    appeal: Appeal
    amount: int
    form_key: str
    state: str = "placed"
    transaction: str = ""
    heard: PaidNews | None = None


class Payments:
    """Plans what is paid on the phone."""

    def __init__(self, giving: Giving) -> None:
        self.giving, self.sim = giving, giving.sim
        self.payments: list[tuple[Desk, Payment]] = []
        self.named: dict[str, str] = {}

    def kinds(self) -> dict[str, tuple[int, Callable[[], Planned | None]]]:
        """Weight and planner by kind."""
        return {
            "gifts.payment-placed": (16, self.placed),
            "gifts.payment-notified": (16, self.notified),
            "gifts.payment-notified-again": (14, self.notified_again),
            "gifts.payment-contradicted": (14, self.contradicted),
        }

    def placed(self) -> Planned:
        """The phone page places an order; the same form again is the same order."""
        sim, desk = self.sim, self.sim.pick(self.giving.tree.desks)
        appeal, amount = sim.pick(desk.appeals), sim.chance.randrange(1, 60_000)
        key, at, name = f"form-{sim.next()}", sim.at, self.giving.name()
        before = sim.pick(self.payments[-30:])
        twice = before is not None and sim.chance.random() < 0.3
        changed = twice and sim.chance.random() < 0.5
        if before is not None and twice:
            desk, old = before
            appeal, amount, key = old.appeal, old.amount + changed, old.form_key
            name = self.named[old.number]

        def act() -> Any:
            return giving.place_order(
                PUBLIC,
                appeal_id=appeal.id,
                amount_fen=amount,
                channel="sandbox",
                merchant="M1",
                form_key=key,
                donor_name=name,
                at=at,
            )

        def done(order: Any) -> None:
            assert order.repeated == twice, "the same form is the same order"
            if not twice:
                self.payments.append((desk, Payment(order.number, appeal, amount, key)))
                self.named[order.number] = name

        refusals = frozenset({"SameKeyOtherInputs"} if changed else ())
        words = (desk.society, amount, twice)
        return Planned("gifts.payment-placed", words, act, refusals, done=done)

    def news(self, payment: Payment, outcome: str, **other: Any) -> PaidNews:
        """What the channel says, freshly numbered."""
        number = self.sim.next()
        told: dict[str, Any] = {
            "channel": "sandbox",
            "merchant": "M1",
            "app": "A1",
            "notification_id": f"N{number}",
            "order_number": payment.number,
            "transaction": payment.transaction or f"T{number}",
            "amount_fen": payment.amount,
            "currency": "CNY",
            "outcome": outcome,
            "paid_at": self.sim.at - timedelta(seconds=20),
            "content_digest": f"{number:064d}",
        }
        return PaidNews(**{**told, **other})

    def notified(self) -> Planned | None:
        """The channel says that an order was paid, or closed; in any order, late or early."""
        found = self.sim.pick(self.payments[-40:])
        if found is None:
            return None
        desk, payment = found
        outcome = "paid" if self.sim.chance.random() < 0.7 else "closed"
        news, at = self.news(payment, outcome), self.sim.at
        books = outcome == "paid" and payment.state != "paid"
        due = {
            ("paid", True): "booked",
            ("paid", False): "repeated",
            ("closed", False): "closed" if payment.state == "placed" else "ignored",
        }[outcome, books]

        def done(answer: Any) -> None:
            payment.heard = news
            assert answer == due, f"came to {answer}, {due} due"
            if books:
                payment.state, payment.transaction = "paid", news.transaction
                [(number,)] = ask(
                    "SELECT g.number FROM donations_gift g JOIN donations_paymentorder o "
                    "ON o.gift_id = g.id WHERE o.number = %s",
                    payment.number,
                )
                self.giving.stands(desk, number, payment.amount, payment.appeal, None)
            elif payment.state == "placed":
                payment.state = "closed"

        return Planned(
            "gifts.payment-notified",
            (outcome, payment.amount, payment.state),
            lambda: giving.confirm_payment(news, at=at),
            done=done,
            entries=int(books),
            leaves=GIFT_LEAVES if books else (),
        )

    def notified_again(self) -> Planned | None:
        """The same notification is delivered again, as channels do for a day."""
        heard = [payment for _, payment in self.payments[-40:] if payment.heard]
        payment: Payment | None = self.sim.pick(heard)
        if payment is None or payment.heard is None:
            return None
        news, at = payment.heard, self.sim.at

        def check(answer: Any) -> Iterator[str]:
            if answer != "repeated":
                yield f"came to {answer}, repeated due"

        return Planned(
            "gifts.payment-notified-again",
            (payment.amount,),
            lambda: giving.confirm_payment(news, at=at),
            check=check,
        )

    def contradicted(self) -> Planned | None:
        """A genuine message that does not fit: amount, currency, payee, order, contents."""
        found = self.sim.pick(self.payments[-40:])
        if found is None:
            return None
        _, payment = found
        wrong: dict[str, dict[str, Any]] = {
            "amount": {"amount_fen": payment.amount + 1},
            "currency": {"currency": "USD"},
            "merchant": {"merchant": "M2"},
            "channel": {"channel": "wechatpay"},
            "order": {"order_number": "DD-none"},
        }
        if payment.state == "paid":
            wrong["transaction"] = {"transaction": "T-other"}
        if payment.heard is not None:
            wrong["contents"] = {
                "notification_id": payment.heard.notification_id,
                "content_digest": "f" * 64,
            }
        what = self.sim.pick([*sorted(wrong), "amount", "amount"])
        news, at = self.news(payment, "paid", **wrong[what]), self.sim.at
        return Planned(
            "gifts.payment-contradicted",
            (what, payment.amount),
            lambda: giving.confirm_payment(news, at=at),
            frozenset({"NotificationContradicts"}),
        )
