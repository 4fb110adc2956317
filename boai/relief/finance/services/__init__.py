"""The acts of finance, one topic a file."""
