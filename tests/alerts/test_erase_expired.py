"""What is over its time is blanked, once and for ever; every figure stays."""

import datetime as dt
import io
import json
import os
import sys

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessEntry
from alerts import erasure
from alerts.erasure import due, erase, overdue, sweep
from alerts.models import PERSONAL, IncidentReport
from core.access import Role
from dashboard.closing import canonical
from dashboard.counted import counted_tables
from dashboard.indicators import registry
from dashboard.models import YearClosing
from tests.alerts.factories import (
    CaseStoryFactory,
    CorrectionFactory,
    FollowUpFactory,
    IncidentReportFactory,
    PhotoFactory,
    at,
)
from tests.alerts.rows import make_rows
from tests.conftest import grant

pytestmark = pytest.mark.django_db
CANARY = "カナリア9"
DIGITS = "0995557001"
DAYS = 1825
CLOSED = at(2016, 10, 4, 9, 0)
LONG_AFTER = CLOSED + dt.timedelta(days=DAYS, seconds=1)


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    """A folder that holds the files of this test alone."""
    default = settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": default}


@pytest.fixture
def report():
    """A closed report in whose every text a canary sits."""
    text = dict.fromkeys(PERSONAL, CANARY) | {
        "postal_code": DIGITS[:7],
        "person_phone": DIGITS,
        "age_band": "from_85",
    }
    row = IncidentReportFactory(is_closed=True, reporter=None, **text)
    FollowUpFactory(report=row, text=CANARY)
    CorrectionFactory(report=row, before={"narrative": CANARY, "place": CANARY})
    PhotoFactory(report=row, file__data=CANARY.encode())
    # What a person changes is noted by auditlog, too.
    row.outcome = "hospital"
    row.save()
    row.follow_ups.get().delete()
    FollowUpFactory(report=row, text=CANARY)
    return row


def dump():
    """Return all text of all tables and all stored files."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            rows = cursor.fetchall()
            found += [str(value) for row in rows for value in row]
    for session in Session.objects.all():
        found.append(json.dumps(session.get_decoded(), ensure_ascii=False))
    for folder, _folders, files in os.walk(default_storage.location):
        for name in files:
            with open(os.path.join(folder, name), "rb") as file:
                found.append(f"{name} {file.read().decode(errors='replace')}")
    # JSON may write characters as \uXXXX.
    text = "\n".join(found)
    return text + text.encode().decode("unicode_escape", errors="replace")


def run(*arguments):
    out = io.StringIO()
    call_command("erase_expired", *arguments, stdout=out)
    return out.getvalue()


def erase_all(now=LONG_AFTER):
    return [report.pk for report in erase(at=now, actor=None)]


def test_nothing_of_the_person_is_left_in_tables_and_files(report):
    assert CANARY in dump()
    assert DIGITS[:7] in dump()
    run("--no-input")
    left = dump()
    assert CANARY not in left
    assert DIGITS[:7] not in left
    report.refresh_from_db()
    assert {getattr(report, name) for name in PERSONAL} == {""}
    assert report.erased_at


def test_what_is_counted_or_tells_of_no_person_stays(report):
    story = CaseStoryFactory(report=report)
    kept = ("channel", "municipality_id", "noticed_at", "outcome", "closed_at", "state")
    before = [getattr(report, name) for name in kept]
    erase_all()
    report.refresh_from_db()
    story.refresh_from_db()
    assert [getattr(report, name) for name in kept] == before
    assert report.signs.count() == 1
    assert report.follow_ups.count() == report.corrections.count() == 1
    assert story.text
    assert story.report == report


def test_it_ends_exactly_with_its_time(report):
    last = CLOSED + dt.timedelta(days=DAYS)
    assert not due(last).exists()
    assert due(last + dt.timedelta(seconds=1)).get() == report


def test_retention_time_is_a_setting(report, settings):
    settings.ALERTS_RETENTION_DAYS = 31
    assert due(CLOSED + dt.timedelta(days=32)).exists()


def test_open_report_is_not_erased_but_listed_as_overdue():
    waiting = IncidentReportFactory(is_passed_on=True)
    assert not due(LONG_AFTER).exists()
    assert overdue(LONG_AFTER).get() == waiting
    assert waiting.receipt_number in run("--no-input")
    waiting.refresh_from_db()
    assert waiting.person_name


def test_continuation_ends_with_the_report_that_it_continues(report):
    second = IncidentReportFactory(merged_into=report)
    assert second.pk in erase_all()
    assert not overdue(LONG_AFTER).exists()
    third = IncidentReportFactory(merged_into=IncidentReportFactory())
    assert third.pk not in erase_all()


def test_every_erasure_is_logged_and_done_once(report):
    other = IncidentReportFactory(is_closed=True)
    assert sorted(erase_all()) == [report.pk, other.pk]
    assert erase_all() == []
    entries = AccessEntry.objects.filter(action="erase")
    assert {entry.subject_id for entry in entries} == {report.pk, other.pk}
    assert entries.count() == 2
    assert all(entry.user is None and entry.reason for entry in entries)


def test_form_that_was_opened_before_has_an_old_version(report):
    version = report.version
    erase_all()
    report.refresh_from_db()
    assert report.version == version + 1


def test_erased_report_is_not_written_to_again(report, officer):
    url = reverse("alerts:report_update", args=[report.pk])
    form = officer.get(url).context["form"]
    erase_all()
    names = [name for name in form.fields if not name.startswith("has_")]
    data = {name: form[name].value() or "" for name in names}
    data |= {"signs": [sign.pk for sign in report.signs.all()]}
    # As somebody sends it who insists on the own text: with the version there is now.
    data |= {"municipality": report.municipality.code, "version": report.version + 1}
    officer.post(url, data)
    note = {"at": "2026/11/5 9:00", "text": CANARY}
    officer.post(reverse("alerts:report_follow_up", args=[report.pk]), note)
    report.refresh_from_db()
    assert {getattr(report, name) for name in PERSONAL} == {""}
    assert report.follow_ups.get().text == ""


def test_text_that_was_added_while_erasing_goes_with_the_next_run(report):
    erase_all()
    FollowUpFactory(report=report, text=CANARY)
    run("--no-input")
    assert CANARY not in dump()


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("where", ["record_change", "default_storage"])
def test_second_run_finishes_what_was_killed(report, monkeypatch, where):
    """Before the entry is written, and after files were deleted."""
    other = IncidentReportFactory(is_closed=True, closed_at=CLOSED.replace(hour=8))

    def kill(*args, **kwargs):
        raise Killed

    with monkeypatch.context() as patch:
        if where == "record_change":
            patch.setattr(erasure, "record_change", kill)
        else:
            patch.setattr(erasure.default_storage, "delete", kill)
        with pytest.raises(Killed):
            erase_all()
    half = IncidentReport.objects.filter(erased_at__isnull=False)
    assert {row.pk for row in half} <= {other.pk}
    assert AccessEntry.objects.count() == half.count()
    erase_all()
    assert not due(LONG_AFTER).exists()
    assert CANARY not in dump()
    assert AccessEntry.objects.filter(action="erase").count() == 2


def figures():
    out = io.StringIO()
    call_command("figures", format="json", stdout=out)
    return out.getvalue().encode()


def test_figures_and_closed_years_are_byte_for_byte_the_same():
    make_rows()
    actor = grant(Role.MANAGER)
    call_command("close_year", 2016, by=actor.username, no_input=True, verbosity=0)
    closing = YearClosing.objects.get()
    before = figures(), canonical(closing), closing.sha256
    erased = erase_all(at(2030, 1, 1))
    assert erased
    closing.refresh_from_db()
    assert (figures(), canonical(closing), closing.sha256) == before


def test_personal_columns_decide_no_figure():
    """So that the triggers of closed years leave them free."""
    tables = {table.name: table for table in counted_tables(registry)}
    columns = tables[IncidentReport._meta.db_table].columns
    assert not columns & {*PERSONAL, "erased_at", "version"}


def test_dry_run_lists_numbers_and_dates_and_changes_nothing(report):
    text = run("--dry-run")
    assert report.receipt_number in text
    assert "2016-10-04" in text
    assert CANARY not in text
    report.refresh_from_db()
    assert report.erased_at is None
    assert default_storage.exists(report.photos.get().file.name)


@pytest.mark.parametrize(("answer", "is_erased"), [("y", True), ("", False)])
def test_terminal_is_asked(report, monkeypatch, answer, is_erased):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda text: answer)
    if is_erased:
        run()
    else:
        with pytest.raises(CommandError):
            run()
    report.refresh_from_db()
    assert bool(report.erased_at) is is_erased


def test_without_terminal_it_must_be_told_not_to_ask(report, monkeypatch):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    with pytest.raises(CommandError, match="no-input"):
        run()
    report.refresh_from_db()
    assert report.erased_at is None


def test_stray_files_are_swept_and_young_or_known_ones_are_not(report):
    stray = default_storage.save("alerts/stray.jpg", ContentFile(b"x"))
    known = report.photos.get().file.name
    now = timezone.now()
    assert sweep(now) == 0
    assert sweep(now + dt.timedelta(hours=2)) == 1
    assert not default_storage.exists(stray)
    assert default_storage.exists(known)


def test_what_one_program_handed_to_another_goes_with_its_session():
    session = SessionStore()
    session["handover"] = {"key": {"narrative": CANARY}}
    session.set_expiry(-1)
    session.save()
    assert CANARY in dump()
    run("--no-input")
    assert CANARY not in dump()


def test_page_says_when_and_why_and_offers_nothing_to_reveal(report, officer):
    erase_all()
    page = officer.get(report.get_absolute_url())
    assert "2021" in page.text
    assert reverse("alerts:report_reveal", args=[report.pk]) not in page.text
    assert reverse("alerts:photo_add", args=[report.pk]) not in page.text
