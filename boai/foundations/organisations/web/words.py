"""Words that pages show for kinds and levels."""

from boai.ground.core.text import gettext_noop as _

KINDS = (
    ("society", _("红十字会")),
    ("hospital", _("医院")),
    ("command", _("指挥部")),
    ("company", _("企业")),
    ("supervisor", _("监督单位")),
    ("government", _("政府部门")),
    ("other", _("其他")),
)
LEVELS = (
    ("national", _("国家级")),
    ("province", _("省级")),
    ("city", _("市级")),
    ("county", _("县级")),
    ("grassroots", _("基层")),
)
KIND_WORDS = dict(KINDS)
LEVEL_WORDS = dict(LEVELS) | {"": ""}
