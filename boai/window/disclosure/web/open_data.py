"""Open data: the public facts as files, straight from the leaves of the log."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from boai.foundations.translog import queries as translog
from boai.ground.core.clock import now
from boai.ground.kit.spreadsheets.writing import csv_cell
from boai.ground.kit.web.doors import door

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """One file: its leaves' kind, its fields with types and meaning, how a leaf gives records."""

    name: str
    title: Any
    kind: str
    fields: tuple[tuple[str, str, Any], ...]
    records: Callable[[Record], Iterator[Record]]


def _itself(facts: Record) -> Iterator[Record]:
    yield facts


def _by_line(facts: Record) -> Iterator[Record]:
    for line in facts["lines"]:
        yield {**facts, **line}


def _gifts(facts: Record) -> Iterator[Record]:
    if facts["kind"] == "cash":
        yield facts
        return
    yield from _by_line(facts)


_NUMBER = ("number", "string", gettext_lazy("编号"))
_ORGANISATION = ("organisation", "string", gettext_lazy("机构代码"))
_APPEAL = ("appeal", "string", gettext_lazy("募捐项目"))
_DAY = ("day", "date", gettext_lazy("日期"))
_GOODS = (
    ("item", "string", gettext_lazy("物资代码")),
    ("name", "string", gettext_lazy("物资名称")),
    ("unit", "string", gettext_lazy("计量单位")),
    ("quantity", "integer", gettext_lazy("数量")),
)
_AMOUNT = ("amount_fen", "integer", gettext_lazy("金额（分）"))

TABLES = {
    table.name: table
    for table in (
        Table(
            "gifts",
            gettext_lazy("捐赠"),
            "gift-confirmed",
            (
                _NUMBER,
                _DAY,
                _ORGANISATION,
                _APPEAL,
                ("kind", "string", gettext_lazy("类别")),
                _AMOUNT,
                *_GOODS,
            ),
            _gifts,
        ),
        Table(
            "payments",
            gettext_lazy("款项拨付"),
            "disbursement-paid",
            (
                _NUMBER,
                _DAY,
                _ORGANISATION,
                _APPEAL,
                ("kind", "string", gettext_lazy("类别")),
                ("payee", "string", gettext_lazy("收款单位")),
                ("purpose", "string", gettext_lazy("用途")),
                _AMOUNT,
            ),
            _itself,
        ),
        Table(
            "deliveries",
            gettext_lazy("物资送达"),
            "goods-delivered",
            (
                _NUMBER,
                _DAY,
                _ORGANISATION,
                ("receiver", "string", gettext_lazy("接收单位")),
                ("lot", "string", gettext_lazy("批次")),
                *_GOODS,
                _APPEAL,
            ),
            _by_line,
        ),
        Table(
            "bulletins",
            gettext_lazy("公示"),
            "bulletin-published",
            (
                _NUMBER,
                _DAY,
                _ORGANISATION,
                _APPEAL,
                ("serial", "integer", gettext_lazy("期号")),
                ("version", "integer", gettext_lazy("版本")),
                ("corrects", "string", gettext_lazy("更正的公示")),
                ("log_size", "integer", gettext_lazy("日志条数")),
                ("rule_version", "string", gettext_lazy("规则版本")),
                ("content_digest", "string", gettext_lazy("内容摘要")),
            ),
            _itself,
        ),
    )
}


def _records(table: Table, size: int) -> Iterator[Record]:
    for row in translog.leaves(kind=table.kind, upto=size):
        for record in table.records(row.facts):
            yield {name: record.get(name) for name, _type, _meaning in table.fields}


def _table(name: str) -> Table:
    if name not in TABLES:
        raise Http404(_("没有这份数据。"))
    return TABLES[name]


def _size() -> int:
    """Only what is published: signed, and cosigned by enough witnesses (I-37)."""
    return translog.published_size()


def _waiting() -> int:
    """How many more leaves are signed and wait for their witnesses."""
    return translog.signed_size() - _size()


@door("public")
def about(request: HttpRequest) -> HttpResponse:
    """What there is, from where, under which licence."""
    return render(
        request,
        "disclosure/open_data.html",
        {"tables": TABLES.values(), "size": _size(), "waiting": _waiting(), "at": now()},
    )


@door("public")
def package(request: HttpRequest) -> HttpResponse:
    """The description that programs read (Frictionless Data Package)."""
    base = f"{settings.BOAI_PUBLIC_URL}{reverse('disclosure-open-data')}"
    return JsonResponse(
        {
            "name": "boai-open-data",
            "title": _("公开数据"),
            "created": now().isoformat(),
            "homepage": base,
            "licenses": [
                {"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}
            ],
            "sources": [
                {"title": f"log size {_size()}", "path": f"{settings.BOAI_PUBLIC_URL}/log/"}
            ],
            "resources": [
                {
                    "name": table.name,
                    "title": str(table.title),
                    "path": f"{base}{table.name}.csv",
                    "format": "csv",
                    "encoding": "utf-8",
                    "schema": {
                        "fields": [
                            {"name": name, "type": kind, "title": str(meaning)}
                            for name, kind, meaning in table.fields
                        ]
                    },
                }
                for table in TABLES.values()
            ],
        },
        json_dumps_params={"ensure_ascii": False, "indent": 1},
    )


@door("public")
def as_csv(request: HttpRequest, name: str) -> HttpResponseBase:
    """One table, streamed: a million gifts need no memory."""
    table = _table(name)
    names = [field[0] for field in table.fields]

    def lines() -> Iterator[str]:
        yield "\ufeff" + _csv_line(names)
        for record in _records(table, _size()):
            yield _csv_line([csv_cell(record[name]) for name in names])

    answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{table.name}.csv"'
    return answer


@door("public")
def as_json(request: HttpRequest, name: str) -> HttpResponseBase:
    """One table as a JSON document with its source and time."""
    table, size = _table(name), _size()

    def parts() -> Iterator[str]:
        head = {"name": table.name, "source": "/log/", "log_size": size, "at": now().isoformat()}
        yield json.dumps(head, ensure_ascii=False)[:-1] + ', "records": [\n'
        first = True
        for record in _records(table, size):
            yield ("" if first else ",\n") + json.dumps(record, ensure_ascii=False)
            first = False
        yield "\n]}\n"

    return StreamingHttpResponse(parts(), content_type="application/json; charset=utf-8")


def _csv_line(cells: list[str]) -> str:
    page = io.StringIO()
    csv.writer(page, lineterminator="\r\n").writerow(cells)
    return page.getvalue()
