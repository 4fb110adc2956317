"""Tests of the figures end with the whole-books check where they touched the books."""

from tests.factories.books import (  # noqa: F401
    _role_afterwards,
    altered_books,
    books_alone,
    storm,
    whole_books,
)
