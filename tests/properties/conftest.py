"""The whole-books check beside the properties, of the books alone."""

from tests.factories.books import altered_books, books_alone, whole_books  # noqa: F401
