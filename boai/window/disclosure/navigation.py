"""Menu entries of the room."""

from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.navigation import Entry

entries = [
    Entry(
        label=_("每日公示"),
        url_name="disclosure-work",
        action="disclosure.see",
        icon="megaphone",
        group=_("公开"),
    ),
]
