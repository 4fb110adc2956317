"""``boai demo``: the furnished demo."""

from datetime import date, datetime, time
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandParser

from boai.ground.core.clock import CHINA
from boai.ground.kit.commands import HouseCommand

STORY = "boai.site.demo.story"


class Command(HouseCommand):
    """Loads the story of the demo by calling services; twice changes nothing."""

    help = "装入演示数据（重复运行不改变任何东西）"

    def own_arguments(self, parser: CommandParser) -> None:
        """``--until``: the story's last day, for rehearsals and journeys; today, unless given."""
        parser.add_argument("--until", type=date.fromisoformat, help="故事的最后一天（年-月-日）")

    def run_command(self, **options: Any) -> int | None:
        """Make the database ready, then furnish it."""
        if find_spec("boai.site.demo") is None or find_spec(STORY) is None:
            raise self.wrong_usage("此版本没有演示数据（not available in this version）。")
        call_command("migrate", interactive=False, verbosity=0, stdout=self.stderr)
        until = options["until"]
        base = datetime.combine(until, time(23, 30), tzinfo=CHINA) if until else None
        told = import_module(STORY).furnish(base, say=self.say)
        self.answer(told if told is not None else {"ok": True}, "演示数据已就绪。")
        return None
