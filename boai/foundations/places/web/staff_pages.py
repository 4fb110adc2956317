"""Pages for staff."""

from django.db.models import Q, QuerySet

from boai.foundations.places.models import Division
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.lists import Column, Filter, ListPage

LEVELS = (
    ("province", _("省级")),
    ("city", _("市级")),
    ("county", _("县级")),
    ("street", _("乡级")),
)
_LEVEL_WORDS = dict(LEVELS)


@door("desk")
class Divisions(ListPage):
    """Look up a division by code or name, in any year."""

    title = _("行政区划")
    columns = (
        Column("code", _("代码"), kind="ref", sort=True),
        Column("name", _("名称"), sort=True),
        Column("level", _("级别"), kind="state", value=lambda row: _LEVEL_WORDS[row.level]),
        Column("parent_code", _("上级代码")),
        Column("valid_from", _("见于名录之日"), kind="day", sort=True),
        Column("valid_to", _("不再列入之日"), kind="day"),
        Column("source", _("来源")),
    )
    filters = (
        Filter("level", _("级别"), choices=LEVELS),
        Filter(
            "standing",
            _("时效"),
            choices=(("now", _("现行")), ("past", _("已变更"))),
            apply=lambda rows, value: rows.filter(valid_to__isnull=value == "now"),
        ),
    )
    search_hint = _("代码或名称")
    order = "code"
    file_name = "divisions"
    empty_text = _("请先导入行政区划。")

    def rows(self) -> QuerySet[Division]:
        """All divisions of all years."""
        return Division.objects.all()

    def search(self, rows: QuerySet[Division], text: str) -> QuerySet[Division]:
        """By the beginning of the code or any part of the name."""
        return rows.filter(Q(code__startswith=text) | Q(name__icontains=text))
