"""What a channel answers when it is asked about an order."""

from dataclasses import dataclass
from typing import Literal

from boai.relief.donations.values import PaidNews


@dataclass(frozen=True, slots=True)
class Heard:
    """The answer, with the news where the order is settled."""

    answer: Literal["paid", "closed", "waiting", "unknown"]
    news: PaidNews | None = None
