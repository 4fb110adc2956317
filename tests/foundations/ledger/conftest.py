"""Every test of the books ends with the whole-books check."""

from tests.factories.books import (  # noqa: F401
    _role_afterwards,
    altered_books,
    storm,
    whole_books,
)
