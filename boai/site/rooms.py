"""The list of rooms, lowest floor first. The linter's floors and the README's map agree with it."""

import logging
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

ALL_ROOMS = (
    "boai.foundations.places",
    "boai.foundations.trail",
    "boai.foundations.notices",
    "boai.foundations.organisations",
    "boai.foundations.catalogue",
    "boai.foundations.identity",
    "boai.foundations.ledger",
    "boai.foundations.translog",
    "boai.foundations.approvals",
    "boai.foundations.certificates",
    "boai.foundations.figures",
    "boai.relief.warehouse",
    "boai.relief.dispatch",
    "boai.relief.finance",
    "boai.relief.donations",
    "boai.relief.allocation",
    "boai.window.disclosure",
)


def _stands(room: str) -> bool:
    if find_spec(room) is None or find_spec(f"{room}.apps") is None:
        return False
    folder = Path(__file__).resolve().parents[2] / room.replace(".", "/")
    has_tables = (folder / "models.py").exists()
    return not has_tables or (folder / "migrations" / "0001_initial.py").exists()


ROOMS = tuple(room for room in ALL_ROOMS if _stands(room))


def rooms_urls() -> list[tuple[str, ModuleType]]:
    """Each room's label and its ``urls`` module, where it has one."""
    found = []
    for room in ROOMS:
        if find_spec(f"{room}.urls") is None:
            continue
        try:
            found.append((room.rpartition(".")[2], import_module(f"{room}.urls")))
        except ImportError as error:
            logging.getLogger(__name__).error("no addresses of %s: %s", room, error)
    return found
