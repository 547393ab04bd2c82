"""The page about the state of sending, and the banner while mails do not go out."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from deliveries.models import SendingAlarm, SendingReport
from deliveries.silence import is_stopped
from outbox.models import Mail, Worker
from tests.deliveries.factories import NoticeFactory

URL = reverse("deliveries:sending")
BANNER = "sending-banner"


@pytest.fixture
def worker(db):
    now = timezone.now()
    return Worker.objects.create(name="host:1", started_at=now, seen_at=now)


def queue_mail(minutes_ago, **fields):
    due_at = timezone.now() - dt.timedelta(minutes=minutes_ago)
    return Mail.objects.create(
        message_id=f"<{minutes_ago}@x>",
        recipients=["ichiro@example.jp"],
        due_at=due_at,
        expires_at=due_at + dt.timedelta(days=1),
        **fields,
    )


def test_page_tells_that_mails_go_out(coordinator, worker):
    queue_mail(1)
    page = coordinator.get(URL)
    assert page.context["stuck_since"] is None
    assert page.context["load"] == (1, 1, 0, 1)
    assert "mark-good" in page.text
    assert "sending-todo" not in page.text


def test_page_tells_what_to_do_when_they_do_not(coordinator, worker):
    queue_mail(11)
    page = coordinator.get(URL)
    assert "mark-danger" in page.text
    assert "sending-todo" in page.text


def test_page_tells_that_no_worker_runs(coordinator):
    page = coordinator.get(URL)
    assert "send_notices --follow" in page.text


def test_page_shows_alarms_and_reports_and_nothing_personal(coordinator, worker):
    now = timezone.now()
    queue_mail(2)
    NoticeFactory(noticed_for=timezone.localdate())
    SendingAlarm.objects.create(raised_at=now, oldest_due_at=now)
    SendingReport.objects.create(day=timezone.localdate(), reported_at=now)
    page = coordinator.get(URL)
    assert page.text.count("<tbody>") == 4
    for name in ("ichiro@example.jp", "見本 花子", "host:1"):
        assert name not in page.text


def test_administrator_sees_the_page_without_the_notices(administrator, worker):
    page = administrator.get(URL)
    assert page.status_code == 200
    assert reverse("deliveries:notice_list") not in page.text


def test_parked_mails_of_other_kinds_are_counted(coordinator, administrator, worker):
    """Such as a warning about an incident that the mail server refused."""
    parked = {"state": "parked", "settled_at": timezone.now()}
    queue_mail(5, kind="deliveries.notice", reference="1", **parked)
    assert coordinator.get(URL).context["parked_others"] == 0
    queue_mail(6, **parked)
    queue_mail(7, kind="deliveries.confirmation", reference="1", **parked)
    link = reverse("admin:outbox_mail_changelist") + "?state=parked"
    page = coordinator.get(URL)
    assert page.context["parked_others"] == 2
    assert link not in page.text
    assert link in administrator.get(URL).text
    assert administrator.get(link).status_code == 200


def test_banner_stands_on_the_pages_of_the_program_only(coordinator, worker):
    pages = [
        reverse("deliveries:subscription_list"),
        reverse("deliveries:plan_list"),
    ]
    assert not [url for url in pages if BANNER in coordinator.get(url).text]
    queue_mail(11)
    assert all(BANNER in coordinator.get(url).text for url in pages)
    for page in ("childcare:hub_list", "deliveries:sending"):
        assert BANNER not in coordinator.get(reverse(page)).text


def test_banner_stands_while_nobody_sends(coordinator, worker):
    worker.delete()
    assert BANNER in coordinator.get(reverse("deliveries:plan_list")).text


def test_banner_costs_three_queries_and_no_more(
    coordinator, worker, django_assert_num_queries
):
    queue_mail(1)
    with django_assert_num_queries(3):
        is_stopped(timezone.now())


def test_page_costs_the_same_with_many_rows(coordinator, worker):
    def count():
        with CaptureQueriesContext(connection) as queries:
            coordinator.get(URL)
        return len(queries)

    coordinator.get(URL)
    before = count()
    for minutes in range(2, 8):
        queue_mail(minutes)
        NoticeFactory(noticed_for=timezone.localdate())
    assert count() == before
    assert before <= 25
