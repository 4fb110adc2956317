"""The divisions that come with the house."""

import csv
import gzip
from datetime import date
from importlib import resources

from boai.foundations.places.services.importing import take_in_list
from boai.foundations.places.values import ListedDivision
from boai.ground.core.actors import Actor

SEED = "divisions-2023.csv.gz"
SEED_DAY = date(2023, 6, 30)
SEED_SOURCE = "china-division 2.7.0 (2023-06-30)"


def seed_divisions(actor: Actor) -> int:
    """Take in provinces, cities and counties as of 2023-06-30; twice changes nothing.

    Answers how many rows were new. China-division is under the WTFPL.
    """
    packed = resources.files("boai.foundations.places").joinpath("data", SEED).read_bytes()
    text = gzip.decompress(packed).decode()
    listed = [
        ListedDivision(row["code"], row["name"], row["level"], row["parent"])  # type: ignore[arg-type]
        for row in csv.DictReader(text.splitlines())
    ]
    accepted, _ = take_in_list(listed, day=SEED_DAY, source=SEED_SOURCE)
    return accepted
