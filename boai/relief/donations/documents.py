"""The poster of an appeal: a code that opens its page, in sizes that are put on walls."""

from datetime import datetime
from urllib.parse import urlsplit

from boai.foundations.organisations import queries as organisations
from boai.ground.kit.documents import render_pdf
from boai.ground.kit.qr import qr_svg
from boai.relief.donations import queries
from boai.relief.donations.values import AppealRow

LONGEST_PLACE = 20
PROMISES = (
    ("一分不少", "每一笔都记入公开账目，收支每日公布。"),
    ("查得到", "凭编号和查询码，看您的钱买了什么、送到哪里。"),
    ("改不了", "公开的记录由数学证明保护，人人可以自己验证。"),
)


def appeal_poster(
    row: AppealRow, address: str, *, basis: str, paper: str, place: str, at: datetime
) -> bytes:
    """A poster as PDF, A4 or A3, for one counter or team where ``place`` names it (S0-17, S3-38).

    ``address`` is what the code opens: the appeal's own page on the public site.
    """
    society = organisations.row(row.organisation_id)
    origin = urlsplit(address)
    rule = queries.rule_text(row.id)
    is_long = len(row.title) > 30 or len(row.summary or row.purpose) > 80
    return render_pdf(
        "donations/poster.typ",
        {
            "paper": paper,
            "society": society.name if society else "",
            "title": row.title,
            # A long title is set smaller, so that it stays on two lines.
            "title_size": 40 if len(row.title) <= 9 else 30 if len(row.title) <= 20 else 20,
            "summary": row.summary or row.purpose[:160],
            "qr": qr_svg(address, border=2),
            # Long words are set smaller and leave the code less room; telephones still read it.
            "summary_size": 11 if is_long else 14,
            "qr_mm": 60 if is_long else 92,
            "address": address,
            "origin": f"{origin.scheme}://{origin.netloc}",
            "place": place,
            "basis": basis[:90],
            "rule": f"{rule['title']}（{rule['version']}）" if rule else "",
            "promises": [list(each) for each in PROMISES],
        },
        at=at,
    )
