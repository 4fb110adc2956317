"""Menu entries of the room."""

from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.navigation import Entry

entries = [Entry(label=_("通知"), url_name="notices-inbox", action="desk", icon="bell", order=2)]
