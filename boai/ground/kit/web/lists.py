"""A page for many rows: search, filters, sorting, paging, totals, export."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.views import View

from boai.ground.core import clock
from boai.ground.core.actors import Actor
from boai.ground.core.events import announce
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import FRAMES, actor_of
from boai.ground.kit.web.columns import Column, Filter, reach
from boai.ground.kit.web.downloads import csv_response, xlsx_response

__all__ = ["Column", "Filter", "ListExported", "ListPage"]


@dataclass(frozen=True, slots=True)
class ListExported:
    """Somebody took a list away as a file: who, which, how many rows."""

    actor: Actor
    path: str
    kind: str
    rows: int
    at: datetime


class ListPage(View):
    """A list declared by its columns; ``rows`` answers a QuerySet or a list of frozen rows."""

    title: ClassVar[str] = ""
    intro: ClassVar[str] = ""
    frame: ClassVar[str] = "desk"
    template_name: ClassVar[str] = "kit/list.html"
    columns: ClassVar[Sequence[Column]] = ()
    filters: ClassVar[Sequence[Filter]] = ()
    search_hint: ClassVar[str] = ""
    order: ClassVar[str] = ""
    per_page: ClassVar[int] = 30
    file_name: ClassVar[str] = "list"
    exports: ClassVar[bool] = True
    empty_title: ClassVar[str] = _("这里还没有记录")
    empty_text: ClassVar[str] = ""
    empty_icon: ClassVar[str] = "inbox"

    request: HttpRequest
    actor: Actor
    at: datetime

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Who and when."""
        super().setup(request, *args, **kwargs)
        self.actor = actor_of(request)
        self.at = clock.now()

    # What a page says about itself.

    def rows(self) -> Any:
        """Everything that this actor may see."""
        raise NotImplementedError

    def search(self, rows: Any, text: str) -> Any:
        """The rows that fit a text somebody typed."""
        return rows

    def decorate(self, page: list[Any]) -> Sequence[Any]:
        """Add to one page of rows what a set-based look-up finds."""
        return page

    def context(self) -> Mapping[str, Any]:
        """More for the template."""
        return {}

    # The door.

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show a page, or answer the file."""
        chosen = self.chosen_filters()
        text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
        rows = self.rows()
        for filter_, value in chosen:
            rows = filter_.narrowed(rows, value)
        if text:
            rows = self.search(rows, text)
        rows, sorted_by = self.sorted(rows)
        wanted = request.GET.get("export", "")
        if self.exports and wanted in ("xlsx", "csv"):
            return self.export(rows, wanted)
        return self.show(rows, text, chosen, sorted_by)

    def chosen_filters(self) -> list[tuple[Filter, Any]]:
        """The filters somebody set to a possible value."""
        read = [(f, f.read(self.request.GET.get(f.name, ""))) for f in self.filters]
        return [(f, value) for f, value in read if value is not None]

    def sorted(self, rows: Any) -> tuple[Any, str]:
        """The rows in the order asked for (a declared column, ``-`` for downward)."""
        asked = self.request.GET.get("sort", "")
        known = {c.name: c.sort_field for c in self.columns if c.sort_field}
        name = asked.removeprefix("-")
        down = asked.startswith("-")
        if name in known:
            path, by = known[name], asked
        else:
            down, path, by = self.order.startswith("-"), self.order.removeprefix("-"), ""
        if not path:
            return rows, by
        if isinstance(rows, QuerySet):
            # The primary key last, so that pages never overlap.
            tie = ("-pk" if down else "pk",) if not _is_values(rows) else ()
            return rows.order_by(f"-{path}" if down else path, *tie), by
        return sorted(rows, key=lambda row: _sortable(reach(row, path)), reverse=down), by

    def page_of(self, rows: Any) -> Page[Any]:
        """The page asked for; junk is the first, too far is the last."""
        paginator = Paginator(rows, self.per_page)
        asked = self.request.GET.get("page", "1")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 1
        if asked.isascii() and asked.isdigit() and len(asked) >= 10:
            number = paginator.num_pages
        return paginator.page(min(max(number, 1), paginator.num_pages))

    def totals(self, rows: Any) -> dict[str, int | None]:
        """Sums over everything filtered, not over one page."""
        wanted = {c.name: c.total_field for c in self.columns if c.total_field}
        if not wanted:
            return {}
        if isinstance(rows, QuerySet):
            sums = {f"total_{name}": Sum(path) for name, path in wanted.items()}
            found = rows.order_by().aggregate(**sums)
            return {name: found[f"total_{name}"] for name in wanted}
        return {name: _summed(rows, path) for name, path in wanted.items()}

    def show(
        self, rows: Any, text: str, chosen: list[tuple[Filter, Any]], sorted_by: str
    ) -> HttpResponse:
        """The page."""
        page = self.page_of(rows)
        shown = list(self.decorate(list(page.object_list)))
        columns = [c for c in self.columns if c.screen]
        totals = self.totals(rows) if page.paginator.count else {}
        values = {f.name: str(value) for f, value in chosen}
        table = {
            "columns": [self.heading(c, sorted_by) for c in columns],
            "rows": [[(c, c.shown(row, self.request)) for c in columns] for row in shown],
            "totals": [(c, c.dressed(totals[c.name]) if c.name in totals else "") for c in columns]
            if totals
            else [],
            "page": page,
            "pages": page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
            "count": page.paginator.count,
            "query": self.query_without("page"),
            "export_query": self.query_without("page", "export"),
            "filtered": bool(text or chosen),
        }
        context = {
            "table": table,
            "title": gettext(str(self.title)) if self.title else "",
            "intro": gettext(str(self.intro)) if self.intro else "",
            "frame_template": FRAMES[self.frame],
            "text": text,
            "search_hint": gettext(str(self.search_hint)) if self.search_hint else "",
            "filters": [(f, f.options(), values.get(f.name, "")) for f in self.filters],
            "sort": sorted_by,
            "exports": self.exports,
            "empty_title": gettext(str(self.empty_title)),
            "empty_text": gettext(str(self.empty_text)) if self.empty_text else "",
            "empty_icon": self.empty_icon,
            "view": self,
            **self.context(),
        }
        return TemplateResponse(self.request, self.template_name, context)

    def heading(self, column: Column, sorted_by: str) -> dict[str, Any]:
        """A column's head with the address that sorts by it."""
        state = {column.name: "ascending", f"-{column.name}": "descending"}.get(sorted_by, "")
        query = self.query_without("page", "sort", "export")
        if column.sort_field:
            turn = f"-{column.name}" if state != "descending" else column.name
            query = f"{query}&sort={turn}" if query else f"sort={turn}"
        return {"column": column, "state": state, "query": query if column.sort_field else ""}

    def query_without(self, *names: str) -> str:
        """The present query text without some of its parts."""
        query: QueryDict = self.request.GET.copy()
        for name in names:
            query.pop(name, None)
        return query.urlencode()

    # Files.

    def export(self, rows: Any, kind: str) -> HttpResponse:
        """A file of exactly the rows filtered; announced, so that the trail can keep it."""
        columns = [c for c in self.columns if c.export]
        heads = [c.sheet_column for c in columns]
        lines = [[c.exported(row) for c in columns] for row in self.all_decorated(rows)]
        day = clock.day_of(self.at)
        name = f"{self.file_name}-{day:%Y%m%d}.{kind}"
        announce(ListExported(self.actor, self.request.path, kind, len(lines), self.at))
        answer = csv_response if kind == "csv" else xlsx_response
        return answer(heads, lines, name)

    def all_decorated(self, rows: Any) -> Iterator[Any]:
        """Every row, decorated a thousand at a time."""
        batch: list[Any] = []
        for row in rows.iterator(chunk_size=1000) if isinstance(rows, QuerySet) else rows:
            batch.append(row)
            if len(batch) == 1000:
                yield from self.decorate(batch)
                batch = []
        if batch:
            yield from self.decorate(batch)


def _is_values(rows: QuerySet[Any]) -> bool:
    return rows.query.group_by is not None or getattr(rows, "_fields", None) is not None


def _sortable(value: Any) -> tuple[bool, Any]:
    return (value is not None, value if value is not None else 0)


def _summed(rows: Any, path: str) -> int | None:
    known = [value for row in rows if (value := reach(row, path)) is not None]
    return sum(known) if known else None
