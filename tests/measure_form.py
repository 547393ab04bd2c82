"""Measure what the report form costs on a phone: `make measure`.

A server as in production, with the demo, and Chromium at phone size. Printed are the
bytes over the line of the form page and its assets, the taps from the home page to the
receipt, and when the form can be used on slow 3G. Fails above the limits.
"""

import gzip
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from playwright.sync_api import CDPSession, Locator, Page, sync_playwright
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "tsunagari-demo"  # noqa: S105 - printed by `make run`, of the demo only
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "locale": "ja-JP",
}
FORM = "/alerts/new/?step=form"
# 船橋市; its postal code lies in this municipality alone.
POSTAL_CODE = "2730005"
MAX_BYTES = 100_000
MAX_TAPS = 12
# 400 kbit/s and 400 ms, with a processor four times slower than this one.
SLOW_3G = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 400_000 / 8,
    "uploadThroughput": 400_000 / 8,
}
SLOW_PROCESSOR = 4
QUIET_MS = 2_000
LONG_TASKS = """
window.longTaskEnds = [];
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) {
    window.longTaskEnds.push(task.startTime + task.duration);
  }
}).observe({ type: "longtask", buffered: true });
"""
TIMES = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  return {
    painted: paint.startTime,
    usable: Math.max(page.domContentLoadedEventEnd, ...window.longTaskEnds),
    loaded: page.loadEventEnd,
  };
}"""


@dataclass
class Line:
    """What went over the line: bytes with headers by address; zero from the cache."""

    session: CDPSession
    sizes: dict[str, int] = field(default_factory=dict)
    _urls: dict[str, str] = field(default_factory=dict)
    _plain: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Listen."""
        self.session.on("Network.responseReceived", self._received)
        self.session.on("Network.loadingFinished", self._finished)
        self.session.send("Network.enable")

    @property
    def total(self) -> int:
        """All bytes."""
        return sum(self.sizes.values())

    def _received(self, event: dict[str, Any]) -> None:
        response = event["response"]
        if not response["url"].startswith("http"):
            return
        self._urls[event["requestId"]] = response["url"]
        headers = {name.lower() for name in response["headers"]}
        if "content-encoding" not in headers:
            self._plain[response["url"]] = event["requestId"]

    def _finished(self, event: dict[str, Any]) -> None:
        if url := self._urls.get(event["requestId"]):
            self.sizes[url] = int(event["encodedDataLength"])

    def compress(self) -> None:
        """Take what a test server sent plainly as compressed like static files are."""
        for url, request in self._plain.items():
            body = self.session.send("Network.getResponseBody", {"requestId": request})
            if "/static/" in url and not body["base64Encoded"]:
                plain = body["body"].encode()
                saved = len(plain) - len(gzip.compress(plain, mtime=0))
                self.sizes[url] -= max(saved, 0)


def load(page: Page, url: str, *, is_cold: bool, is_plain: bool = False) -> Line:
    """Load a page and return what it took; cold: as if the device never saw it.

    is_plain: the server does not compress static files, as that of the tests.
    """
    session = page.context.new_cdp_session(page)
    line = Line(session)
    if is_cold:
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto(url, wait_until="networkidle")
    if is_plain:
        line.compress()
    session.detach()
    return line


@dataclass
class Finger:
    """Taps on a page, and counts. A field is tapped before its text is typed."""

    page: Page
    taps: int = 0

    def tap(self, target: Locator) -> None:
        """Tap once."""
        target.tap()
        self.taps += 1

    def write(self, target: Locator, text: str) -> None:
        """Tap on a field and type."""
        self.tap(target)
        self.page.keyboard.insert_text(text)


def report_by_tapping(page: Page, base: str, postal_code: str) -> int:
    """Go from the home page to the receipt of a full report; return the taps."""
    finger = Finger(page)
    main = page.get_by_role("main")
    page.goto(base)
    with page.expect_navigation():
        finger.tap(main.locator("a[href='/alerts/new/']").first)
    with page.expect_navigation():
        finger.tap(main.locator("a[href*='step=form']"))
    finger.tap(page.locator("label:has([name=person_kind][value=elderly])"))
    finger.write(page.locator("[name=postal_code]"), postal_code)
    finger.tap(page.locator("#find-municipality"))
    page.locator("#desks a[href^='tel:']").first.wait_for()
    finger.write(page.locator("[name=place]"), "架空町1-2-3")
    finger.tap(page.locator("label:has([name=signs])").nth(1))
    finger.tap(page.locator("label:has([name=signs])").nth(2))
    finger.write(page.locator("[name=narrative]"), "呼んでも返事がありません。")
    finger.tap(page.locator("label[for=id_has_told_office]"))
    finger.tap(main.locator(".form-actions button[type=submit]"))
    page.wait_for_url("**/receipt/")
    page.locator("[data-receipt]").wait_for()
    return finger.taps


def time_on_slow_3g(page: Page, url: str, *, is_cold: bool) -> dict[str, float]:
    """Return milliseconds until something is painted, and until the form is usable.

    Usable: scripts have run, and no task over 50 ms follows while the line is quiet.
    """
    session = page.context.new_cdp_session(page)
    page.add_init_script(LONG_TASKS)
    session.send("Network.enable")
    if is_cold:
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.send("Network.emulateNetworkConditions", SLOW_3G)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_PROCESSOR})
    page.goto(url, wait_until="networkidle", timeout=120_000)
    page.wait_for_timeout(QUIET_MS)
    times = page.evaluate(TIMES)
    session.detach()
    return times


@contextmanager
def server() -> Iterator[str]:
    """Run the demo as in production, in a database of its own; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {
            "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3",
            "DEBUG": "off",
            "HTTPS": "off",
            "ALLOWED_HOSTS": "127.0.0.1",
            "SECRET_KEY": secrets.token_urlsafe(50),
        }
        for words in (
            ["migrate", "--verbosity", "0"],
            ["createcachetable"],
            ["collectstatic", "--no-input", "--verbosity", "0"],
            ["load_demo"],
        ):
            command = [sys.executable, "manage.py", *words]
            subprocess.run(command, cwd=ROOT, env=env, check=True)  # noqa: S603 - our script
        command = [
            *(sys.executable, "-m", "gunicorn", "config.wsgi", "--threads", "4"),
            *("--bind", f"127.0.0.1:{port}", "--log-level", "warning"),
        ]
        with subprocess.Popen(command, cwd=ROOT, env=env) as process:  # noqa: S603 - our script
            try:
                base = f"http://127.0.0.1:{port}"
                wait_for(f"{base}/healthz")
                yield base
            finally:
                process.terminate()


def wait_for(url: str) -> None:
    """Return once the server answers."""
    for _attempt in range(100):
        try:
            urlopen(url, timeout=1).close()  # noqa: S310 - our own server
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("The server does not answer.")


def measure(base: str) -> bool:
    """Print all figures; return whether the limits are kept."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_context(**PHONE).new_page()
        page.goto(f"{base}/accounts/login/")
        page.fill("input[name=login]", "staff")
        page.fill("input[name=password]", PASSWORD)
        with page.expect_navigation():
            page.locator("main button[type=submit]").click()
        cold = load(page, f"{base}{FORM}", is_cold=True)
        warm = load(page, f"{base}{FORM}", is_cold=False)
        taps = report_by_tapping(page, base, POSTAL_CODE)
        times = {
            name: time_on_slow_3g(page, f"{base}{FORM}", is_cold=name == "cold")
            for name in ("cold", "warm")
        }
        browser.close()
    tell(base, cold, warm, taps, times)
    return cold.total <= MAX_BYTES and taps <= MAX_TAPS


def tell(
    base: str, cold: Line, warm: Line, taps: int, times: dict[str, dict[str, float]]
) -> None:
    """Print the figures."""
    for url, size in sorted(cold.sizes.items(), key=lambda item: -item[1]):
        tqdm.write(f"{size:>9,}  {url.removeprefix(base)}")
    for name, line in (("cold", cold), ("warm", warm)):
        requests = sum(1 for size in line.sizes.values() if size)
        tqdm.write(
            f"bytes, {name} cache: {line.total:,} in {requests} requests "
            f"(limit {MAX_BYTES:,})"
        )
    tqdm.write(f"taps from home to receipt, text aside: {taps} (limit {MAX_TAPS})")
    for name, known in times.items():
        tqdm.write(
            f"slow 3G, {name} cache: first paint {known['painted'] / 1000:.1f} s, "
            f"usable {known['usable'] / 1000:.1f} s, "
            f"loaded {known['loaded'] / 1000:.1f} s"
        )


if __name__ == "__main__":
    with server() as address:
        is_within = measure(address)
    sys.exit(0 if is_within else 1)
