"""Frozen rows of the room."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item as others see it."""

    id: int
    code: str
    name: str
    unit: str
    category_code: str
    epidemic_class: bool
    regulated: str
    standard: str
    protective_class: str


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category as others see it."""

    id: int
    code: str
    name: str
    epidemic_class: bool
    regulated: str


@dataclass(frozen=True, slots=True)
class StandardRow:
    """A standard as it was written somewhere, and the edition that it stands for."""

    family: str
    current: str
    title: str
    protective_class: str
    stated_year: str
