"""Menu of identity."""

from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.navigation import Entry

entries = [
    Entry(_("人员与岗位"), "identity-staff", "identity.see", "people", _("管理"), 90),
    Entry(_("切换岗位"), "identity-seat", "desk", "arrow-left-right", _("我"), 98),
    Entry(_("我的安全"), "identity-security", "desk", "shield-lock", _("我"), 99),
]
