"""How amounts stand on the giving pages."""

from django import template
from django.utils.translation import gettext

from boai.ground.core.text import gettext_noop as _

register = template.Library()


@register.filter
def whole_yuan(fen: int) -> str:
    """5000 -> ``50``, 8888 -> ``88.88``: as somebody would type it into the amount field."""
    return str(fen // 100) if fen % 100 == 0 else f"{fen // 100}.{fen % 100:02d}"


DEEDS = {
    "announce-goods": _("登记物资"),
    "register-cash": _("登记现金（第一签字人）"),
    "countersign-cash": _("复核签字（第二签字人）"),
    "confirm-gifts": _("确认捐赠"),
    "change-naming": _("捐赠人更改署名"),
    "payment-confirmed": _("支付成功"),
}


@register.filter
def deed(verb: str) -> str:
    """A verb of the trail in words."""
    return gettext(DEEDS[verb]) if verb in DEEDS else verb
