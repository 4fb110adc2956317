"""Menu entries of the room."""

from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.navigation import Entry

entries = [
    Entry(
        label=_("单位"),
        url_name="organisations-list",
        action="organisations.see",
        icon="diagram-3",
        group=_("基础资料"),
        order=90,
    )
]
