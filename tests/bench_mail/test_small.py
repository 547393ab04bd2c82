"""`make bench` for mails in small: that it runs, and counts what it says it counts."""

import json
import os
import subprocess
import sys

import pytest
from django.db import connection

from deliveries.models import Delivery, Notice
from outbox.models import Mail
from tests.bench_mail import __main__ as bench
from tests.bench_mail import claiming, places, queueing, senders, sink
from tests.bench_mail.__main__ import Line

PACKAGES = """
from tests.bench_mail import senders
from django.db import connection
with connection.schema_editor() as editor:
    for model in senders.tables_of_packages()[::-1]:
        editor.create_model(model)
for way in senders.PACKAGES:
    senders.main(way, 3, {port})
"""


@pytest.fixture(scope="module")
def port():
    with sink.running() as port:
        yield port


@pytest.fixture
def found(capsys):
    """Return what a part printed."""
    return lambda: json.loads(capsys.readouterr().out.splitlines()[-1])


@pytest.fixture
def told(settings):
    """Let the settings that a part changes be as before afterwards."""
    for name in ("EMAIL_BACKEND", "EMAIL_HOST", "EMAIL_PORT", "OUTBOX_TRANSPORT"):
        setattr(settings, name, getattr(settings, name))
    settings.DELIVERIES_QUIET_HOURS = settings.DELIVERIES_QUIET_HOURS
    return settings


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["bare", "ready", "outbox", "notices"])
def test_every_mail_reaches_the_sink(way, port, told, found):
    senders.main(way, 4, port)
    told = found()
    assert (told["sent"], told["at_once"]) == (4, 1)
    if way in senders.OURS:
        assert list(Mail.objects.values_list("state", flat=True)) == ["sent"] * 4


def test_packages_send_the_same_by_their_own_commands(port, tmp_path):
    environment = places.environment(f"sqlite:///{tmp_path / 'own.sqlite3'}", tmp_path)
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", PACKAGES.format(port=port)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    assert [json.loads(line)["sent"] for line in lines] == [3, 3]


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="measured there only")
def test_bare_inserts_leave_the_rows_that_recording_leaves(told, found):
    told.EMAIL_BACKEND = "outbox.backend.EmailBackend"
    queueing.main(3, 1)
    assert {key: len(times) for key, times in found().items()} == {
        "recorded": 1,
        "bare": 1,
        "replayed": 1,
    }
    for model in (Delivery, Notice, Mail):
        assert model.objects.count() == 3
    assert {mail.key for mail in Mail.objects.all()} == {
        notice.key for notice in Notice.objects.all()
    }


@pytest.mark.django_db
def test_claim_is_measured_on_tables_of_three_kinds(found):
    claiming.main(500, 800, 1)
    assert set(found()) == {"small", "mostly sent", "all waiting"}
    assert list(Mail.objects.values_list("state", flat=True)) == ["waiting"] * 800


@pytest.mark.parametrize(
    ("line", "is_kept"),
    [
        (Line("as fast", 5.0, least=5), True),
        (Line("slower", 4.9, least=5), False),
        (Line("as long", 2.0, most=2), True),
        (Line("longer", 2.1, most=2), False),
    ],
)
def test_run_fails_when_a_promise_is_not_kept(line, is_kept, monkeypatch, capsys):
    monkeypatch.setattr(bench, "everything", lambda parts, scale: iter(["x", line]))
    monkeypatch.setattr(sys, "argv", ["bench_mail"])
    assert bench.main() == (0 if is_kept else 1)
    assert ("NOT KEPT" in capsys.readouterr().out) is not is_kept


class Place:
    """A place where everything takes as long as it is told."""

    vendor = "PostgreSQL"

    def __init__(self, **found):
        self.found = found

    def measure(self, module, *arguments):
        return self.found[arguments[0] if module == "senders" else module]


def test_ratios_are_those_of_mails_per_second():
    seconds = {"ready": 1, "bare": 8, "outbox": 10, "notices": 20, "post_office": 40}
    ways = {
        way: {
            "seconds": took,
            "queued": 1,
            "sent": 10,
            "at_once": 5 if way == "post_office" else 1,
        }
        for way, took in (seconds | {"mailer": 60}).items()
    }
    lines = bench.sending(Place(**ways), 0.001)
    ratios = {one.text: one.ratio for one in lines if isinstance(one, Line)}
    assert ratios == pytest.approx(
        {
            "outbox : django-post_office, worker": 20,
            "outbox : django-post_office, process": 4,
            "outbox : django-mailer, worker": 6,
            "outbox : bare loop": 0.8,
        }
    )


def test_mails_that_did_not_arrive_end_the_run():
    lost = {"seconds": 1, "queued": 1, "sent": 9}
    with pytest.raises(SystemExit, match="ready: 9 of 10"):
        list(bench.sending(Place(ready=lost), 0.001))


def test_without_postgresql_it_says_so(monkeypatch):
    monkeypatch.setattr(places, "programs", lambda: None)
    monkeypatch.setattr(os, "environ", {"DATABASE_URL": "sqlite:///x"})
    [line] = bench.everything(["queueing"], 1)
    assert "NOT MEASURED" in line
