"""The whole-books check beside the properties."""

from tests.factories.books import altered_books, whole_books  # noqa: F401
