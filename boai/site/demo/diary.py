"""The diary: acts with their moments, played in order of time, one transaction a day."""

import heapq
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import count

from django.db import transaction

from boai.foundations.translog.services.sequencing import sequence_if_possible
from boai.ground.core.clock import CHINA, day_of

Act = Callable[[datetime], None]
DAWN = time(7, 30)


class Diary:
    """What happens when. An act may write further acts into the diary.

    What lies after ``until`` never happens: that is where the visitor of the demo goes on.
    """

    def __init__(self, first_day: date, until: datetime) -> None:
        self.first_day = first_day
        self.until = until
        self.dawns: list[Act] = []
        """Acts of every morning but the first, before all others and in transactions of their own."""
        self._pages: list[tuple[datetime, int, Act]] = []
        self._running = count()

    def on(self, day: int, at: time, act: Act) -> None:
        """Write down an act for a day of the story (the first is 0) and a time of day."""
        moment = datetime.combine(self.first_day + timedelta(days=day), at, tzinfo=CHINA)
        self.at(moment, act)

    def at(self, moment: datetime, act: Act) -> None:
        """Write down an act for a moment."""
        if moment <= self.until:
            heapq.heappush(self._pages, (moment, next(self._running), act))

    def play(self, say: Callable[[date], None]) -> None:
        """Let everything happen; after each day the transparency log is sequenced."""
        while self._pages:
            today = day_of(self._pages[0][0])
            say(today)
            self._dawn(today)
            with transaction.atomic():
                moment = self._pages[0][0]
                while self._pages and day_of(self._pages[0][0]) == today:
                    moment, _, act = heapq.heappop(self._pages)
                    act(moment)
            sequence_if_possible(moment)

    def _dawn(self, today: date) -> None:
        moment = datetime.combine(today, DAWN, tzinfo=CHINA)
        if today > self.first_day and moment <= self.until:
            for act in self.dawns:
                act(moment)
