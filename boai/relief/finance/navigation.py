"""Menu entries of the room."""

from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.navigation import Entry

MONEY = _("资金")

entries = [
    Entry(
        label=_("基金概览"),
        url_name="finance-funds",
        action="finance.see",
        icon="wallet2",
        group=MONEY,
        order=30,
    ),
    Entry(
        label=_("拨付"),
        url_name="finance-disbursements",
        action="finance.see",
        icon="cash-stack",
        group=MONEY,
        order=31,
    ),
    Entry(
        label=_("大额采购监督"),
        url_name="finance-large",
        action="finance.see",
        icon="eye",
        group=MONEY,
        order=32,
    ),
    Entry(
        label=_("收到的拨付"),
        url_name="finance-received",
        action="finance.confirm",
        icon="receipt",
        group=MONEY,
        order=33,
    ),
    Entry(
        label=_("记账凭证"),
        url_name="finance-vouchers",
        action="finance.see",
        icon="journal-text",
        group=MONEY,
        order=34,
    ),
]
