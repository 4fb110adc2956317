"""Boai (博爱): the open platform that a Red Cross society runs on."""

__version__ = "0.1.0"
