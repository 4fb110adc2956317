"""Menu lines of the room."""

from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.navigation import Entry

entries = [
    Entry(_("捐赠记录"), "donations-gifts", "donations.see", "heart", _("捐赠"), 20),
    Entry(_("募捐项目"), "donations-appeal-list", "donations.see", "megaphone", _("捐赠"), 21),
    Entry(_("现金登记"), "donations-cash", "donations.cash", "cash-coin", _("捐赠"), 22),
    Entry(_("境内物资登记"), "donations-goods", "donations.register", "box2-heart", _("捐赠"), 23),
    Entry(
        _("境外物资登记"),
        "donations-goods-overseas",
        "donations.register-overseas",
        "globe",
        _("捐赠"),
        24,
    ),
    Entry(_("网上支付"), "donations-payments", "donations.confirm", "phone", _("捐赠"), 25),
    Entry(
        _("退款"),
        "donations-refunds",
        "donations.reverse",
        "arrow-counterclockwise",
        _("捐赠"),
        26,
    ),
    Entry(
        _("渠道对账"),
        "donations-reconciling",
        "donations.reverse",
        "clipboard-check",
        _("捐赠"),
        26,
    ),
    Entry(
        _("导入记录"),
        "donations-intakes",
        "donations.import",
        "file-earmark-arrow-up",
        _("捐赠"),
        27,
    ),
]
