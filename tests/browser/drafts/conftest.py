"""A doorstep on a phone: the form, a connection to cut, what the device keeps."""

import pytest
from playwright.sync_api import expect

from core.access import Role
from tests.accounts.factories import WorkplaceFactory
from tests.browser.conftest import PASSWORD, PHONE
from tests.municipalities.factories import MunicipalityFactory

CANARY = "カナリア七三一"
# Everything the browser kept of this origin: the raw text of all stores, and of the
# encrypted records their bytes, read as text in two encodings.
DUMP = """async () => {
  const text = [localStorage, sessionStorage].map((all) => JSON.stringify({ ...all }));
  const show = (value) => {
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
      const codes = ["utf-8", "utf-16le"];
      return codes.map((code) => new TextDecoder(code).decode(value)).join();
    }
    if (value instanceof CryptoKey) return `key, extractable ${value.extractable}`;
    if (value && typeof value === "object") {
      return Object.entries(value).map(([k, v]) => `${k}: ${show(v)}`).join("; ");
    }
    return String(value);
  };
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((done) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => done(asked.result);
    });
    for (const store of db.objectStoreNames) {
      const rows = await new Promise((done) => {
        const asked = db.transaction(store).objectStore(store).getAll();
        asked.onsuccess = () => done(asked.result);
      });
      text.push(...rows.map((row) => `${store}: ${show(row)}`));
    }
    db.close();
  }
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) {
      text.push(request.url, await (await caches.match(request)).text());
    }
  }
  return text.join("\\n");
}"""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item):
    """Let pages end what they ask of the server before the database is emptied."""
    context = item.funcargs.get("context") if hasattr(item, "funcargs") else None
    for page in context.pages if context else ():
        page.goto("about:blank")
        page.wait_for_timeout(200)
    return (yield)


@pytest.fixture
def browser_context_args():
    return {"viewport": PHONE, "locale": "en-US"}


@pytest.fixture
def page(context):
    """A page that may lose its connection; everything else it complains of fails."""
    complaints = []

    def watch(page):
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda m: (
                complaints.append(m.text)
                if m.type in ("error", "warning")
                and "Failed to load resource" not in m.text
                else None
            ),
        )

    context.on("page", watch)
    yield context.new_page()
    assert not complaints


@pytest.fixture
def staff(sign_in, db):
    """Field staff, signed in on the phone."""
    MunicipalityFactory(name="見本市", kana="みほんし")
    return sign_in(Role.FIELD_STAFF, workplace=WorkplaceFactory())


@pytest.fixture
def form_url(live_server):
    return f"{live_server.url}/alerts/new/?step=form"


@pytest.fixture
def write(page, form_url):
    """Return a function that opens the form and fills it in, without sending it."""

    def fill(text=CANARY, tab=page, url=form_url):
        if url:
            tab.goto(url)
        tab.wait_for_url("**#draft=*")
        municipality = tab.locator("[name=municipality]")
        municipality.fill("見本市")
        municipality.blur()
        # Its desks appear above the boxes and would move one away in mid-click.
        expect(tab.locator("#desks h3")).to_be_visible()
        tab.get_by_label("新聞・郵便物がたまっている").check()
        tab.locator("[name=narrative]").fill(text)
        expect(tab.locator("form[data-once]")).to_have_attribute("data-kept", "true")

    return fill


@pytest.fixture
def send(page):
    """Return a function that taps the button of the form."""

    def tap(tab=page):
        tab.locator("form[data-once] .form-actions .btn-primary").click()

    return tap


@pytest.fixture
def sign_in_again(page, live_server):
    """Return a function that signs a person in who has an account already."""

    def enter(user):
        page.goto(f"{live_server.url}/accounts/login/")
        page.locator("[name=login]").fill(user.username)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main [type=submit]").click()
        page.wait_for_url(f"{live_server.url}/")

    return enter


@pytest.fixture
def sign_out(page):
    """Return a function that taps the button of signing out in the menu."""

    def tap():
        page.locator(".account-menu summary").click()
        page.locator(".account-menu form[data-sign-out] button").click()

    return tap


@pytest.fixture
def kept(page):
    """Return a function that gives all the device has kept, as text."""
    return lambda: page.evaluate(DUMP)


@pytest.fixture
def badge(page):
    """Return a function that waits until so many records count as not sent."""

    def check(count, tab=page):
        shown = tab.locator("[data-drafts] summary")
        if count:
            expect(shown).to_contain_text(str(count))
            expect(shown).to_be_visible()
        else:
            expect(shown).to_be_hidden()

    return check


@pytest.fixture
def says(page):
    """Return a function that waits until the form says this in its status line."""

    def check(name, tab=page):
        text = tab.locator("[data-draft-parts]").evaluate(
            "(all, name) => "
            "all.content.querySelector(`[data-text=${name}]`).textContent",
            name,
        )
        expect(tab.locator(".draft-line [role=status]")).to_have_text(text)

    return check
