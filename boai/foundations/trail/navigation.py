"""Menu entries of the room."""

from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.navigation import Entry

entries = [
    Entry(
        label=_("办理记录"),
        url_name="trail-acts",
        action="trail.see",
        icon="list-check",
        group=_("监督"),
        order=80,
    )
]
