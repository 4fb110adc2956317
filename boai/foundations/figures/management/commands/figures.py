"""``boai figures``: the numbers of an organisation."""

from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext

from boai.foundations.figures import queries
from boai.foundations.figures.errors import OrganisationIsUnknown
from boai.foundations.organisations import queries as organisations
from boai.ground.core.clock import day_of, now
from boai.ground.kit.commands import HouseCommand


def a_day(text: str) -> date:
    """A day as ``2020-01-29``."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"not a day (YYYY-MM-DD): {text}") from None


class Command(HouseCommand):
    """Prints figures: name, unit, value, and whether the value is exact."""

    help = "Print figures of an organisation, own level or system-wide."

    def own_arguments(self, parser: CommandParser) -> None:
        """Names, organisation, scope, days."""
        parser.add_argument("names", nargs="*", metavar="NAME")
        parser.add_argument("--org", required=True, help="code or full name")
        parser.add_argument("--scope", choices=("own", "system"), default="own")
        parser.add_argument("--by", choices=("day", "unit"), help="one figure, day by day")
        parser.add_argument("--as-of", type=a_day, dest="as_of")
        parser.add_argument("--from", type=a_day, dest="first")
        parser.add_argument("--to", type=a_day, dest="last")

    def run_command(self, **options: Any) -> int | None:
        """Ask and print."""
        if options["as_of"] and (options["first"] or options["last"]):
            raise self.wrong_usage("--as-of excludes --from and --to")
        organisation = organisations.by_code_or_name(options["org"])
        if organisation is None:
            raise OrganisationIsUnknown(name=options["org"][:60])
        last = options["as_of"] or options["last"] or day_of(now())
        if options["by"]:
            self._series(organisation.id, options, last)
            return None
        found = queries.evaluate(
            options["names"],
            organisation_id=organisation.id,
            scope=options["scope"],
            first=options["first"],
            last=last,
        )
        document = [
            {"name": v.name, "unit": v.unit, "value": v.value, "exact": v.exact} for v in found
        ]
        lines = [f"{v.name:<44}{v.yuan or '-':>20} {v.unit:<12}{gettext(v.label)}" for v in found]
        self.answer(document, "\n".join(lines))
        return None

    def _series(self, organisation_id: int, options: dict[str, Any], last: date) -> None:
        """One figure day by day, of the organisation or of each directly below it."""
        if len(options["names"]) != 1 or not options["first"]:
            raise self.wrong_usage("--by needs one NAME and --from")
        name, first = options["names"][0], options["first"]
        if options["by"] == "day":
            days = queries.by_day(
                name,
                organisation_id=organisation_id,
                scope=options["scope"],
                first=first,
                last=last,
            )
            rows: list[tuple[str, ...]] = [(str(d.day), str(d.value)) for d in days]
        else:
            units = queries.by_unit(name, organisation_id=organisation_id, first=first, last=last)
            named = organisations.rows({unit.organisation_id for unit in units})
            rows = [(named[u.organisation_id].name, str(u.day), str(u.value)) for u in units]
        self.answer([list(row) for row in rows], "\n".join("  ".join(row) for row in rows))
