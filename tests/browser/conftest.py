"""A real Chromium against the live server, at phone and desktop width."""

import os
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.conftest import grant

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
PASSWORD = "見本-password-1"


def pytest_collection_modifyitems(config, items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def browser_type_launch_args():
    """Use the system's Chromium; without one say so loudly, and fail in CI."""
    if CHROMIUM is None:
        message = "NO CHROMIUM: the journeys in a real browser are not run."
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return {
        "executable_path": CHROMIUM,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def browser_context_args(request):
    return {"viewport": request.param, "locale": "en-US"}


@pytest.fixture
def page(page):
    """A page whose console errors, content-security reports among them, fail a test."""
    complaints = []
    page.on(
        "console",
        lambda m: (
            complaints.append((m.text, m.location)) if m.type == "error" else None
        ),
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert not complaints


@pytest.fixture
def sign_in(page, live_server):
    """Return a function that signs a person with these roles in, through the page."""

    def enter(*groups, **attributes):
        user = grant(*groups, **attributes)
        user.set_password(PASSWORD)
        user.save()
        page.goto(f"{live_server.url}/accounts/login/")
        page.get_by_label("ユーザー名").fill(user.username)
        page.get_by_label("パスワード").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="ログイン").click()
        page.wait_for_url(f"{live_server.url}/")
        return user

    return enter


@pytest.fixture
def follow(page):
    """Return a function that clicks and comes back once the new page has loaded.

    A click alone returns while the old document still stands, or none does.
    """

    def click(target):
        with page.expect_navigation():
            target.click()

    return click


@pytest.fixture
def check_accessibility(page):
    """Return a function that fails on any violation axe finds, and on overflow."""

    def check():
        page.wait_for_load_state()
        # axe writes an inline style of its own while it measures; that is no complaint.
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        width = "document.documentElement.{}Width"
        fits = f"{width.format('scroll')} <= {width.format('client')}"
        assert page.evaluate(fits)

    return check
