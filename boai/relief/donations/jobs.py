"""Timed work of the room."""

from datetime import datetime

from boai.ground.core.jobs import every
from boai.relief.donations.channels.asking import ask_silent
from boai.relief.donations.importing import carrying
from boai.relief.donations.services import intake_files
from boai.relief.donations.services.draining import drain

LONGEST = 10.0
"""Seconds after which other timed work has its turn, however much still waits."""


@every(1, "donations-told", lease_seconds=20)
def book_what_was_told(at: datetime) -> None:
    """Book the payments that channels have told and nobody has booked yet. Of two at one moment one
    has the turn, so the lease of a worker that was killed may be short."""
    drain(at, patience=LONGEST)


@every(60, "donations-silent", lease_seconds=600)
def ask_about_silent_orders(at: datetime) -> None:
    """Ask the real channels about orders of which nothing was heard (F-09)."""
    ask_silent(at)


@every(2, carrying.JOB, lease_seconds=120)
def take_in_files(at: datetime) -> None:
    """Go on with files that were brought through the browser, for a while at a time: what channels
    tell must not wait for a list. Run twice at one moment, the second finds the turn taken."""
    carrying.carry(at, patience=LONGEST)


@every(3600, "donations-statements-old")
def remove_old_statements(at: datetime) -> None:
    """Remove the files that nobody took in."""
    intake_files.forget_old(at)
