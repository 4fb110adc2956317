"""Taking in lists of gifts: from the command line, and step by step from the browser."""

from boai.relief.donations.importing.lists import take_in_gifts

__all__ = ["take_in_gifts"]
