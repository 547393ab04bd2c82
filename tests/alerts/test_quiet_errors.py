"""An error while a report is handled tells where it happened, not what was typed."""

import logging
import sys

import pytest
from django.core import mail
from django.db import IntegrityError, OperationalError
from django.test import Client
from django.urls import reverse

from alerts.views import personal
from core.logs import WITHHELD, plain_traceback
from tests.alerts.factories import IncidentReportFactory

pytestmark = pytest.mark.django_db
CANARY = "カナリア9"
ADDRESSES = ("report_reveal", "report_print")


@pytest.fixture
def report():
    return IncidentReportFactory(place=CANARY, narrative=CANARY, person_name=CANARY)


def crash(*args, **kwargs):
    """Fail as a database does that prints the row it refused."""
    try:
        raise ValueError(f"unreadable: {CANARY}")
    except ValueError as error:
        raise IntegrityError(f"Failing row contains ({CANARY})") from error


@pytest.mark.parametrize("name", ADDRESSES)
def test_crash_leaves_nothing_of_the_person_in_logs_page_and_mails(
    officer, report, monkeypatch, caplog, settings, name
):
    settings.ADMINS = [("見本", "admin@example.jp")]
    settings.DEBUG_PROPAGATE_EXCEPTIONS = False
    monkeypatch.setattr(personal, "record_read", crash)
    officer.raise_request_exception = False
    url = reverse(f"alerts:{name}", args=[report.pk])
    with caplog.at_level(logging.DEBUG):
        answer = officer.post(url, {"reason": "contact"})
    assert answer.status_code == 500
    # What happened is told: the kinds of the errors, and the lines of the program.
    assert "IntegrityError" in caplog.text
    assert "ValueError" in caplog.text
    assert "test_quiet_errors.py" in caplog.text
    assert CANARY not in caplog.text + answer.text
    assert not mail.outbox


@pytest.mark.parametrize(
    ("data", "status"), [({"text": f"\0{CANARY}"}, 400), ({"text": CANARY}, 403)]
)
def test_refused_request_is_logged_by_its_path_only(
    officer, report, caplog, data, status
):
    url = reverse("alerts:report_reveal", args=[report.pk])
    client = Client(enforce_csrf_checks=status == 403)
    client.force_login(officer.user)
    with caplog.at_level(logging.DEBUG):
        assert client.post(url, data).status_code == status
    assert url in caplog.text
    assert CANARY not in caplog.text


def test_message_that_names_the_machine_only_is_kept():
    with pytest.raises(OperationalError) as caught:
        raise OperationalError("connection refused")
    assert "connection refused" in plain_traceback(caught.value)


def test_errors_are_told_in_the_order_in_which_they_happened():
    with pytest.raises(IntegrityError) as caught:
        crash()
    text = plain_traceback(caught.value)
    assert text.index("ValueError") < text.index("IntegrityError")
    assert text.count(WITHHELD) == 2


def test_own_error_log_holds_no_message_either():
    """The handler of the console filters what no request logged."""
    handler = logging.getLogger().handlers
    console = next(one for one in handler if type(one) is logging.StreamHandler)
    record = logging.LogRecord("x", logging.ERROR, "", 1, "failed", None, None)
    try:
        crash()
    except IntegrityError:
        record.exc_info = sys.exc_info()
    assert console.filter(record)
    # Handlers that format the error by themselves find none.
    assert record.exc_info is None
    assert CANARY not in console.format(record)
