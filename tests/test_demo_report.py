"""The report of the demo, printed to PDF by Chromium, holds every published figure.

The browser is handed the page that the test asked for in its own transaction.
"""

import csv
import io
import re
import unicodedata
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import translation
from playwright.sync_api import sync_playwright
from pypdf import PdfReader

import dashboard
from core.programs import installed_programs
from dashboard.indicators import registry
from tests.browser.conftest import browser_type_launch_args  # noqa: F401 - a fixture

DATA = Path(dashboard.__file__).parent / "data"
BASE = "http://localhost"
VALUE = re.compile(r"(?<!\S)([\d,.]+%?|–)(?!\S)")
NUMBERS = re.compile(r"[\d,.–]+")
pytestmark = [
    pytest.mark.usefixtures("demo"),
    pytest.mark.django_db,
    pytest.mark.browser,
]


@pytest.fixture
def printed(browser_type_launch_args):  # noqa: F811 - the fixture
    """Return a function that prints a page as the manager sees it, and reads it."""
    client = Client()
    client.force_login(get_user_model().objects.get(username="manager"))

    def print_page(path):
        # Chromium gets a thread of its own: its event loop would hide the connection
        # of the test, and with it the demo.
        html = client.get(path).text
        with ThreadPoolExecutor(1) as pool:
            pdf = pool.submit(print_pdf, browser_type_launch_args, path, html).result()
        return Report(PdfReader(io.BytesIO(pdf)))

    return print_page


def print_pdf(options, path, html):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**options)
        page = browser.new_page()
        page.route("**/*", lambda route: answer(route, {path: html}))
        page.goto(f"{BASE}{path}")
        pdf = page.pdf(format="A4")
        browser.close()
    return pdf


def answer(route, pages):
    path = urlsplit(route.request.url).path
    if path in pages:
        route.fulfill(body=pages[path], content_type="text/html; charset=utf-8")
    elif file := finders.find(path.removeprefix("/static/")):
        route.fulfill(path=file)
    else:
        route.abort()


class Report:
    """The tables of a printed report: {(program, figure, part): {year: text}}."""

    def __init__(self, pdf):
        self.rows = {}
        self.program = self.heading = ""
        self.titles = {title_of(program.label) for program in installed_programs()}
        for page in pdf.pages:
            self.columns = []
            for fragments in lines_of(page):
                self.read(fragments)

    def read(self, fragments):
        text = joined(text for _x, text in fragments)
        if years := re.findall(r"(\d{4})年度", text) if "指標" in text else []:
            ends = [x for x, part in fragments if part == "年度"]
            # A column ends a little right of where the last word of its heading begins.
            self.columns = list(zip(years, (end + 25 for end in ends), strict=True))
        elif text in self.titles:
            self.program, self.heading, self.columns = text, "", []
        elif self.columns and len(fragments) > 1:
            self.read_row(fragments)
        elif self.columns:
            self.read_heading(text)

    def read_row(self, fragments):
        label, cells = [], defaultdict(list)
        start = self.columns[0][1] - (self.columns[1][1] - self.columns[0][1])
        for x, text in fragments:
            year = next((year for year, end in self.columns if x < end), None)
            if x < start:
                label.append(text)
            elif year:
                cells[year].append(text)
        name = joined(label)
        if NUMBERS.fullmatch(name):
            return  # a line of charts
        values = {year: VALUE.findall(" ".join(texts)) for year, texts in cells.items()}
        if name and len(values) == len(self.columns) and all(values.values()):
            label, _, unit = name.partition("(")
            place = (label, "") if unit else (self.heading, label)
            assert (self.program, *place) not in self.rows
            row = {year: found[-1] for year, found in values.items()}
            self.rows[self.program, *place] = row
        elif not any(values.values()):
            self.read_heading(joined(text for _x, text in fragments))

    def read_heading(self, text):
        """Take the figure whose parts follow; its heading may run over the columns."""
        with translation.override("ja"):
            labels = sorted((str(i.label) for i in registry), key=len, reverse=True)
        found = next((one for one in labels if text.startswith(one)), None)
        self.heading = found or self.heading


def lines_of(page):
    """Yield the lines of a page from top to bottom: (distance from the left, text)."""
    lines = defaultdict(list)

    def keep(text, outer, inner, font, size):
        # Fonts draw some characters with the glyphs of their look-alikes.
        if text := unicodedata.normalize("NFKC", text).replace("‒", "–").strip():
            x = inner[4] * outer[0] + inner[5] * outer[2] + outer[4]
            y = inner[4] * outer[1] + inner[5] * outer[3] + outer[5]
            lines[round(y)].append((x, text))

    page.extract_text(visitor_text=keep)
    for _y, fragments in sorted(lines.items(), reverse=True):
        yield sorted(fragments)


def joined(texts):
    return "".join(texts).replace(" ", "")


def title_of(program):
    names = {p.label: p.verbose_name for p in installed_programs()}
    with translation.override("ja"):
        return joined([unicodedata.normalize("NFKC", str(names[program]))])


def published(first, last):
    """Yield ((program, figure, part), year, text) of every published figure."""
    with (DATA / "published_figures.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with translation.override("ja"):
        for row in rows:
            indicator = registry[row["indicator"]]
            by, _, key = row["breakdown"].partition("=")
            part = PARTS.get(key) or indicator.choices(by).get(key, "")
            place = (title_of(indicator.app_label), str(indicator.label), str(part))
            if first <= int(row["fiscal_year"]) <= last:
                yield place, row["fiscal_year"], f"{int(row['value']):,}"


# What the demo calls the items.
PARTS = {"school_bag_cover": "ランドセルカバー", "crossing_flag": "横断旗"}
RATES = {2013: "41.8%", 2014: "65.3%", 2015: "82.4%", 2016: "94.7%", 2017: "95.3%"}


@pytest.mark.parametrize(("year", "expected"), [(2016, 25), (2017, 31)])
def test_printed_report_holds_every_published_figure(year, expected, printed):
    report = printed(f"/report/{year}/")
    found = 0
    for place, one, text in published(year - 4, year):
        assert report.rows[place][one] == text, (place, one)
        found += 1
    assert found == expected
    coverage = report.rows["見守り協定", "協定の締結率", ""]
    for one in range(2013, year + 1):
        assert coverage[str(one)] == RATES[one]
