"""Doors of a house in the middle of its work: the demo's month."""
