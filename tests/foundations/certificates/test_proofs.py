"""Papers carry their proof: on the page, as a file, in the code on the print."""

import io
import json
import re
import shutil
import subprocess
import zlib
from base64 import b64encode
from datetime import datetime
from hashlib import sha256
from html import unescape
from pathlib import Path

import pytest
import zxingcpp
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from boai.foundations.certificates import queries
from boai.foundations.certificates.services import issuing, printing, proving, saving
from boai.foundations.certificates.values import PUBLISHED, Check, PaperRow, Proof
from boai.foundations.translog import files
from boai.foundations.translog import queries as translog
from boai.foundations.translog.services.sequencing import sequence
from boai.ground.core.actors import SYSTEM
from boai.ground.core.canonical import canonical
from boai.ground.kit.documents import render_pdf
from boai.ground.kit.qr import packed_qr_svg
from boai.ground.merkle.bundles import Bundle, verify
from boai.ground.merkle.checkpoints import Head, sign_head
from boai.ground.merkle.cosignatures import Cosigner
from boai.ground.merkle.hashing import leaf_hash
from boai.ground.merkle.notes import Signer
from boai.ground.merkle.policy import parse
from boai.ground.merkle.proofs import root_from_inclusion
from boai.window.disclosure.services.auditing import the_log_says_what_the_records_say
from tests.factories.world import World
from tests.foundations.translog.test_publication import cosign, write_policy

FACTS = {
    "amount_fen": 123456,
    "purpose": "给王小明治病",
    "gift_number": "JZ20200129000001X",
    "given_on": "2020-01-28",
    "appeal": "抗击疫情",
}
POCKET = (0, 3, 5, 8, 10, 13, 15, 17)


@pytest.fixture
def paper(world: World, at: datetime) -> PaperRow:
    return issuing.issue(
        SYSTEM,
        kind="donation-certificate",
        organisation_id=world.places.city,
        subject="donations.gift:A1",
        holder_name="张三丰",
        facts=FACTS,
        at=at,
    )


@pytest.fixture
def published(paper: PaperRow, at: datetime) -> PaperRow:
    """The paper, its leaf under a head that two of three witnesses have cosigned."""
    write_policy()
    sequence(at)
    cosign("neighbour", at)
    cosign("university", at)
    return paper


def bytes_of(digits: str) -> bytes:
    """What the code's digits hold: 17 digits for each seven bytes."""
    parts = [digits[at : at + 17] for at in range(0, len(digits), 17)]
    return b"".join(int(part).to_bytes(POCKET.index(len(part)), "big") for part in parts)


def codes_in(picture: Image.Image) -> list[str]:
    """The texts of all codes, as a stock reader finds them."""
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def proof_in(texts: list[str]) -> Bundle:
    """The one proof among scanned texts."""
    [found] = [re.fullmatch(r"http://\S+/verify/#1([0-9]+)", t) for t in texts if "#1" in t]
    assert found is not None
    return Bundle.parse(zlib.decompress(bytes_of(found[1])).decode())


def pages_of(pdf: bytes, folder: Path, resolution: int = 200) -> list[Image.Image]:
    """The pages as an office printer would put them on paper."""
    program = shutil.which("pdftoppm")
    if program is None:
        pytest.skip("poppler-utils is not installed")
    (folder / "paper.pdf").write_bytes(pdf)
    words = [program, "-r", str(resolution), "-png", str(folder / "paper.pdf"), str(folder / "p")]
    subprocess.run(words, check=True)
    return [Image.open(path) for path in sorted(folder.glob("p-*.png"))]


def shown(page: str, name: str) -> str:
    """What the page gives the browser to check."""
    found = re.search(rf'data-{name}="([^"]*)"', page)
    assert found is not None
    return unescape(found[1])


def test_the_leaf_says_what_the_paper_says_and_no_more(paper: PaperRow) -> None:
    body = json.loads(translog.leaf_body(f"certificates.paper:{paper.number}") or b"")
    facts = body["facts"]
    assert facts == {
        "number": paper.number,
        "kind": "donation-certificate",
        "organisation": facts["organisation"],
        "digest": paper.digest,
        "replaces": "",
        "day": "2020-01-29",
        "amount_fen": 123456,
        "gift_number": "JZ20200129000001X",
        "given_on": "2020-01-28",
    }
    expected = queries.proved([paper.number])[paper.number]
    assert expected.items() <= facts.items()


def test_a_changed_leaf_breaks_the_law(paper: PaperRow) -> None:
    assert not the_log_says_what_the_records_say().breaches
    with connection.cursor() as cursor:
        table = "translog_leaf"
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table]
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
        cursor.execute(f"UPDATE {table} SET body = REPLACE(body, '123456', '123457')")
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    [breach] = the_log_says_what_the_records_say().breaches
    assert paper.number in repr(breach) and "amount_fen" in repr(breach)


def test_the_states_of_a_proof(paper: PaperRow, at: datetime, client: Client) -> None:
    address = {"n": paper.number, "c": paper.check_code}
    assert proving.proof_of("ZS0") is None
    write_policy()
    assert "还没有记入透明日志" in client.get("/verify/", address).content.decode()
    sequence(at)
    assert "还在等见证方签名" in client.get("/verify/", address).content.decode()
    cosign("neighbour", at)
    assert "还在等见证方签名" in client.get("/verify/", address).content.decode()
    for ending in ("html", "tlog-proof"):
        away = client.get(f"/papers/{paper.number}.{ending}", {"c": paper.check_code})
        assert away.status_code == 404
    cosign("university", at)
    page = client.get("/verify/", address).content.decode()
    bundle, policy = Bundle.parse(shown(page, "proof")), parse(shown(page, "policy"))
    assert bundle.extra == translog.leaf_body(f"certificates.paper:{paper.number}")
    assert verify(bundle, bundle.extra or b"", policy).quorum_met
    assert json.loads(shown(page, "expected"))["amount_fen"] == 123456
    assert shown(page, "waiting") == "no"


def test_a_log_out_of_order_is_said_and_hides_no_paper(
    published: PaperRow, client: Client, at: datetime
) -> None:
    issuing.cancel(SYSTEM, number=published.number, reason="退款", at=at)
    sequence(at)
    cosign("neighbour", at)
    cosign("university", at)
    address = {"n": published.number, "c": published.check_code}
    policy = files.policy_path().read_bytes()
    for spoilt in (b"quorum nobody\n", b"log x\nquorum none\n"):
        files.policy_path().write_bytes(spoilt)
        page = client.get("/verify/", address)
        assert page.status_code == 200 and "透明日志现在不正常" in page.content.decode()
        assert printing.pdf(published.number).startswith(b"%PDF")
    files.policy_path().write_bytes(policy)
    for tile in (files.folder() / "tile").rglob("*"):
        if tile.is_file():
            tile.unlink()
    page = client.get("/verify/", address)
    assert page.status_code == 200 and "透明日志现在不正常" in page.content.decode()
    away = client.get(f"/papers/{published.number}.html", {"c": published.check_code})
    assert away.status_code == 404


def test_a_stricter_policy_waits_for_its_witnesses(
    published: PaperRow, client: Client, at: datetime
) -> None:
    write_policy("newspaper")
    page = client.get("/verify/", {"n": published.number, "c": published.check_code})
    text = page.content.decode()
    assert shown(text, "waiting") == "yes" and f"{published.number}.html" not in text
    away = client.get(f"/papers/{published.number}.html", {"c": published.check_code})
    assert away.status_code == 404


def test_what_the_browser_gets_holds_no_personal_data(published: PaperRow, client: Client) -> None:
    page = client.get("/verify/", {"n": published.number, "c": published.check_code})
    text = page.content.decode()
    given = [shown(text, name) for name in ("proof", "policy", "expected", "content")]
    kept = client.get(f"/papers/{published.number}.html", {"c": published.check_code})
    given.append(kept.content.decode())
    for part in given:
        for secret in ("张三丰", "张*丰", "王小明", published.check_code):
            assert secret not in part
    assert kept["Cache-Control"] == "private, no-store"
    assert kept["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("ending", ["html", "tlog-proof", "pdf", "png"])
def test_files_are_only_for_whoever_has_the_code(
    published: PaperRow, client: Client, ending: str
) -> None:
    assert client.get(f"/papers/{published.number}.{ending}").status_code == 404
    wrong = client.get(f"/papers/{published.number}.{ending}", {"c": "AAAAAAAA"})
    assert wrong.status_code == 404
    right = client.get(f"/papers/{published.number}.{ending}", {"c": published.check_code})
    assert right.status_code == 200


def test_a_cancelled_paper_says_so_beside_its_proof(
    published: PaperRow, at: datetime, client: Client
) -> None:
    issuing.cancel(SYSTEM, number=published.number, reason="退款", at=at)
    address = {"n": published.number, "c": published.check_code}
    page = client.get("/verify/", address).content.decode()
    assert "已作废，不再有效" in page and "当初确实发出过" in page
    assert shown(page, "proof")
    kept = client.get(f"/papers/{published.number}.html", {"c": published.check_code})
    assert "已作废" in kept.content.decode()
    assert proof_texts(printing.png(published.number)) == []


def proof_texts(png: bytes) -> list[str]:
    """The proofs among the codes of a picture."""
    return [text for text in codes_in(Image.open(io.BytesIO(png))) if "#1" in text]


def test_the_picture_carries_link_and_proof(published: PaperRow) -> None:
    texts = codes_in(Image.open(io.BytesIO(printing.png(published.number))))
    assert printing.verify_address(published.number, published.check_code) in texts
    bundle = proof_in(texts)
    verdict = verify(bundle, bundle.extra or b"", parse(proving.policy()))
    assert verdict.quorum_met and len(verdict.cosigned) == 2
    assert json.loads(bundle.extra or b"")["facts"]["number"] == published.number


def test_the_print_carries_the_proof_on_each_kind_of_paper(
    published: PaperRow, world: World, at: datetime, tmp_path: Path
) -> None:
    letter = issuing.issue(
        SYSTEM,
        kind="thank-you-letter",
        organisation_id=world.places.city,
        subject="donations.gift:A1",
        holder_name="张三丰",
        facts=FACTS,
        at=at,
    )
    sequence(at)
    cosign("newspaper", at)
    cosign("university", at)
    for row in (published, letter):
        folder = tmp_path / row.number
        folder.mkdir()
        pages = pages_of(printing.pdf(row.number), folder)
        bundle = proof_in([text for page in pages for text in codes_in(page)])
        assert verify(bundle, bundle.extra or b"", parse(proving.policy())).quorum_met
        assert bundle.text() == proving.proof_of(row.number).bundle  # type: ignore[union-attr]


def test_before_publication_the_paper_promises_the_proof(paper: PaperRow, tmp_path: Path) -> None:
    assert proof_texts(printing.png(paper.number)) == []
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("poppler-utils is not installed")
    (tmp_path / "p.pdf").write_bytes(printing.pdf(paper.number))
    words = [program, str(tmp_path / "p.pdf"), "-"]
    text = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    assert "离线凭据可在上述网址取得" in "".join(text.split())


def test_ten_million_leaves_and_three_witnesses_fit_one_code(
    published: PaperRow, tmp_path: Path
) -> None:
    leaf = translog.leaf_body(f"certificates.paper:{published.number}") or b""
    signer, size, index = Signer("log.redcross.example", bytes(32)), 10_000_000, 7_654_321
    path = tuple(canonical_hash(n) for n in range(24))
    root = root_from_inclusion(index, size, leaf_hash(leaf), path)
    note = sign_head(Head(signer.key.name, size, root), signer)
    text = note.rpartition("\n\n")[0] + "\n"
    for n in range(3):
        note += Cosigner(f"witness-{n}.university.example", bytes([n + 1]) * 32).cosign(text, 2**31)
    proof = Proof(Bundle(index, path, note, leaf).text(), "", PUBLISHED)
    packed = zlib.compress(proof.bundle.encode(), 9)
    assert 1400 < len(packed) < 1800
    code = proving.proof_qr(proof)
    modules = int(re.search(r'viewBox="0 0 (\d+)', code)[1]) // 4 - 8  # type: ignore[index]
    assert modules <= 141  # 62 mm wide, as on the letter: 0.41 mm a module
    paper = (
        '#let data = json(bytes(sys.inputs.data))\n#set page(paper: "a4")\n'
        '#image(bytes(data.code), format: "svg", width: 62mm)'
    )
    [page] = pages_of(render_pdf(paper.encode(), {"code": code}), tmp_path, 300)
    assert proof_in(codes_in(page)).text() == proof.bundle


def canonical_hash(number: int) -> bytes:
    """Some hash for a path."""
    return leaf_hash(canonical(number))


def test_what_cannot_fit_a_code_is_left_out() -> None:
    assert packed_qr_svg("http://x/#1", bytes(range(256)) * 4)
    assert packed_qr_svg("http://x/#1", bytes(range(256)) * 10) == ""
    assert packed_qr_svg("http://x/#1", bytes(5000)) == ""
    assert proving.proof_qr(None) == ""
    assert proving.proof_qr(Proof("x", "", "signed")) == ""


def test_the_kept_file_lets_only_its_own_script_run() -> None:
    check = Check(Proof('a"<b', "<p>", PUBLISHED), {"x": "</script><script>"}, {"x": "X"})
    text = saving.saved_page(
        check, title="<题>", lines=[("<a>", "<b>")], online="http://x/"
    ).decode()
    assert "<题>" not in text and "<a>" not in text and text.count("<script>") == 1
    for kind in ("script", "style"):
        [inside] = re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
        digest = b64encode(sha256(inside.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in text
    assert "default-src 'none'" in text and "<link" not in text and " src=" not in text


def test_the_page_asks_a_fixed_number_of_queries(
    published: PaperRow, world: World, at: datetime, client: Client
) -> None:
    address = {"n": published.number, "c": published.check_code}
    client.get("/verify/", address)
    with CaptureQueriesContext(connection) as few:
        client.get("/verify/", address)
    for n in range(40):
        issuing.issue(
            SYSTEM,
            kind="thank-you-letter",
            organisation_id=world.places.city,
            subject=f"donations.gift:N{n}",
            holder_name="甲",
            facts={},
            at=at,
        )
    sequence(at)
    cosign("newspaper", at)
    cosign("university", at)
    with CaptureQueriesContext(connection) as many:
        client.get("/verify/", address)
    assert len(many) == len(few) <= 16
