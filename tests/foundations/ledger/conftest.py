"""Every test of the books ends with the whole-books check."""

from tests.factories.books import (  # noqa: F401
    _role_afterwards,
    altered_books,
    books_alone,
    storm,
    whole_books,
)
