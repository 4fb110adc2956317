"""Floors 1 to 4: lists of places, parties, items and people; books and proof."""
