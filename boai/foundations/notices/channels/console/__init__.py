"""The channel of demo and tests: messages go to the log, and some numbers never answer."""

import logging

from boai.ground.kit.masks import masked_phone

UNREACHABLE = "00000"
"""Numbers that end so fail, so that failure can be seen without an operator."""

log = logging.getLogger("boai.notices")


class NumberDoesNotAnswer(Exception):
    """The fake operator's refusal."""


def send(phone: str, text: str) -> None:
    """Show that a message would go out; the number masked."""
    if phone.endswith(UNREACHABLE):
        raise NumberDoesNotAnswer("no answer")
    log.info("message to %s: %s", masked_phone(phone), text)
