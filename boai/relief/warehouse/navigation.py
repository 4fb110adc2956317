"""Menu of the warehouse."""

from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.navigation import Entry

_GROUP = _("仓储")

entries = [
    Entry(_("收货"), "warehouse-arrivals", "warehouse.receive", "box-arrow-in-down", _GROUP, 30),
    Entry(
        _("待检批次"), "warehouse-inspections", "warehouse.inspect", "clipboard2-pulse", _GROUP, 31
    ),
    Entry(_("库存批次"), "warehouse-stock", "warehouse.see", "boxes", _GROUP, 32),
    Entry(_("物资汇总"), "warehouse-items", "warehouse.see", "table", _GROUP, 33),
    Entry(_("入库验收单"), "warehouse-notes", "warehouse.see", "journal-check", _GROUP, 34),
    Entry(_("出库单"), "warehouse-issues", "warehouse.see", "box-arrow-up", _GROUP, 35),
    Entry(_("组套与分装"), "warehouse-packings", "warehouse.see", "box2", _GROUP, 36),
    Entry(_("盘点调整"), "warehouse-adjustments", "warehouse.see", "clipboard-check", _GROUP, 37),
    Entry(_("仓库"), "warehouse-stores", "warehouse.see", "house-door", _GROUP, 38),
]
