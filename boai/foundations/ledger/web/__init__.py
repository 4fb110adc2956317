"""Doors of the books for people."""
