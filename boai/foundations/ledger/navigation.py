"""Menu entries of the room."""

from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.navigation import Entry

BOOKS = _("账务")

entries = [
    Entry(
        label=_("分录簿"),
        url_name="ledger-journal",
        action="ledger.see",
        icon="list-check",
        group=BOOKS,
        order=40,
    ),
    Entry(
        label=_("基金"),
        url_name="ledger-funds",
        action="ledger.see",
        icon="wallet2",
        group=BOOKS,
        order=41,
    ),
    Entry(
        label=_("科目余额"),
        url_name="ledger-accounts",
        action="ledger.see",
        icon="grid",
        group=BOOKS,
        order=42,
    ),
    Entry(
        label=_("试算平衡"),
        url_name="ledger-trial-balance",
        action="ledger.see",
        icon="clipboard-check",
        group=BOOKS,
        order=43,
    ),
]
