"""The finance department's platform: told after commit, under one key, believed only when it signs."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser

from boai.ground.core.actors import Actor
from boai.relief.receipts import errors, jobs, queries
from boai.relief.receipts.channels.fiscal.client import AnswerIsForged, Client, client
from boai.relief.receipts.channels.fiscal.sandbox import Platform
from boai.relief.receipts.models import Receipt, Slip, Transmission
from boai.relief.receipts.services import asking, reporting, reviewing
from boai.relief.receipts.values import SlipOrder

from .conftest import Office

HOUR = timedelta(hours=1)


@dataclass
class Line:
    """A line to a platform that can be cut before or after it has listened."""

    platform: Platform
    cut: str = ""
    loses: str = ""
    calls: list[str] = field(default_factory=list)

    def submit(self, key: str, content: dict[str, Any]) -> dict[str, Any]:
        self.calls.append("submit")
        if self.cut == "before":
            raise ConnectionError
        answer = self.platform.submit(key, {**content, self.loses: ""} if self.loses else content)
        if self.cut == "after":
            raise TimeoutError
        return answer

    def query(self, key: str) -> dict[str, Any] | None:
        self.calls.append("query")
        return self.platform.query(key)

    def public_key(self) -> bytes:
        return self.platform.public_key()


@pytest.fixture
def line(tmp_path: Path) -> Line:
    return Line(Platform(tmp_path / "fiscal"))


def over(line: Line) -> Client:
    return Client(line, line.public_key())


@pytest.fixture
def issued(office: Office) -> str:
    office.block()
    return office.issue(office.entitle())


def told(serial: str) -> Transmission:
    return Transmission.objects.get(receipt__serial=serial)


def test_told_signed_and_shown(
    office: Office,
    issued: str,
    line: Line,
    client_for: Callable[[Actor | None], Browser],
) -> None:
    assert told(issued).state == "waiting"
    assert reporting.deliver_due(office.at, over(line)) == (1, 0)
    row = told(issued)
    assert row.state == "issued" and len(row.fiscal_code) == 6 and row.signature
    assert reporting.deliver_due(office.at + HOUR, over(line)) == (0, 0)
    page = client_for(office.clerk).get(f"/desk/receipts/{issued}/").content.decode()
    assert "财政平台已开具" in page and row.fiscal_code in page
    code = Receipt.objects.get().check_code
    public = client_for(None).get(f"/receipts/?n={issued}&c={code}").content.decode()
    assert row.fiscal_code in public


@pytest.mark.parametrize("cut", ["before", "after"])
def test_a_cut_line_is_tried_again_and_issues_once(
    office: Office, issued: str, line: Line, cut: str
) -> None:
    line.cut = cut
    assert reporting.deliver_due(office.at, over(line)) == (0, 1)
    assert told(issued).state == "sent" and told(issued).failure
    line.cut = ""
    assert reporting.deliver_due(office.at, over(line)) == (0, 0), "it waits a while"
    assert reporting.deliver_due(office.at + HOUR, over(line)) == (1, 0)
    assert told(issued).state == "issued" and line.platform.issued() == 1
    asked = ["submit", "query"] + (["submit"] if cut == "before" else [])
    assert line.calls == asked, "it asks before it sends again"


def test_the_same_key_with_other_contents_is_refused(line: Line) -> None:
    content = dict.fromkeys(
        ("code", "number", "payer", "payee", "collector", "reviewer", "issued_on"), "x"
    )
    ours = over(line)
    first = ours.submit("A", {**content, "amount_fen": 1})
    assert first.issued and ours.submit("A", {**content, "amount_fen": 1}) == first
    assert not ours.submit("A", {**content, "amount_fen": 2}).issued
    assert ours.query("A") == first and ours.query("B") is None
    assert not ours.submit("C", {**content, "amount_fen": 1, "payer": ""}).issued
    assert not ours.submit("D", {**content, "amount_fen": -1, "original": "Z"}).issued
    assert not ours.submit("E", {**content, "amount_fen": -2, "original": "A"}).issued
    assert ours.submit("F", {**content, "amount_fen": -1, "original": "A"}).issued


def test_what_is_not_signed_is_not_believed(
    office: Office, issued: str, line: Line, tmp_path: Path
) -> None:
    forged = Client(line, Platform(tmp_path / "other").public_key())
    assert reporting.deliver_due(office.at, forged) == (0, 1)
    assert told(issued).state == "sent" and told(issued).failure == "AnswerIsForged"
    [path] = (tmp_path / "fiscal" / "register").glob("*.json")
    kept = json.loads(path.read_text("utf-8"))
    kept["answer"]["check_code"] = "000000"
    path.write_text(json.dumps(kept))
    with pytest.raises(AnswerIsForged):
        over(line).query(issued)


def test_refused_there_may_be_voided_here(office: Office, issued: str, line: Line) -> None:
    line.loses = "payee"
    reporting.deliver_due(office.at, over(line))
    row = told(issued)
    assert row.state == "refused" and "缺少要素" in row.reason
    office.back(issued, "void")
    assert queries.receipt(issued).state == "voided"  # type: ignore[union-attr]


def test_issued_there_is_not_voided_here(office: Office, issued: str, line: Line) -> None:
    reporting.deliver_due(office.at, over(line))
    with pytest.raises(errors.FiscalReceiptStands, match="红冲"):
        office.back(issued, "void")
    waiting = Slip.objects.get(state="waiting")
    reviewing.withdraw(office.clerk, slip_id=waiting.pk, at=office.at)
    [red] = office.back(issued, "reverse")
    assert reporting.deliver_due(office.at, over(line)) == (1, 0)
    assert told(red).state == "issued" and line.platform.issued() == 2


def test_a_red_one_waits_for_its_original(office: Office, issued: str, line: Line) -> None:
    [red] = office.back(issued, "reverse")
    line.cut = "before"
    assert reporting.deliver_due(office.at, over(line)) == (0, 1)
    assert told(red).state == "waiting"
    line.cut = ""
    assert reporting.deliver_due(office.at + HOUR, over(line)) == (2, 0)
    assert {told(issued).state, told(red).state} == {"issued"}


def test_voided_before_it_was_told(office: Office, issued: str, line: Line) -> None:
    office.back(issued, "void")
    assert told(issued).state == "called-off"
    assert reporting.deliver_due(office.at, over(line)) == (0, 0)
    assert line.platform.issued() == 0


def test_paper_is_not_told(office: Office) -> None:
    office.block(1, 3, medium="paper")
    order = SlipOrder(office.entitle(), 100, "何同学", medium="paper")
    slip = asking.ask(office.clerk, organisation_id=office.city, order=order, at=office.at)
    reviewing.review(office.reviewer, slip_id=slip, at=office.at)
    assert not Transmission.objects.exists()


def test_without_a_platform_they_wait(office: Office, issued: str, settings: Any) -> None:
    settings.BOAI_CHANNELS = []
    assert client() is None
    jobs.tell_the_platform(office.at)
    assert told(issued).state == "waiting"
    settings.BOAI_CHANNELS = ["sandbox"]
    jobs.tell_the_platform(office.at)
    assert told(issued).state == "issued"


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("UPDATE receipts_transmission SET state = 'issued'", ""),
        ("UPDATE receipts_transmission SET key = 'x'", "append-only"),
        ("DELETE FROM receipts_transmission", "append-only"),
    ],
)
def test_round_the_python(office: Office, issued: str, sql: str, says: str) -> None:
    cursor = connection.cursor()
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        cursor.execute(sql)
    assert says in str(refused.value)


def test_an_answer_stays(office: Office, issued: str, line: Line) -> None:
    reporting.deliver_due(office.at, over(line))
    for change in ("fiscal_code = '1'", "signature = '1'", "state = 'refused'", "state = 'sent'"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE receipts_transmission SET {change}")
