"""A committee member enrols a passkey on the phone and signs in with it alone."""

import pytest

from tests.browser.conftest import OpenPage, Running

pytestmark = pytest.mark.browser

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_passkey_signs_in(open_page: OpenPage, running: Running) -> None:
    # A passkey belongs to a name, never to a bare address.
    site = running.url.replace("127.0.0.1", "localhost")
    page = open_page()
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

    page.goto(f"{site}/account/login/")
    page.fill("input[name=login]", "app5")
    page.fill("input[name=password]", "jiangzhou-demo")
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/desk/**")

    page.goto(f"{site}/account/2fa/webauthn/add/")
    page.fill("input[name=password]", "jiangzhou-demo")
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/webauthn/add/")
    page.fill("input[name=name]", "我的手机")
    page.check("input[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.get_by_text("已添加安全密钥").wait_for()

    page.context.clear_cookies()
    page.goto(f"{site}/account/login/")
    page.click("#passkey_login")
    page.wait_for_url("**/desk/")
    page.get_by_text("以 app5 成功登录").wait_for()
