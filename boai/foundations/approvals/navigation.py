"""Menu of approvals."""

from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.navigation import Entry

entries = [
    Entry(
        label=_("决策事项"),
        url_name="approvals-cases",
        action="approvals.see",
        icon="people",
        group=_("决策"),
        order=20,
    )
]
