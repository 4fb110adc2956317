"""Published bulletins: list, page, print, PDF, CSV, and the bytes that anyone can derive again."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from boai.foundations.certificates.services import saving
from boai.foundations.certificates.services.proving import proof_qr
from boai.foundations.translog import queries as translog
from boai.foundations.translog.values import WitnessRow
from boai.ground.core.canonical import canonical
from boai.ground.core.errors import NotFound
from boai.ground.core.money import yuan
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.documents import render_pdf
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.downloads import csv_response, file_response
from boai.ground.kit.web.lists import Column, Filter, ListPage
from boai.relief.donations import queries as donations
from boai.window.disclosure import queries
from boai.window.disclosure.queries import proofs
from boai.window.disclosure.queries.tracing import leaf
from boai.window.disclosure.values import BulletinRow, bulletin_ref


def series_title(appeal: str) -> str:
    """What a series is about: the appeal's title, or the whole society."""
    row = donations.appeal(appeal) if appeal else None
    return row.title if row else gettext("全部收支")


@door("public")
class Bulletins(ListPage):
    """Every published bulletin."""

    title = _("收支公示")
    intro = _("从募捐公告次日起每天一份，收支为零的日子也有。发布后不再改动，更正另出新版。")
    frame = "public"
    columns = [
        Column("day", _("日期"), kind="day", sort="day"),
        Column("series", _("项目"), value=lambda row: series_title(row.appeal)),
        Column("serial", _("期号"), kind="number"),
        Column("organisation", _("发布单位"), value="organisation.name"),
        Column(
            "version",
            _("版本"),
            kind="state",
            value=lambda row: gettext("更正版") if row.version > 1 else gettext("首版"),
            tone=lambda row: "warn" if row.version > 1 else "plain",
        ),
        Column("published_at", _("发布时间"), kind="moment"),
        Column(
            "number",
            _("编号"),
            kind="ref",
            link=lambda row: reverse("disclosure-bulletin", args=[row.number]),
        ),
    ]
    filters = [Filter("day", _("日期"), kind="day")]
    search_hint = _("公示编号")
    file_name = "bulletins"
    empty_title = _("还没有公示")
    empty_text = _("募捐公告次日起，每天的收支会在这里公布。")
    empty_icon = "megaphone"

    def rows(self) -> Any:
        """Newest day first."""
        return queries.published()

    def search(self, rows: Any, text: str) -> Any:
        """By number."""
        return rows.filter(number__icontains=text)


def _found(number: str) -> BulletinRow:
    row = queries.bulletin(number)
    if row is None:
        raise Http404(gettext("没有这份公示。"))
    return row


@door("public")
def show(request: HttpRequest, number: str) -> HttpResponse:
    """One bulletin, to read and to print."""
    row = _found(number)
    return render(
        request,
        "disclosure/bulletin.html",
        {
            "bulletin": row,
            "content": row.content,
            "series": series_title(row.appeal),
            "leaf": leaf(bulletin_ref(row.number)),
            "check": proofs.check_of_bulletin(row),
            "policy": proofs.policy(),
            "witnesses": proofs.witnesses(bulletin_ref(row.number)),
            "scripts": [f"certificates/{name}" for name in saving.SCRIPTS],
        },
    )


@door("public")
def as_proof(request: HttpRequest, number: str) -> HttpResponse:
    """The proof as one page to keep, that checks itself and the content without a network."""
    row = _found(number)
    check = proofs.check_of_bulletin(row)
    if check is None or not check.proof.is_published:
        raise NotFound
    money = row.content["money"]
    lines = [
        (gettext("发布单位"), row.organisation_name),
        (gettext("项目"), series_title(row.appeal)),
        (gettext("日期"), row.day.isoformat()),
        (gettext("期号"), str(row.serial)),
        (gettext("本期收入"), f"¥{yuan(money['in_fen'])}"),
        (gettext("本期支出"), f"¥{yuan(money['out_fen'])}"),
        (gettext("期末余额"), f"¥{yuan(money['closing_fen'])}"),
    ]
    content = saving.saved_page(
        check,
        title=f"{gettext('收支公示')} {row.number}",
        lines=lines,
        online=_address(row),
    )
    return file_response(content, f"{row.number}.html", "text/html; charset=utf-8")


def _address(row: BulletinRow) -> str:
    return f"{settings.BOAI_PUBLIC_URL}{reverse('disclosure-bulletin', args=[row.number])}"


@door("public")
def as_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The bulletin as a paper, with the key that checks the log."""
    row = _found(number)
    money = {
        name: yuan(value) if name.endswith("_fen") else value
        for name, value in row.content["money"].items()
    }
    data = {
        "number": row.number,
        "organisation": row.organisation_name,
        "series": series_title(row.appeal),
        "serial": row.serial,
        "day": row.day.isoformat(),
        "version": row.version,
        "corrects": row.corrects,
        "reason": row.reason,
        "money": money,
        "payments": [
            {**paid, "amount": yuan(paid["amount_fen"])} for paid in row.content["payments"]
        ],
        "goods": row.content["goods"],
        "log_size": row.log_size,
        "rule_version": row.rule_version,
        "digest": row.digest,
        "vkey": translog.verifier_key(),
        "address": _address(row),
        "proof": proof_qr(proofs.proof_of(bulletin_ref(row.number))),
        "witnesses": [seen.name for seen in _signed_by(row)],
    }
    content = render_pdf("disclosure/bulletin.typ", data)
    return file_response(content, f"{row.number}.pdf", inline=True)


def _signed_by(bulletin: BulletinRow) -> list[WitnessRow]:
    found = proofs.witnesses(bulletin_ref(bulletin.number))
    return [row for row in found.rows if row.cosigned_at] if found else []


@door("public")
def as_csv(request: HttpRequest, number: str) -> HttpResponse:
    """The bulletin's lines for a spreadsheet."""
    row = _found(number)
    heads = ("类别", "名称", "单位", "期初", "收入", "支出", "期末", "累计收入", "累计支出")
    return csv_response(
        [gettext(head) for head in heads], list(_lines(row.content)), f"{row.number}.csv"
    )


def _lines(content: dict[str, Any]) -> Iterator[tuple[object, ...]]:
    money = content["money"]
    names = ("opening_fen", "in_fen", "out_fen", "closing_fen", "ever_in_fen", "ever_out_fen")
    yield gettext("资金"), gettext("人民币"), gettext("分"), *(money[name] for name in names)
    for line in content["goods"]:
        places = ("opening", "in", "out", "closing", "ever_in", "ever_out")
        yield gettext("物资"), line["name"], line["unit"], *(line[place] for place in places)


@door("public")
def as_json(request: HttpRequest, number: str) -> HttpResponse:
    """The very bytes whose digest stands in the log."""
    return HttpResponse(
        canonical(_found(number).content), content_type="application/json; charset=utf-8"
    )
