"""Ways to a phone. A channel is a function that takes a number and a text, and fails by raising."""

from boai.foundations.notices.channels.console import send as to_console
from boai.foundations.notices.services.delivering import Send

CHANNELS: dict[str, Send] = {"console": to_console}
