"""How amounts stand on the giving pages."""

from django import template

register = template.Library()


@register.filter
def whole_yuan(fen: int) -> str:
    """5000 -> ``50``, 8888 -> ``88.88``: as somebody would type it into the amount field."""
    return str(fen // 100) if fen % 100 == 0 else f"{fen // 100}.{fen % 100:02d}"
