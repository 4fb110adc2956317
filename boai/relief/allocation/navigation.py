"""Menu entries of the room."""

from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.navigation import Entry

_GROUP = _("调拨")

entries = [
    Entry(_("需求"), "allocation-needs", "allocation.see", "clipboard-check", _GROUP, 30),
    Entry(_("本单位需求"), "allocation-mine", "allocation.need", "hospital", _GROUP, 31),
    Entry(_("可供调拨清单"), "allocation-lists", "allocation.see", "list-check", _GROUP, 32),
    Entry(_("调拨申请"), "allocation-requests", "allocation.see", "send", _GROUP, 33),
]
