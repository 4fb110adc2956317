"""The acts of the books, one topic a file."""
