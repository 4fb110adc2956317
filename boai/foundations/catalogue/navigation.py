"""Menu entries of the room."""

from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.navigation import Entry

entries = [
    Entry(
        label=_("物资目录"),
        url_name="catalogue-items",
        action="catalogue.see",
        icon="tags",
        group=_("基础资料"),
        order=91,
    )
]
