"""Hospitals say what they need; the list of what can be allotted is frozen every afternoon."""

from datetime import datetime, time
from functools import partial

from boai.relief.allocation.services import listing, needing
from boai.site.demo.cast import HOSPITALS
from boai.site.demo.stage import Stage

WANTED = (
    ("MASK-SUR", 20000),
    ("MASK-RES", 2000),
    ("SUIT-MED", 800),
    ("GOGGLE", 600),
    ("GLOVE-EXAM", 8000),
    ("ALCOHOL75", 300),
    ("OXYGEN", 6),
    ("THERMO-IR", 40),
)


def write(stage: Stage) -> None:
    """Needs on some mornings; list 1 at 16:00 for the next day, every day (H06)."""
    for day in (1, 6, 12, 18, 24, 28):
        for position, hospital in enumerate(HOSPITALS):
            stage.diary.on(
                day,
                time(8, 5 + position * 7),
                partial(_post, stage, hospital, day),
            )
    for day in range(1, 30):
        stage.diary.on(day, time(16, 0), partial(_freeze, stage))


def _post(stage: Stage, hospital: str, day: int, at: datetime) -> None:
    dice = stage.dice
    for code, quantity in dice.sample(WANTED, 3):
        # Some write that they need it and no number: that is never counted as one.
        unknown = dice.random() < 0.15
        needing.post_need(
            stage.people["need" + hospital.removeprefix("hospital")],
            organisation_id=stage.places[hospital],
            society_id=stage.society,
            item_id=stage.item(code),
            quantity=None if unknown else max(1, quantity * dice.randrange(4, 12) // 10),
            urgency="critical" if day < 7 else dice.choice(("normal", "urgent", "urgent")),
            at=at,
        )


def _freeze(stage: Stage, at: datetime) -> None:
    listing.freeze_list(stage.people["task1"], organisation_id=stage.society, at=at)
