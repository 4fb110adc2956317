"""Telling people: the inbox on the desk and messages to phones."""
