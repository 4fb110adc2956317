"""The list of rooms, lowest floor first. The linter's floors and the README's map agree with it."""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

ROOMS = (
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
    "boai.relief.receipts",
    "boai.relief.donations",
    "boai.relief.allocation",
    "boai.window.disclosure",
)


def rooms_urls() -> list[tuple[str, ModuleType]]:
    """Each room's label and its ``urls`` module, where it has one."""
    named = [room for room in ROOMS if find_spec(f"{room}.urls") is not None]
    return [(room.rpartition(".")[2], import_module(f"{room}.urls")) for room in named]
