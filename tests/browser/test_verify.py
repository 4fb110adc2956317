"""A citizen checks a paper in their own browser: online, from a kept file, from the code on paper."""

import base64
import json
import re
import sqlite3
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Browser, Page

from boai.ground.kit.qr import digits_of
from boai.ground.merkle.bundles import Bundle, verify
from boai.ground.merkle.cosignatures import Cosigner
from boai.ground.merkle.notes import NoteIsNotValid
from boai.ground.merkle.policy import parse
from boai.ground.merkle.proofs import ProofFails
from boai.ground.merkle.witness import Witness, serve
from tests.browser.conftest import DESK, PHONE, OpenPage, Running

pytestmark = pytest.mark.browser

NAMES = ("省红十字会", "江州大学", "江州日报")


@dataclass(frozen=True)
class Proved:
    """A certificate whose leaf two of three witnesses have cosigned, and another one's proof."""

    number: str
    code: str
    bundle: str
    policy: str
    other: str
    bulletin: str

    @property
    def address(self) -> str:
        return f"/verify/?n={self.number}&c={self.code}"

    @property
    def scanned(self) -> str:
        """What a telephone reads from the code on the paper, behind the address."""
        return f"/verify/#1{digits_of(zlib.compress(self.bundle.encode(), 9))}"


@pytest.fixture(scope="module")
def proved(
    running: Running, chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proved]:
    """Two real witnesses answer over HTTP, a third is named and silent; two must have signed."""
    request = chromium.new_context(base_url=running.url).request
    key = request.get("/log/vkey").text().strip()
    servers = []
    for name in NAMES[:2]:
        witness = Witness(tmp_path_factory.mktemp("witness"), [key], f"{len(servers)}.example")
        server = serve(witness, "127.0.0.1", 0)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        place = f"http://127.0.0.1:{server.server_port}"
        running.boai("log", "policy", "add-witness", name, str(witness.cosigner.key), place)
    silent = Cosigner("silent.example", bytes(32)).key
    running.boai("log", "policy", "add-witness", NAMES[2], str(silent))
    running.boai("log", "policy", "quorum", "2")
    running.boai("log", "witnesses")
    with sqlite3.connect(running.home / "boai.sqlite3") as books:
        papers = books.execute(
            "SELECT number, check_code FROM certificates_paper"
            " WHERE kind = 'donation-certificate' AND facts LIKE '%amount_fen%' LIMIT 2"
        ).fetchall()
        [[bulletin]] = books.execute(
            "SELECT number FROM disclosure_bulletin WHERE state = 'published' LIMIT 1"
        ).fetchall()
    texts = [request.get(f"/papers/{n}.tlog-proof?c={c}").text() for n, c in papers]
    policy = re.search(r'data-policy="([^"]*)"', request.get("/verify/").text())
    assert policy is not None
    yield Proved(*papers[0], texts[0], policy[1], texts[1], bulletin)
    (running.home / "log" / "policy").unlink()
    for server in servers:
        server.shutdown()
        server.server_close()


def verdict(page: Page, place: str = "#check") -> str:
    """What the check came to."""
    settled = ":not([data-verdict=checking], [data-verdict=idle])"
    box = page.locator(f"{place} [data-verdict]{settled}")
    box.wait_for()
    return str(box.get_attribute("data-verdict"))


def why(page: Page, place: str = "#own") -> str:
    """The reason that is given for a No."""
    return page.locator(f"{place} [data-because]").inner_text()


def states(page: Page, place: str = "#check") -> list[str]:
    """The marks of the steps, in their order."""
    found = page.locator(f"{place} [data-step][data-state]").all()
    return [str(one.get_attribute("data-state")) for one in found]


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_check_happens_in_the_browser(
    open_page: OpenPage, proved: Proved, size: dict[str, int]
) -> None:
    page = open_page(size)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.resource_type))
    page.goto("/verify/")
    page.fill("#n", proved.number)
    page.fill("#c", proved.code)
    page.get_by_role("button", name="核验", exact=True).click()
    assert verdict(page) == "yes"
    assert states(page) == ["yes"] * 5
    steps = page.locator("#check").inner_text()
    assert NAMES[0] in steps and NAMES[1] in steps and NAMES[2] not in steps
    assert page.locator("#check [data-engine=browser]").is_visible()
    # Everything came with the page: nothing is fetched for the check.
    assert set(asked) <= {"document", "stylesheet", "script", "image", "other"}
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_without_the_browsers_cryptography_the_own_one_says_so(
    open_page: OpenPage, proved: Proved
) -> None:
    page = open_page()
    page.add_init_script("globalThis.boaiCheck = {withoutBrowser: true}")
    page.goto(proved.address)
    assert verdict(page) == "yes"
    assert page.locator("#check [data-engine=own]").is_visible()


@pytest.mark.parametrize(
    ("fact", "said"),
    [("&quot;amount_fen&quot;: ", "捐赠金额"), ("&quot;day&quot;: &quot;", "日期")],
)
def test_a_page_that_shows_something_else_is_caught(
    open_page: OpenPage, proved: Proved, fact: str, said: str
) -> None:
    page = open_page()

    def forge(route: Any) -> None:
        answer = route.fetch()
        assert fact in answer.text()
        route.fulfill(response=answer, body=answer.text().replace(fact, f"{fact}9", 1))

    page.route("**/verify/?*", forge)
    page.goto(proved.address)
    assert verdict(page) == "no"
    assert said in why(page, "#check")


def test_scanning_the_code_checks_without_asking_the_server(
    open_page: OpenPage, proved: Proved
) -> None:
    page = open_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(proved.scanned)
    assert verdict(page, "#own") == "yes"
    assert proved.number in page.locator("#own [data-facts-box]").inner_text()
    assert not any(proved.number in one or "#1" in one for one in asked)

    # The same text pasted; a digit less, and another digit.
    digits = proved.scanned.partition("#")[2]
    for text, expected in ((digits, "yes"), (digits[:-1], "no"), (digits[:-9] + "0" * 9, "no")):
        page.fill("#own-text", f"https://elsewhere.example/verify/#{text}")
        page.get_by_role("button", name="在浏览器里核对").click()
        assert verdict(page, "#own") == expected
    assert "读不出来" in why(page)


def choose(page: Page, *files: tuple[str, str]) -> str:
    """Give files to the page; answers the verdict."""
    page.set_input_files(
        "#own-files",
        [{"name": n, "mimeType": "text/plain", "buffer": t.encode()} for n, t in files],
    )
    return verdict(page, "#own")


def test_each_kind_of_forgery_is_a_clear_no(open_page: OpenPage, proved: Proved) -> None:
    page = open_page(DESK)
    page.goto("/verify/")
    good, other = Bundle.parse(proved.bundle), Bundle.parse(proved.other)
    assert good.extra is not None and other.extra is not None
    assert choose(page, ("good.tlog-proof", proved.bundle)) == "yes"
    bare = replace(good, extra=None).text()
    assert choose(page, ("leaf.json", good.extra.decode()), ("p.tlog-proof", bare)) == "yes"

    page.evaluate(
        """([first, second]) => {
          const carried = new DataTransfer();
          carried.items.add(new File([first], "leaf.json"));
          carried.items.add(new File([second], "p.tlog-proof"));
          const drop = document.querySelector("[data-drop]");
          drop.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true }));
        }""",
        [other.extra.decode(), bare],
    )
    assert verdict(page, "#own") == "no"

    text, lines = good.checkpoint.split("\n\n")
    log_line, *witnesses = lines.splitlines(keepends=True)
    changed = good.extra.replace(b'"amount_fen":', b'"amount_fen":9')
    stranger = Cosigner("0.example", bytes([9]) * 32)
    forged = stranger.cosign(f"{text}\n", 1_600_000_000)
    blob = base64.b64decode(forged.split()[2])
    real = base64.b64decode(witnesses[0].split()[2])
    fake = base64.b64encode(real[:4] + blob[4:]).decode()
    origin, size, _root = text.split("\n")
    cases = {
        "没有记录原文": bare,
        "读不出来": proved.bundle[:400],
        "合并不到": replace(good, extra=changed).text(),
        "合并不到检查点": replace(good, extra=other.extra).text(),
        "对不上：检查点": proved.bundle.replace(f"\n{size}\n", f"\n{int(size) + 1}\n"),
        "不是本会日志签的": proved.bundle.replace(origin, "stranger.example/log"),
        "见证方的签名不够": replace(good, checkpoint=f"{text}\n\n{log_line}{witnesses[0]}").text(),
        "见证方的签名对不上": replace(
            good, checkpoint=f"{text}\n\n{log_line}— 0.example {fake}\n{witnesses[1]}"
        ).text(),
    }
    for said, bundle in cases.items():
        assert choose(page, ("forged.tlog-proof", bundle)) == "no", said
        assert said in page.locator("#own").inner_text(), (said, why(page))
        assert not page.locator("#own [data-facts-box]").is_visible()
    # One witness who signs twice is one witness.
    twice = replace(good, checkpoint=f"{text}\n\n{log_line}{witnesses[0] * 2}").text()
    assert choose(page, ("twice.tlog-proof", twice)) == "no"


def test_both_programs_agree_on_every_changed_letter(open_page: OpenPage, proved: Proved) -> None:
    page = open_page(DESK)
    page.goto("/verify/")
    policy = page.locator("#own").get_attribute("data-policy")
    assert policy is not None
    rules = parse(policy)

    def holds(text: str) -> bool:
        try:
            bundle = Bundle.parse(text)
            return verify(bundle, bundle.extra or b"", rules).quorum_met
        except (ProofFails, NoteIsNotValid):
            return False

    whole = proved.bundle
    changed = [
        whole[:at] + chr(ord(letter) ^ 1) + whole[at + 1 :] for at, letter in enumerate(whole)
    ]
    asked = [whole, *changed]
    found = page.evaluate(
        """async ([proofs, policy]) => {
          const answers = [];
          for (const proof of proofs) {
            answers.push((await boaiCheck.verify({ proof, policy })).verdict);
          }
          return answers;
        }""",
        [asked, policy],
    )
    assert found[0] == "yes"
    assert [one == "yes" for one in found] == [holds(text) for text in asked]
    assert sum(one == "yes" for one in found) <= len(whole) // 10


def test_the_own_ed25519_agrees_with_rfc_8032_and_with_openssl(
    open_page: OpenPage, proved: Proved
) -> None:
    page = open_page(DESK)
    page.goto("/verify/")
    cases = [  # RFC 8032, section 7.1, tests 1 to 3
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac"
            "c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
            True,
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e"
            "458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
            True,
        ),
        (
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290"
            "ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
            True,
        ),
    ]
    order = 2**252 + 27742317777372353535851937790883648493
    for n in range(12):
        private = Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32)
        key, message = private.public_key().public_bytes_raw().hex(), bytes(range(n * 17))
        signature = private.sign(message)
        cases.append((key, message.hex(), signature.hex(), True))
        cases.append((key, message.hex() + "00", signature.hex(), False))
        flipped = bytearray(signature)
        flipped[n * 5] ^= 1
        cases.append((key, message.hex(), flipped.hex(), False))
        s = int.from_bytes(signature[32:], "little") + order
        cases.append((key, message.hex(), (signature[:32] + s.to_bytes(32, "little")).hex(), False))
    cases.append(("ff" * 32, "", "00" * 64, False))
    found = page.evaluate(
        """async (cases) => {
          boaiCheck.withoutBrowser = true;
          const answers = [];
          for (const [key, message, signature] of cases) {
            answers.push(await boaiCheck.signatureFits(
              ...[key, message, signature].map(boaiCheck.fromHex)));
          }
          return answers;
        }""",
        [case[:3] for case in cases],
    )
    assert found == [case[3] for case in cases]


def kept(page: Page, address: str, folder: Path) -> Path:
    """The proof, kept as a file as a reader does."""
    page.goto(address)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="保存凭据").click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_kept_file_checks_itself_without_a_network(
    open_page: OpenPage,
    chromium: Browser,
    proved: Proved,
    tmp_path: Path,
    size: dict[str, int],
) -> None:
    path = kept(open_page(size), proved.address, tmp_path)
    content = path.read_text()
    offline = chromium.new_context(viewport=size, offline=True, locale="zh-CN")
    page = offline.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto(path.as_uri())
    assert verdict(page) == "yes" and refused == []
    assert proved.number in page.locator("[data-facts-box]").first.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert choose(page, ("other.tlog-proof", proved.other)) == "yes"

    # Whoever alters the proof, the facts beside it, or the keys, is told No by the same file.
    for old, new in (
        ("&quot;amount_fen&quot;: ", "&quot;amount_fen&quot;: 7"),
        ("\nindex ", "\nindex 1"),
        ('data-policy="log ', 'data-policy="log x'),
    ):
        assert old in content
        path.write_text(content.replace(old, new, 1))
        page.goto(path.as_uri())
        assert verdict(page) == "no"
    # The content policy holds the script to its digest: another script does not run at all.
    path.write_text(content.replace("const MOST_STEPS = 63", "const MOST_STEPS = 99"))
    page.goto(path.as_uri())
    page.wait_for_timeout(500)
    assert page.locator("#check [data-verdict]").get_attribute("data-verdict") == "checking"
    assert refused
    offline.close()


def test_a_bulletin_proves_its_text(
    open_page: OpenPage, chromium: Browser, proved: Proved, tmp_path: Path
) -> None:
    page = open_page(DESK)
    page.goto(f"/bulletins/{proved.bulletin}/")
    assert verdict(page) == "yes"
    assert states(page) == ["yes"] * 6
    path = kept(page, f"/bulletins/{proved.bulletin}/", tmp_path)
    offline = chromium.new_context(viewport=PHONE, offline=True, locale="zh-CN")
    file = offline.new_page()
    file.goto(path.as_uri())
    assert verdict(file) == "yes"
    content = path.read_text()
    path.write_text(content.replace("&quot;closing_fen&quot;:", "&quot;closing_fen&quot;:1", 1))
    file.goto(path.as_uri())
    assert verdict(file) == "no" and "公示正文" in why(file, "#check")
    offline.close()


def test_no_name_is_in_the_kept_file(
    open_page: OpenPage, running: Running, proved: Proved, tmp_path: Path
) -> None:
    path = kept(open_page(), proved.address, tmp_path)
    with sqlite3.connect(running.home / "boai.sqlite3") as books:
        names = [
            name for (name,) in books.execute("SELECT DISTINCT display_name FROM donations_gift")
        ]
    text = path.read_text()
    assert len(names) > 10
    assert [name for name in names if len(name) > 1 and name in text] == []
    assert proved.code not in text
    assert json.loads(Bundle.parse(proved.bundle).extra or b"")["kind"] == "paper-issued"
