"""The furnished demo: a month of an emergency in a fictional city, told by calling services."""
