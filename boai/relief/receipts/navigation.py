"""Menu entries of the room."""

from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.navigation import Entry

entries = [
    Entry(_("捐赠票据"), "receipts-list", "receipts.see", "receipt", _("票据"), 28),
    Entry(_("票据复核"), "receipts-waiting", "receipts.see", "pen", _("票据"), 29),
    Entry(_("票据库存"), "receipts-stock", "receipts.see", "collection", _("票据"), 30),
]
