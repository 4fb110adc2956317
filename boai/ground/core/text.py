"""Marking text for translation where Django is not known."""


def gettext_noop(text: str) -> str:
    """Return the text unchanged; the catalogue tool collects it, the kit translates it later."""
    return text
