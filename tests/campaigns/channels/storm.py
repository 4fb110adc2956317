"""What is paid, what is said of it and in which order: planned from the seed, then delivered.

Orders are placed and messages delivered in one shuffled row: duplicated, late, before the order's own
answer, contradicting, forged, replayed, or lost. Most of the time another holds the booker's turn,
so that what is told piles up and is booked in sets (decision 0012).
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from django.test import Client

from boai.ground.core.actors import PUBLIC
from boai.ground.core.clock import now
from boai.ground.kit.db.turns import turn_if_free
from boai.relief.donations.channels import checkout
from boai.relief.donations.channels.gateways import Gateway
from boai.relief.donations.models import PaymentOrder, ToldPayment, ToldRefund
from boai.relief.donations.services import draining
from tests.campaigns.channels.platforms import FORGERIES, Alipay, Paid, Said, Speak, WeChat
from tests.campaigns.frame import Closing

AGO = timedelta(minutes=11)
"""So long ago orders were placed that a channel may be asked about the silent ones, twice."""
SPAN = 40
"""Deliveries between two changes of who books."""
CONTRADICTIONS = ("amount", "transaction", "order", "currency", "id", "twice", "twice")
FORMS = {"Wechat": "application/json", "Alipay": "application/x-www-form-urlencoded"}


@dataclass(slots=True)
class Step:
    """One thing that happens: an order is placed, or something is delivered."""

    when: float
    kind: str
    payment: "Payment"
    say: Speak | None = None


@dataclass(slots=True)
class Payment:
    """One payment of the plan. ``fate``: paid, closed, silent (nobody pays), lost (paid, untold)."""

    name: str
    platform: WeChat | Alipay
    amount: int
    fate: str
    early: bool
    backs: list[int] = field(default_factory=list)
    number: str = ""


@dataclass(slots=True)
class Storm:
    """One run."""

    chance: Random
    platforms: tuple[WeChat, WeChat, Alipay]
    appeal: int
    closing: Closing
    payments: list[Payment] = field(default_factory=list)
    contradicted: set[tuple[str, str]] = field(default_factory=set)
    client: Client = field(default_factory=Client)

    def plan(self, count: int) -> list[Step]:
        """Every step in its order; messages of a payment come after its order was placed."""
        steps: list[Step] = []
        for n in range(count):
            payment = self._payment(n)
            self.payments.append(payment)
            begins = self.chance.random() * count
            steps.append(Step(begins, "place", payment))
            for kind in self._kinds(payment):
                # A delay of up to a fifth of the whole: the platforms' schedules overlap.
                steps.append(Step(begins + self.chance.random() * count / 5 + 1e-6, kind, payment))
        return sorted(steps, key=lambda step: step.when)

    def _payment(self, n: int) -> Payment:
        chance = self.chance
        platform = chance.choice(self.platforms)
        fates = ["paid"] * 16 + ["closed", "silent"]
        fates += [] if platform.channel == "sandbox" else ["lost", "lost"]
        fate, amount = chance.choice(fates), chance.randint(1, 500_000)
        backs = []
        if fate == "paid" and chance.random() < 0.15:
            first = chance.randint(1, amount)
            backs = [amount] if chance.random() < 0.4 else [first]
            rest = amount - sum(backs)
            if rest and chance.random() < 0.5:
                backs.append(chance.randint(1, rest))
        return Payment(f"P{n}", platform, amount, fate, chance.random() < 0.1, backs)

    def _kinds(self, payment: Payment) -> list[str]:
        chance, kinds = self.chance, []
        if payment.fate in ("paid", "closed"):
            kinds += [payment.fate] * chance.choice([1, 1, 2, 3, 5])
        for place in range(len(payment.backs)):
            kinds += [f"back-{place}"] * chance.choice([1, 2])
        if payment.fate == "paid" and chance.random() < 0.1:
            kinds.append("closed")
        if chance.random() < 0.5:
            kinds.append(f"forge-{chance.choice(FORGERIES)}")
        if chance.random() < 0.2:
            kinds.append(f"contradict-{chance.choice(CONTRADICTIONS)}")
        return kinds

    def blow(self, steps: list[Step]) -> None:
        """Do every step. Three of four spans are delivered while another is the booker."""
        for start in range(0, len(steps), SPAN):
            elsewhere = (start // SPAN) % 4 != 3
            with turn_if_free(draining.TURN) if elsewhere else nullcontext(True):
                for step in steps[start : start + SPAN]:
                    self._do(step)
        draining.drain(now())

    def _do(self, step: Step) -> None:
        payment, kind = step.payment, step.kind
        if kind == "place":
            self._place(payment)
        elif kind.startswith("forge-"):
            self._forge(payment, kind.removeprefix("forge-"))
        elif kind.startswith("contradict-"):
            self._contradict(payment, kind.removeprefix("contradict-"))
        elif kind.startswith("back-"):
            self._tell_back(payment, int(kind.removeprefix("back-")))
        else:
            self._tell(payment, kind)

    def _place(self, payment: Payment) -> None:
        """Through the checkout of the phone page; the platform may be quicker than its answer."""
        platform = payment.platform

        def open_payment(*, number: str, **_more: Any) -> str:
            payment.number = number
            paid = Paid(number, payment.amount, f"T{number}")
            paid.state = {"lost": "paid", "silent": "open"}.get(payment.fate, payment.fate)
            platform.books[number] = paid
            if isinstance(platform, Alipay):
                platform.enter(paid, now())
            if payment.early and payment.fate == "paid":
                self._tell(payment, "paid")
            return "/"

        own = Gateway(platform.channel, platform.merchant, open_payment)
        with _collects(own):
            checkout.start_payment(
                PUBLIC,
                appeal_id=self.appeal,
                amount_fen=payment.amount,
                form_key=payment.name,
                at=now() - AGO,
            )

    def _tell(self, payment: Payment, what: str) -> None:
        said = payment.platform.tells(payment.number, what)(now())
        if not self._deliver(said):
            self.closing.broke(f"{payment.platform.channel}: a genuine {what} was refused")
        elif not self._durable(payment, said, ToldPayment):
            self.closing.lost += 1
            self.closing.notes.append(f"lost: {payment.name} {what} was acknowledged, not kept")

    def _tell_back(self, payment: Payment, place: int) -> None:
        """A refund as it stood after the so-manieth: earlier ones may be told after later ones."""
        books = payment.platform.books[payment.number]
        whole = {f"R{payment.number}-{n}": fen for n, fen in enumerate(payment.backs)}
        books.back = dict(list(whole.items())[: place + 1])
        said = payment.platform.tells(payment.number, "back")(now())
        books.back = whole
        if not self._deliver(said):
            self.closing.broke(f"{payment.platform.channel}: a genuine refund was refused")
        elif not self._durable(payment, said, ToldRefund):
            self.closing.lost += 1
            self.closing.notes.append(
                f"lost: a refund of {payment.name} was acknowledged, not kept"
            )

    def _forge(self, payment: Payment, how: str) -> None:
        say = payment.platform.forges(payment.number, how, self.chance)
        if self._deliver(say(now())):
            self.closing.broke(f"{payment.platform.channel}: forged ({how}) was taken")

    def _contradict(self, payment: Payment, what: str) -> None:
        """Genuine, but not what the order says: refused at once or, in a storm, when it is booked."""
        platform = payment.platform
        wrong: dict[str, Any] = {
            "amount": {"amount": payment.amount + self.chance.choice([1, 100])},
            "transaction": {"order": "DD-none", "transaction": "T-other"},
            "order": {"order": f"DD-{payment.name}"},
            "currency": {"currency": "USD"},
            "id": {"order": f"DD-{payment.name}", "id": f"own-{payment.name}"},
            "twice": self._paid_twice(payment),
        }[what]
        if what == "currency" and isinstance(platform, Alipay):
            wrong = {"amount": payment.amount + 7}
        said = platform.tells(payment.number, "paid", **wrong)(now())
        self._deliver(said)
        self.contradicted.add((platform.channel, said.id))

    def _paid_twice(self, payment: Payment) -> dict[str, Any]:
        """By a transaction that has paid another order already."""
        paid = PaymentOrder.objects.filter(channel=payment.platform.channel, state="paid")
        others = paid.exclude(number=payment.number).order_by("-pk")
        known = others.values_list("transaction", flat=True).first()
        return {"transaction": known} if known else {"order": f"DD-{payment.name}"}

    def _durable(self, payment: Payment, said: Said, table: Any) -> bool:
        rows = table.objects.filter(channel=payment.platform.channel, notification_id=said.id)
        own = ToldRefund.objects.filter(order_number=payment.number)
        return rows.exists() or (table is ToldRefund and own.exists())

    def _deliver(self, said: Said) -> bool:
        """Whether it was acknowledged. An answer that is neither yes nor no is a break."""
        kind = FORMS["Alipay" if "alipay" in said.path else "Wechat"]
        headers: dict[str, Any] = dict(said.headers)
        answer = self.client.post(said.path, said.body, content_type=kind, headers=headers)
        self.closing.operations += 1
        yes = answer.status_code == 204
        if "alipay" in said.path:
            yes = (answer.status_code, answer.content) == (200, b"success")
        if yes:
            self.closing.acknowledged += 1
        elif 400 <= answer.status_code < 500:
            self.closing.refused += 1
        else:
            self.closing.broke(f"{said.path} answered {answer.status_code}")
        return yes


@contextmanager
def _collects(gateway: Gateway) -> Iterator[None]:
    """The platform's fake stands where the real one is called."""
    before = checkout.gateway
    checkout.gateway = lambda channel="": gateway
    try:
        yield
    finally:
        checkout.gateway = before
