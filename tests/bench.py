"""Measure lists and dashboard against the bare SQL of the same page: `make bench`.

Every program gets 1,000, then 100,000 rows of its main list. Printed are the median
time of a page, its queries, the median time of the same queries sent bare, and the
ratio of both. Ratios of one run on one machine can be compared; times cannot. The run
fails when a page needs another number of queries with more rows.
"""

import datetime as dt
import os
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DEBUG", "on")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.models import Group, Permission  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from tqdm import tqdm  # noqa: E402

from donations.models import School  # noqa: E402
from municipalities.models import Municipality  # noqa: E402
from tests.accounts.factories import UserFactory  # noqa: E402
from tests.agreements.factories import VisitFactory  # noqa: E402
from tests.alerts.factories import IncidentReportFactory  # noqa: E402
from tests.childcare.factories import HubFactory, SessionFactory  # noqa: E402
from tests.deliveries.factories import DeliveryFactory  # noqa: E402
from tests.donations.factories import DonationFactory  # noqa: E402
from tests.mutualaid.factories import ActivityFactory  # noqa: E402
from tests.plain import use_plain_settings  # noqa: E402

SIZES = (1_000, 100_000)
ROUNDS = 7
FIRST_DAY = dt.date(2010, 3, 21)
# A prime, so that no day comes twice; until 2023.
DAYS = 5_003


@dataclass(frozen=True)
class Bulk:
    """How rows of one list are made: a sample row, and what differs in row `n`."""

    sample: Callable[[], models.Model]
    vary: Callable[[int], dict[str, Any]]


def day(n: int, every: int) -> dt.date:
    """Return the day of row `n`, `every` rows a day, spread over all years alike."""
    return FIRST_DAY + dt.timedelta(days=n // every * 997 % DAYS)


def clone(sample: models.Model, changes: dict[str, Any]) -> models.Model:
    values = {
        field.attname: getattr(sample, field.attname)
        for field in sample._meta.concrete_fields
        if not field.primary_key and not isinstance(field, models.GeneratedField)
    }
    return type(sample)(**values | changes)


def bulks() -> dict[str, Bulk]:
    """Return the lists that are measured; parents are made once."""
    call_command("import_municipalities", service_area="11,12,13", verbosity=0)
    places = list(Municipality.objects.in_service_area().values_list("pk", flat=True))
    hubs = [HubFactory(municipality_id=places[0]).pk for _ in range(20)]
    sample = DonationFactory()
    schools = [
        school.pk
        for school in School.objects.bulk_create(
            clone(sample.school, {"name": f"見本{n}小学校"}) for n in range(SIZES[-1])
        )
    ]
    return {
        "/agreements/visits/": Bulk(
            VisitFactory,
            lambda n: {
                "municipality_id": places[n % len(places)],
                "visited_on": day(n, len(places)),
            },
        ),
        "/alerts/": Bulk(
            IncidentReportFactory,
            lambda n: {
                "client_key": uuid.UUID(int=n + 1),
                "municipality_id": places[n % len(places)],
                "noticed_at": dt.datetime.combine(
                    day(n, 20), dt.time(10), tzinfo=dt.UTC
                ),
            },
        ),
        "/childcare/": Bulk(
            SessionFactory,
            lambda n: {
                "hub_id": hubs[n % len(hubs)],
                "held_on": day(n, len(hubs)),
            },
        ),
        "/mutualaid/": Bulk(
            ActivityFactory, lambda n: {"slip_number": f"B{n}", "done_on": day(n, 20)}
        ),
        "/donations/": Bulk(
            lambda: sample, lambda n: {"school_id": schools[n % len(schools)]}
        ),
        "/deliveries/deliveries/": Bulk(
            DeliveryFactory,
            lambda n: {"external_id": f"B{n}", "delivered_on": day(n, 20)},
        ),
    }


def measure(action: Callable[[], Any]) -> float:
    """Return the median time of `action` in milliseconds, after a first run."""
    action()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def grow(bulk: Bulk, sample: models.Model, first: int, last: int) -> None:
    """Add the rows `first` to `last` to a list."""
    rows = (clone(sample, bulk.vary(n)) for n in range(first, last))
    type(sample)._default_manager.bulk_create(rows, batch_size=2_000)


def measure_page(client: Client, url: str) -> tuple[float, int, float]:
    """Return the time of a page, its number of queries, and their time sent bare."""
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    if response.status_code != 200:
        raise SystemExit(f"{url} answers {response.status_code}")
    count = len(captured)
    statements = [q["sql"] for q in captured if q["sql"].startswith("SELECT")]

    def bare() -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                cursor.fetchall()

    page = measure(lambda: client.get(url))
    return page, count, measure(bare)


def reader() -> Client:
    """Return a client of somebody who may read everything."""
    user = UserFactory()
    user.groups.set(Group.objects.all())
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client = Client()
    client.force_login(user)
    return client


def main() -> int:
    """Print the table; return 1 when queries grow with rows."""
    # Not Django's test environment: it sends a signal for every template it renders.
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.DEBUG = False
    name = connection.settings_dict["NAME"]
    with tempfile.TemporaryDirectory() as folder:
        use_plain_settings(folder)
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        try:
            return run()
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)


def run() -> int:
    client = reader()
    lists = bulks()
    samples = {url: bulk.sample() for url, bulk in lists.items()}
    pages = [
        *lists,
        *(f"{url}?fiscal_year=2012" for url in lists),
        "/dashboard/?year=2012",
        "/dashboard/alerts/?year=2012",
    ]
    queries: dict[str, set[int]] = {url: set() for url in pages}
    print(f"{connection.vendor}: median of {ROUNDS}, one process, warm")  # noqa: T201
    print(f"{'page':44}{'rows':>9}{'ms':>9}{'queries':>9}{'bare ms':>9}{'ratio':>8}")  # noqa: T201
    done = 0
    for size in SIZES:
        for url, bulk in tqdm(lists.items(), desc=f"{size:,} rows", leave=False):
            grow(bulk, samples[url], done, size)
        done = size
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        for url in pages:
            page, count, bare = measure_page(client, url)
            queries[url].add(count)
            print(  # noqa: T201
                f"{url:44}{size:9,}{page:9.1f}{count:9}{bare:9.1f}{page / bare:8.1f}"
            )
    growing = [url for url, counts in queries.items() if len(counts) > 1]
    for url in growing:
        print(f"QUERIES GROW WITH ROWS: {url} {sorted(queries[url])}")  # noqa: T201
    return 1 if growing else 0


if __name__ == "__main__":
    sys.exit(main())
