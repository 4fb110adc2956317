"""Pages that take a picture or a paper: what is neither is refused, and the act with it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from boai.relief.dispatch import queries as dispatch
from boai.relief.donations import queries as donations
from boai.relief.finance import queries as finance
from tests.doors.month.conftest import Story, open_browser
from tests.doors.reading import Form, Page
from tests.doors.test_uploads import REFUSED, picture
from tests.doors.walking import CHINESE, Books, digest_of, quietly, undone

pytestmark = pytest.mark.long
MEDIA = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}


def doors(story: Story) -> list[tuple[str, str]]:
    """Person and address of every page with a place for a file."""
    way = next(
        row for row in dispatch.waybills(organisation_id=story.society) if row.state == "in_transit"
    )
    ready = next(row for row in donations.appeals_of(story.society) if row.state == "draft")
    paper = finance.disbursements(story.society)[0]
    receivers = [
        (f"receive{n}", f"/desk/dispatch/waybills/{way.number}/sign/") for n in range(1, 6)
    ]
    return [
        *receivers,
        ("intake", "/desk/donations/goods/"),
        ("app1", f"/desk/donations/appeals/{ready.id}/approve/"),
        ("accountant", f"/desk/finance/{paper.number}/decide/"),
    ]


def form_at(browser: Client, address: str) -> Form | None:
    """The form of a page with a place for a file."""
    answer = browser.get(address)
    if answer.status_code != 200:
        return None
    for form in Page(address, answer.content.decode()).forms:
        if form.of_kind("file"):
            return form
    return None


def test_no_page_keeps_what_is_no_picture(story: Story) -> None:
    books, wrong, opened, taken = Books(), [], set(), set()
    for person, address in doors(story):
        browser = open_browser(story.person(person))
        form = form_at(browser, address)
        if form is None:
            continue
        opened.add(address)
        good = form.filled()
        for name, content in {**REFUSED, "good.jpg": picture()}.items():
            media = MEDIA.get(name.rpartition(".")[2], "image/jpeg")
            file = SimpleUploadedFile(name, content, content_type=media)
            sent = good | dict.fromkeys(form.of_kind("file")[:1], file)
            with undone() as written:
                answer = quietly(lambda b=browser, a=address, s=sent: b.post(a, s))
                inside = {table: digest_of(table) for table in written}
            if isinstance(answer, str) or answer.status_code >= 500:
                wrong.append((address, name, str(answer)))
            elif name == "good.jpg":
                taken |= {address} if answer.status_code == 302 else set()
            elif answer.status_code != 422 or not CHINESE.search(answer.content.decode()):
                wrong.append((address, name, f"accepted {answer.status_code}"))
            elif books.changed(set(inside), inside):
                wrong.append((address, name, "changed"))
    assert wrong == []
    assert len(opened) >= 3
    assert taken
