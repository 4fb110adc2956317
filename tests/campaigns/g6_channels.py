"""G6: payment channels in disorder. Exact books, nothing double, missing or forged (F-08 to F-10)."""

import os
from datetime import timedelta
from typing import Any

from tests.campaigns.frame import Closing, Plan, amount, campaign, prepare


@campaign("G6", title="payment channels in disorder", databases=("sqlite", "postgresql"))
def run(plan: Plan) -> Closing:
    """Three platforms talk through the house's real address; at the end their books are compared."""
    os.environ["BOAI_CHANNELS"] = "wechatpay,alipay,sandbox"
    os.environ["BOAI_WECHATPAY"] = str(plan.home / "wechatpay.json")
    os.environ["BOAI_ALIPAY"] = str(plan.home / "alipay.json")
    os.environ["BOAI_HOSTS"] = "testserver,localhost"
    prepare(plan)
    import logging

    from tests.campaigns.channels import judging, platforms
    from tests.campaigns.channels.storm import Storm
    from tests.campaigns.writers import reading
    from tests.campaigns.writers.ground import draw

    logging.disable(logging.CRITICAL)
    closing = Closing()
    world, appeal, fund = _ground()
    on_sqlite = plan.database == "sqlite"
    count = amount(plan, probe=150, small=2000 if on_sqlite else 500, long=20_000)
    storm = Storm(draw(plan.seed), platforms.make(plan.home), appeal, closing)
    storm.blow(storm.plan(count))
    asked = _ask_the_silent(storm)
    _give_back(storm, world)
    for wrong in judging.judge(storm, fund):
        closing.broke(wrong)
    for wrong in reading.broken_laws():
        closing.broke(wrong)
    wrongs = [note for note in closing.notes if note.startswith("broken: ")]
    kinds = {kind: sum(f"broken: {kind}" in n for n in wrongs) for kind in KINDS}
    paid = sum(payment.fate in ("paid", "lost") for payment in storm.payments)
    closing.notes.append(
        f"{count} payments, {paid} paid, {asked} orders asked about: "
        + ", ".join(f"{n} {kind}" for kind, n in kinds.items())
    )
    return closing


KINDS = ("double", "missing", "forged")


def _ground() -> tuple[Any, int, int]:
    """A society with an open appeal, opened a while ago: its people, the appeal, its fund."""
    from boai.ground.core.clock import now
    from tests.factories.world import make_world
    from tests.relief.donations.conftest import open_one

    at = now().replace(microsecond=0) - timedelta(hours=1)
    world = make_world(at)
    opened = open_one(world, at)
    return world, opened.id, opened.fund_id


def _ask_the_silent(storm: Any) -> int:
    """Orders of which nothing was heard: the real askers, over the platforms' own answers."""
    from boai.ground.core.clock import now
    from boai.relief.donations.channels import asking
    from boai.relief.donations.channels.alipay import asking as alipay
    from boai.relief.donations.channels.gateways import Gateway
    from boai.relief.donations.channels.wechatpay import asking as wechat
    from boai.relief.donations.channels.wechatpay import keys

    first, _sandbox, last = storm.platforms
    account = keys.configured()
    assert account is not None

    def nothing(**_more: Any) -> str:
        return "/"

    able = [
        Gateway(first.channel, first.merchant, nothing, wechat.asker(account, first.fetch)),
        Gateway(last.channel, last.merchant, nothing, alipay.asker(last.real.account())),
    ]
    before, asked = asking.gateways, 0
    asking.gateways = lambda: able
    try:
        while found := asking.ask_silent(now()):
            asked += found
    finally:
        asking.gateways = before
    return asked


def _give_back(storm: Any, world: Any) -> None:
    """What the platforms say went back is booked by two people of the society."""
    from boai.ground.core.clock import now
    from boai.relief.donations.models import PaymentOrder
    from boai.relief.donations.services import refunding

    for payment in storm.payments:
        for fen in payment.backs:
            row = PaymentOrder.objects.select_related("gift").get(number=payment.number)
            if row.gift is None:
                continue
            asked = refunding.propose_refund(
                world.cast.accountant, gift_number=row.gift.number, amount_fen=fen, reason="原路退回",
                at=now(),
            )  # fmt: skip
            refunding.pay_refund(world.cast.cashier, number=asked, at=now())
