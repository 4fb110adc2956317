"""Tools for developers of the house; nothing here is shipped."""
