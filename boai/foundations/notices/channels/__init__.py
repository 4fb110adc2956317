"""Ways to a phone. A channel is a function that takes a number and a text, and fails by raising."""

from collections.abc import Callable

from boai.foundations.notices.channels.console import send as to_console

Channel = Callable[[str, str], None]

CHANNELS: dict[str, Channel] = {"console": to_console}
