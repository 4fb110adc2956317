"""Divisions of China with validity periods."""
