"""Donations: appeals, givers, gifts of money and of goods."""
