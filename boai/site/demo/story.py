"""The story: ``furnish`` tells it once; told again, it changes nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction

from boai.foundations.catalogue.services.seeding import seed_catalogue
from boai.foundations.organisations import queries as organisations
from boai.foundations.organisations.services.settings import set_value
from boai.ground.core.actors import SYSTEM
from boai.ground.core.clock import day_of, now
from boai.ground.core.errors import Refusal
from boai.ground.core.text import gettext_noop as _
from boai.site.demo.cast import PASSWORD, SOCIETY, engage_people, found_places, sign_ins
from boai.site.demo.chapters import (
    appeal,
    bulletins,
    coming_back,
    goods,
    money,
    needs,
    receipts,
    requests,
    spending,
)
from boai.site.demo.chapters.money import EXAMPLE, EXAMPLE_CODE
from boai.site.demo.diary import Diary
from boai.site.demo.stage import Stage

SEED = 20200129
DAYS = 30
TOLD = "demo.told"
CHAPTERS = (appeal, money, goods, needs, spending, requests, coming_back, receipts, bulletins)


class StoryIsUnfinished(Refusal):
    """The story was interrupted while it was told."""

    text = _("演示数据只装入了一部分。")
    mend = _("请换一个空的 BOAI_HOME（或空数据库）重新装入。")


def furnish(
    at_base: datetime | None = None,
    *,
    size: float = 1.0,
    say: Callable[[str], None] = lambda text: None,
) -> dict[str, Any]:
    """Tell the month that ends at ``at_base`` (now, unless given) by calling services.

    ``size`` scales the number of gifts of money. Answers the society and everybody's sign-in.
    *Refuses*: ``StoryIsUnfinished`` where an earlier telling was interrupted.
    """
    base = at_base or now()
    known = organisations.by_code_or_name(SOCIETY)
    if known is None:
        _tell(base, size, say)
    elif not organisations.setting(known.id, TOLD, False):
        raise StoryIsUnfinished
    known = organisations.by_code_or_name(SOCIETY)
    example = organisations.setting(known.id, EXAMPLE, "") if known is not None else ""
    for username, name, role, place in sign_ins():
        say(f"{username:<12}{name}　{role}　{place}")
    say(f"密码（所有演示账号）：{PASSWORD}")
    say(f"可查询的示例捐赠：编号 {example}　查询码 {EXAMPLE_CODE}")
    return {
        "example": {"number": example, "query_code": EXAMPLE_CODE},
        "society": SOCIETY,
        "password": PASSWORD,
        "sign_ins": [
            {"username": username, "name": name, "role": role, "place": place}
            for username, name, role, place in sign_ins()
        ],
    }


def _tell(base: datetime, size: float, say: Callable[[str], None]) -> None:
    first_day = day_of(base) - timedelta(days=DAYS - 1)
    diary = Diary(first_day, base)
    before = base - timedelta(days=DAYS + 1)
    with transaction.atomic():
        seed_catalogue(SYSTEM)
        places = found_places(before)
        people = engage_people(places, before)
    stage = Stage(
        places=places,
        people=people,
        diary=diary,
        dice=Random(SEED),  # noqa: S311  invented people, the same each time
        base=base,
        size=size,
    )
    for chapter in CHAPTERS:
        chapter.write(stage)
    diary.play(lambda today: say(f"{today:%m-%d} …"))
    set_value(SYSTEM, organisation_id=places["city"], key=TOLD, value=True, at=base)
