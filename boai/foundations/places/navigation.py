"""Menu entries of the room."""

from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.navigation import Entry

entries = [
    Entry(
        label=_("行政区划"),
        url_name="places-divisions",
        action="desk",
        icon="geo-alt",
        group=_("基础资料"),
        order=93,
    )
]
