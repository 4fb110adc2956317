"""Menu of dispatch."""

from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.navigation import Entry

_GROUP = _("运输")

entries = [
    Entry(_("待签收"), "dispatch-arriving", "dispatch.deliver", "box2-heart", _GROUP, 40),
    Entry(_("运单"), "dispatch-waybills", "dispatch.see", "truck", _GROUP, 41),
    Entry(
        _("交接差异"), "dispatch-differences", "dispatch.settle", "exclamation-diamond", _GROUP, 42
    ),
    Entry(_("退回物资"), "dispatch-returns", "dispatch.see", "reply", _GROUP, 43),
]
