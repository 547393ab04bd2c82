"""Scanners open the links of every mail: not a row of the database changes."""

import email
import hashlib
import html
import http.client
import itertools
import random
import re
import shutil
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from email import policy

from playwright.sync_api import sync_playwright

from tests.faults.mails.results import drain
from tests.faults.mails.sink import Sink
from tests.faults.mails.workers import HURRIED_BELOW, Workers, call
from tests.faults.promises import at_least, exactly, told

# Of each link.
FETCHES = 1_000
# A page may lie open for long before a script of it does something.
LEFT_OPEN = "10:00"
TIMEOUT = 60
AT_ONCE = 4
METHODS = ("GET", "HEAD", "OPTIONS")
LINK = re.compile(r"https?://[A-Za-z0-9.:-]+(/[^\s\"'<>]*)?")
# Sessions and the cache are no part of what anybody recorded.
LEFT_OUT = ("django_session", "cache")
HEADERS = [
    {"User-Agent": name} | more
    for name, more in {
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) SafeLinks": {},
        "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1) Proofpoint": {},
        "Mimecast-URL-Protect/1.0": {},
        "Mozilla/5.0 (compatible; Barracuda Sentinel)": {},
        "Mozilla/5.0 Symantec.cloud Link Following": {},
        "TMMailScanner/1.0 (Trend Micro)": {},
        "Cisco-IronPort-WebInspect": {},
        "Mozilla/5.0 (compatible; Forcepoint)": {},
        "FortiMail URL Click Protection": {},
        "Sophos-Time-of-Click/1.0": {},
        "Mozilla/5.0 (via ggpht.com GoogleImageProxy)": {},
        "Googlebot/2.1 (+http://www.google.com/bot.html)": {},
        "Mozilla/5.0 (compatible; bingbot/2.0; BingPreview/1.0b)": {},
        "Slackbot-LinkExpanding 1.0": {},
        "facebookexternalhit/1.1;line-poker/1.0": {},
        "DoCoMo/2.0 P903i": {},
        "KDDI-CA39 UP.Browser/6.2.0.13.1.5 (GUI) MMP/2.0": {},
        "Mozilla/5.0 Chrome/130 Safari/537.36": {"Sec-Purpose": "prefetch;prerender"},
        "Mozilla/5.0 Gecko/20100101 Firefox/132.0": {"X-Moz": "prefetch"},
        "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15": {"Purpose": "preview"},
    }.items()
]


def run(stack, *, scale, seed):
    """Return the promises about scanners, with what was found."""
    is_hurried, each = scale < HURRIED_BELOW, max(2, int(FETCHES * scale))
    with Sink(keeps=True) as sink:
        module = "tests.faults.mails.specimens"
        queued = call(stack, sink, module, is_hurried=is_hurried)
        with Workers(stack, sink.url, is_hurried=is_hurried) as workers:
            workers.start(1)
            drain(stack.database)
            workers.end_all()
    arrived = {queued["kinds"].get(mail.message_id, "") for mail in sink.taken}
    links = sorted({link for mail in sink.taken for link in links_of(mail.content)})
    before = dump(stack.database)
    statuses = Counter(fetch_all(stack.port, links, each, seed))
    opened = browse(stack.port, links)
    after = dump(stack.database)
    changed = {
        name for name in before.keys() | after if before.get(name) != after.get(name)
    }
    return [
        told("mails", len(sink.taken)),
        at_least(
            "kinds of mail that arrived",
            len(arrived),
            len(set(queued["kinds"].values())),
        ),
        exactly("kinds of mail without a specimen", len(queued["missing"]), 0),
        at_least("links in them", len(links), len(arrived)),
        exactly("fetches of each by scanners", statuses.total() / len(links), each),
        told("fetches in all", statuses.total()),
        *(
            told(f"answered with {status}", statuses[status])
            for status in sorted(statuses)
        ),
        exactly("links left open in a browser that runs scripts", opened, len(links)),
        told("tables compared", len(before)),
        exactly(f"tables changed {' '.join(sorted(changed))}".strip(), len(changed), 0),
    ]


def links_of(content):
    """Return the paths of all links in the texts and headers of a mail."""
    mail = email.message_from_bytes(content, policy=policy.default)
    texts = [str(value) for value in mail.values()]
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            texts.append(html.unescape(part.get_content()))
    return {
        found[1].rstrip(".,)。」")
        for text in texts
        for found in LINK.finditer(text)
        if found[1]
    }


def fetch_all(port, links, each, seed):
    """Ask for each link, in turn by each method as each scanner; return the answers."""
    ways = list(itertools.product(HEADERS, METHODS))
    random.Random(seed).shuffle(ways)  # noqa: S311 - to be run again
    ways = itertools.islice(itertools.cycle(ways), each)
    turns = ((*way, link) for way in ways for link in links)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda turn: fetch(port, *turn), turns))


def fetch(port, headers, method, path):
    """Ask once, and follow where that leads; return the last status."""
    for _step in range(5):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        if not (path := answer.headers.get("Location")):
            break
    return answer.status


def browse(port, links):
    """Leave each link open in Chromium, scripts and all; return how many were answered.

    None is where there is no Chromium, which breaks the promise.
    """
    if chromium() is None:
        return 0
    with ThreadPoolExecutor(1) as aside:
        # In a thread of its own: that of a test may run a loop of Playwright already.
        return aside.submit(_browse, port, links).result()


def chromium():
    """Return the path of the system's Chromium; None without."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def _browse(port, links):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page()
        page.clock.install()
        answers = []
        for path in links:
            answers.append(page.goto(f"http://127.0.0.1:{port}{path}"))
            page.mouse.wheel(0, 10_000)
            page.clock.run_for(LEFT_OPEN)
        browser.close()
    return sum(answer is not None for answer in answers)


def dump(database):
    """Return {table: digest of its rows}."""
    tables = (
        "SELECT name FROM sqlite_master WHERE type = 'table'"
        if database.vendor == "sqlite"
        else "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    )
    return {
        name: digest(database.rows(f'SELECT * FROM "{name}"'))  # noqa: S608 - own names
        for (name,) in database.rows(tables)
        if name not in LEFT_OUT
    }


def digest(rows):
    """Return a digest of rows in whatever order."""
    text = "\n".join(sorted(map(repr, rows)))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
