"""``boai bench``: ratios of what the program reaches to what the machine could at most."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser

from boai.ground.kit.commands import HouseCommand
from boai.site.bench import running
from boai.site.bench.frame import BENCHES, POSTGRES, SQLITE, Outcome


class Command(HouseCommand):
    """Runs benchmarks, each in a home and a database of its own, away from the society's data."""

    help = "性能测量：本系统与同一次运行中测得的机器极限之比"

    def own_arguments(self, parser: CommandParser) -> None:
        """Which, on which database, how large."""
        parser.add_argument("names", nargs="*", metavar="NAME")
        parser.add_argument("--full", action="store_true", help="the sizes of the published goals")
        parser.add_argument("--size", type=int, help="gifts, leaves or postings")
        parser.add_argument("--database", choices=(SQLITE, POSTGRES), action="append", default=[])
        parser.add_argument("--list", action="store_true", dest="only_list")

    def run_command(self, **options: Any) -> int | None:
        """Run and print a line for each; exit 1 where one could not run."""
        running.load()
        if options["only_list"]:
            rows = [asdict(b) | {"run": None} for b in BENCHES.values()]
            lines = [f"{b.name:<16}{b.title}" for b in BENCHES.values()]
            self.answer(rows, "\n".join(lines))
            return None
        for name in options["names"]:
            if name not in BENCHES:
                raise self.wrong_usage(f"no benchmark {name}; there are {', '.join(BENCHES)}")
        found = []
        for one in running.run_all(
            options["names"],
            full=options["full"],
            databases=options["database"],
            size=options["size"],
        ):
            found.append(one)
            self.say(line_of(one))
        self.answer([asdict(one) for one in found], "\n".join(line_of(one) for one in found))
        return 1 if any(one.ratio is None for one in found) else None


def line_of(one: Outcome) -> str:
    """One outcome in one line."""
    head = f"{one.name:<14}{one.database:<11}{one.size:>10,}"
    if one.ours is None or one.limit is None or one.ratio is None:
        return f"{head}  {one.note}"
    met = "met" if one.met else "not met"
    return (
        f"{head}  {one.ours:>12,.3f} / {one.limit:>12,.3f} {one.unit:<12} ratio {one.ratio:>7.3f} "
        f"goal {one.goal:<8} {met:<8}{one.peak_mb:>6} MB {one.seconds:>7.1f} s  {one.note}"
    )
