"""POST /api/v1/bounces: what a mail service tells about mails that came back."""

import datetime as dt

import pytest
from django.test import Client

from dashboard.closing import close_year, finish
from deliveries.models import Bounce
from tests.accounts.factories import UserFactory
from tests.conftest import grant
from tests.deliveries.api import BOUNCES, JSON, bearer, post
from tests.deliveries.factories import SentNoticeFactory

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2016, 10, 3, 2, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr("deliveries.api.timezone.now", lambda: NOW)


@pytest.fixture
def service(db):
    """A client with the token of whom the mail service acts as."""
    return bearer(grant("coordinator_deliveries"))


@pytest.fixture
def notice(db):
    return SentNoticeFactory(message_id="<m1@coop.example.jp>")


def event(number=1, **changed):
    return {
        "event_id": f"ev-{number}",
        "message_id": "m1@coop.example.jp",
        "recipient": "ichiro@example.jp",
        "kind": "permanent",
        "code": "5.1.1",
        "at": "2016-10-03T10:30:00+09:00",
        **changed,
    }


def told(client, *items):
    return post(client, *items, url=BOUNCES)


def results(client, *items):
    return [one["result"] for one in told(client, *items)]


def test_permanent_failure_is_recorded_and_stops_the_mails(service, notice):
    [one] = told(service, event())
    assert one == {"event_id": "ev-1", "result": "created", "errors": {}}
    bounce = Bounce.objects.get()
    assert (bounce.notice, bounce.kind, bounce.code) == (notice, "permanent", "5.1.1")
    assert bounce.bounced_at == dt.datetime(2016, 10, 3, 1, 30, tzinfo=dt.UTC)
    notice.subscription.refresh_from_db()
    assert notice.subscription.is_held


def test_event_counts_once_however_often_it_is_posted(service, notice):
    assert results(service, event(), event()) == ["created", "unchanged"]
    assert results(service, event(message_id="<m1@coop.example.jp>")) == ["unchanged"]
    assert Bounce.objects.count() == 1


def test_report_about_a_closed_year_counts_today_and_stops_the_mails(
    service, notice, monkeypatch
):
    today = dt.datetime(2017, 4, 2, 2, tzinfo=dt.UTC)
    monkeypatch.setattr("deliveries.api.timezone.now", lambda: today)
    finish(close_year(year=2016, actor=None, at=today))
    assert results(service, event()) == ["created"]
    assert Bounce.objects.get().bounced_on == dt.date(2017, 4, 2)
    notice.subscription.refresh_from_db()
    assert notice.subscription.is_held


def test_mail_that_is_none_of_ours_is_unknown_and_no_error(service, notice):
    foreign = event(message_id="<other@example.com>", recipient="who@example.com")
    elsewhere = event(2, recipient="former@example.jp")
    assert results(service, foreign, elsewhere) == ["unknown", "unknown"]
    assert not Bounce.objects.exists()


def test_bad_item_does_not_keep_out_the_good_ones(service, notice):
    assert results(service, 5, event(kind="?"), event()) == [
        "invalid",
        "invalid",
        "created",
    ]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("event_id", None, "required"),
        ("event_id", "x" * 151, "too long"),
        ("event_id", "\u0000", "no character"),
        ("event_id", 7, "quotes"),
        ("message_id", "", "required"),
        ("message_id", "\ud83d", "no character"),
        ("kind", "soft", "permanent"),
        ("code", "User unknown: Ichiro", "5.1.1"),
        ("code", "x" * 21, "too long"),
        ("at", "2016-10-03", "offset"),
        ("at", "2016-10-03T03:00:00Z", "future"),
        ("recipient", ["ichiro@example.jp"], "quotes"),
        ("recipient", "x" * 321, "too long"),
    ],
)
def test_what_cannot_be_used_is_named(service, notice, field, value, said):
    [one] = told(service, event(**{field: value}))
    assert one["result"] == "invalid"
    assert list(one["errors"]) == [field]
    assert said in one["errors"][field][0]
    assert not Bounce.objects.exists()


def test_service_without_recipient_and_code_is_understood(service, notice):
    bare = event()
    del bare["recipient"], bare["code"]
    assert results(service, bare) == ["created"]


def test_right_to_add_is_needed_and_no_session_opens(coordinator, notice):
    def status(client):
        body = {"bounces": [event()]}
        return client.post(BOUNCES, body, content_type=JSON).status_code

    assert status(bearer(UserFactory())) == 403
    assert status(bearer(grant("manager"))) == 403
    assert status(coordinator) == 401
    assert status(Client()) == 401
    assert not Bounce.objects.exists()


def test_more_than_a_hundred_at_once_are_refused(service):
    body = {"bounces": [event(n) for n in range(101)]}
    assert service.post(BOUNCES, body, content_type=JSON).status_code == 422
