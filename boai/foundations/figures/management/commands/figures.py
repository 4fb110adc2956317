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
