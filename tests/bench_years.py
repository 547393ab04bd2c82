"""Measure closed years against open ones: the second half of `make bench`.

On PostgreSQL. Twenty years are closed, one of them with as many rows per program
(BENCH_ROWS, else 1,000,000) as the year that runs, the others with ten. Printed are the
dashboard against the bare SQL that it needs, that of a large closed year against that
of a small one, and time and memory of closing either. Ratios of one run can be
compared; times cannot.
"""

import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator

from tests.bench import measure_page, reader, use_plain_settings  # isort: split

from django.conf import settings
from django.core.management import call_command
from django.db import connection, models
from django.utils import timezone
from tqdm import tqdm

from core import fiscal
from dashboard.closing import close_year
from municipalities.models import Municipality
from tests.agreements.factories import AgreementFactory, VisitFactory
from tests.alerts.factories import IncidentReportFactory
from tests.childcare.factories import HubFactory, SessionFactory
from tests.deliveries.factories import SentNoticeFactory
from tests.donations.factories import CampaignFactory, SentDonationFactory
from tests.mutualaid.factories import ActivityFactory

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
FEW = 10
RUNNING = fiscal.current_year()
LARGE, SMALL = RUNNING - 2, RUNNING - 3
CLOSED = range(LARGE - 19, LARGE + 1)
# On which the rows of a year lie; it has begun by then in every month.
DAYS = 240
# Twice as many as needed, so that other numbers of rows fit as well.
PARENTS = 2_000 + ROWS // 120


def copies(sample: models.Model, count: int, **changes: str) -> None:
    """Add `count` copies of a row; `changes` are SQL over the number `n` from 0 on."""
    columns = {
        field.column: f's."{field.column}"'
        for field in sample._meta.concrete_fields
        if not field.primary_key and not isinstance(field, models.GeneratedField)
    } | changes
    table = sample._meta.db_table
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        # No parameters, so that % stays what it is.
        cursor.execute(
            f'INSERT INTO "{table}" ({names}) SELECT {", ".join(columns.values())} '  # noqa: S608 - our own models
            f'FROM "{table}" s, generate_series(0, {count - 1}) n '
            f"WHERE s.id = {sample.pk}"
        )


def among(row: models.Model, every: str) -> str:
    """Return SQL for one of the copies of `row`, another one for each `every`."""
    copied = type(row)._default_manager.filter(pk__gt=row.pk).order_by("pk")
    keys = list(copied.values_list("pk", flat=True))
    return f"(ARRAY{keys})[1 + ({every}) % {len(keys)}]"


class Rows:
    """The sample rows, and how a year is filled with copies of them."""

    def __init__(self) -> None:
        self.visit, self.agreement = VisitFactory(), AgreementFactory()
        self.report = IncidentReportFactory(is_passed_on=True)
        self.session, self.slip = SessionFactory(), ActivityFactory()
        self.gift, self.notice = SentDonationFactory(), SentNoticeFactory()
        copies(HubFactory(), PARENTS, code="'B' || n")
        copies(self.gift.school, PARENTS, name="'見本' || n || '小学校'")
        copies(self.gift.item, 200, code="'b' || n", name="'見本' || n")
        copies(self.notice.subscription, 1_000, member_number="'B' || n")
        copies(self.notice.delivery, 1_000 + ROWS // 1_000, external_id="'B' || n")
        copies(self.slip.helper, PARENTS, number="'B' || n")
        first = Municipality.objects.earliest("pk")
        self.place = among(first, f"n / {DAYS}")
        self.places = Municipality.objects.filter(pk__gt=first.pk).count()
        self.kind = f"(ARRAY['watch', 'network'])[1 + (n / {DAYS * self.places}) % 2]"
        self.hub = among(self.session.hub, f"n / {DAYS}")
        self.school = among(self.gift.school, "n")
        self.item = among(self.gift.item, f"n / {PARENTS}")
        self.subscription = among(self.notice.subscription, "n")
        self.delivery = among(self.notice.delivery, "n / 1000")
        self.helper = among(self.slip.helper, "n")

    def fill(self, year: int, rows: int) -> None:
        """Add `rows` rows to every program of a year."""
        day = f"DATE '{fiscal.bounds(year)[0]}' + (n % {DAYS})::int"
        # One visit a day and municipality is allowed: agreements make up the rest.
        visits = min(rows, DAYS * self.places)
        copies(self.visit, visits, visited_on=day, municipality_id=self.place)
        if rows > visits:
            held = {"signed_on": day, "in_force_from": day, "kind": self.kind}
            copies(self.agreement, rows - visits, municipality_id=self.place, **held)
        noticed = f"({day} + TIME '10:00') AT TIME ZONE 'Asia/Tokyo'"
        copies(
            self.report,
            rows,
            client_key=f"md5('{year} ' || n)::uuid",
            noticed_at=noticed,
            passed_on_at=noticed,
            municipality_id=self.place,
        )
        copies(self.session, rows, held_on=day, hub_id=self.hub)
        number = f"'{year} ' || n"
        slips = {"slip_number": number, "helper_id": self.helper}
        copies(self.slip, rows, done_on=day, municipality_id=self.place, **slips)
        gifts = {"school_id": self.school, "item_id": self.item}
        campaign = str(CampaignFactory(year=year).pk)
        copies(self.gift, rows, sent_on=day, campaign_id=campaign, **gifts)
        mails = {"subscription_id": self.subscription, "delivery_id": self.delivery}
        kind = f"'{year}'"  # so that a pair may come again in another year
        copies(
            self.notice, rows, noticed_for=day, message_id=number, kind=kind, **mails
        )


def close(year: int) -> tuple[float, float]:
    """Close a year, with a bar; return seconds and megabytes of memory it took."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    with tqdm(desc=fiscal.label(year), leave=False, disable=None) as bar:
        for step in close_year(year=year, actor=None, at=timezone.now()):
            bar.total, bar.n = step.total, step.done
            bar.refresh()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return time.perf_counter() - start, grown / 1024


def lines() -> Iterator[str]:
    """Yield what was measured, line by line."""
    call_command("import_municipalities", service_area="11,12,13", verbosity=0)
    rows = Rows()
    for year in tqdm([*CLOSED, RUNNING], desc="rows", leave=False, disable=None):
        rows.fill(year, ROWS if year in (LARGE, RUNNING) else FEW)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    took = {year: close(year) for year in CLOSED}
    for year in (SMALL, LARGE):
        count = 6 * (ROWS if year == LARGE else FEW)
        seconds, grown = took[year]
        yield f"closing {count:10,} rows{seconds:10.1f} s{grown:10.1f} MB more memory"
    client, pages = reader(), {}
    for query in ("", f"?year={LARGE}", f"?year={SMALL}"):
        url = f"/dashboard/{query}"
        page, count, bare = measure_page(client, url)
        pages[query] = page
        yield f"{url:26}{page:9.1f} ms{count:5} queries{bare:9.1f} ms bare"
        yield f"    page : bare SQL{page / bare:10.2f}"
    large, small = pages[f"?year={LARGE}"], pages[f"?year={SMALL}"]
    yield f"    large closed year : small one{large / small:10.2f}"


def main() -> int:
    """Print the lines; nothing to compare on SQLite, which says so."""
    if connection.vendor != "postgresql":
        print("CLOSED YEARS NOT MEASURED: set DATABASE_URL to a PostgreSQL server.")  # noqa: T201
        return 0
    settings.ALLOWED_HOSTS, settings.DEBUG = ["testserver"], False
    name = connection.settings_dict["NAME"]
    with tempfile.TemporaryDirectory() as folder:
        use_plain_settings(folder)
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        try:
            print(f"{len(CLOSED)} closed years, {ROWS:,} rows a program in the open")  # noqa: T201
            for line in lines():
                print(line, flush=True)  # noqa: T201
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
