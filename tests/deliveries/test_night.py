"""What the pages say of mails that wait for the morning."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from deliveries.links import Purpose, new_link, url_of
from deliveries.models import Delivery
from deliveries.wording import outlook_of
from tests.deliveries.factories import (
    MORNING,
    NoticeFactory,
    SentNoticeFactory,
    SubscriptionFactory,
)

pytestmark = pytest.mark.django_db
# The same day at 22:00; a delivery of 10:05 is too old at seven, one of 14:00 is not.
NIGHT = MORNING + dt.timedelta(hours=11, minutes=30)
AFTERNOON = {"delivery__delivered_at": dt.time(14)}
NOTICES = reverse("deliveries:notice_list")
CREATE = reverse("deliveries:delivery_create")
SEVEN = "07:00"


@pytest.fixture
def at_night(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NIGHT)


def pages_of(notice):
    return [
        NOTICES,
        notice.delivery.get_absolute_url(),
        notice.subscription.get_absolute_url(),
    ]


def test_every_page_says_from_when_on_a_mail_goes_out(coordinator, monkeypatch):
    pages = pages_of(NoticeFactory(**AFTERNOON))
    monkeypatch.setattr(timezone, "now", lambda: MORNING)
    assert not [url for url in pages if SEVEN in coordinator.get(url).text]
    monkeypatch.setattr(timezone, "now", lambda: NIGHT)
    assert [url for url in pages if SEVEN in coordinator.get(url).text] == pages


def test_family_reads_it_too(client, at_night):
    notice = NoticeFactory(**AFTERNOON)
    link = url_of(new_link(notice.subscription, Purpose.MANAGE, NIGHT))
    assert SEVEN in client.get(link).text


def test_mail_that_will_be_too_old_says_so(at_night):
    assert "朝には古くなる" in outlook_of(NoticeFactory(), NIGHT)
    assert SEVEN not in outlook_of(NoticeFactory(), NIGHT)


@pytest.mark.parametrize(
    "changes",
    [
        {"held_since": NIGHT, "held_for": "bounced"},
        {"paused_until": dt.date(2016, 10, 4)},
        {"ended_on": dt.date(2016, 10, 3)},
        {"confirmed_on": None},
    ],
)
def test_mail_that_will_not_go_out_promises_nothing(changes):
    subscription = SubscriptionFactory(**changes)
    assert (
        outlook_of(NoticeFactory(subscription=subscription, **AFTERNOON), NIGHT) == ""
    )


def test_other_mails_promise_nothing():
    assert outlook_of(SentNoticeFactory(**AFTERNOON), NIGHT) == ""
    assert outlook_of(NoticeFactory(state="failed", **AFTERNOON), NIGHT) == ""


def told(client, url, data=None):
    page = client.post(url, data, follow=True)
    return " ".join(str(message) for message in page.context["messages"])


def recording(workplace, time):
    return {
        "external_id": f"hand-{time}",
        "member_number": "M00001",
        "delivered_on": "2016/10/3",
        "delivered_at": time,
        "status": "left",
        "workplace": workplace.pk,
    }


def test_recording_at_night_says_that_the_mail_waits(coordinator, workplace, at_night):
    assert SEVEN not in told(coordinator, CREATE, recording(workplace, "15:00"))
    SubscriptionFactory(member_number="M00001")
    assert SEVEN in told(coordinator, CREATE, recording(workplace, "14:00"))
    assert "朝には古くなる" in told(coordinator, CREATE, recording(workplace, "10:05"))


def test_recording_by_day_says_nothing_of_it(coordinator, workplace, monkeypatch):
    SubscriptionFactory(member_number="M00001")
    monkeypatch.setattr(timezone, "now", lambda: NIGHT - dt.timedelta(hours=2))
    assert SEVEN not in told(coordinator, CREATE, recording(workplace, "14:00"))
    assert Delivery.objects.get().notices.count() == 1


@pytest.mark.parametrize(("at", "waits"), [(NIGHT, True), (MORNING, False)])
def test_list_brought_in_at_night_says_that_its_mails_wait(
    coordinator, workplace, monkeypatch, at, waits
):
    monkeypatch.setattr(timezone, "now", lambda: at)
    SubscriptionFactory(member_number="M00001")
    hour = 10 + 4 * waits
    for number in (1, 2):
        row = f"D-{number},M0000{number},2016/10/3,{hour}:05,手渡し"
        text = f"external_id,member_number,delivered_on,delivered_at,status\n{row}"
        data = {
            "file": SimpleUploadedFile("list.csv", text.encode()),
            "workplace": workplace.pk,
        }
        is_told = SEVEN in told(
            coordinator, reverse("deliveries:delivery_import"), data
        )
        assert is_told == (waits and number == 1), "the second brings no mail"


def test_taking_back_at_night_says_that_the_correction_waits(coordinator, at_night):
    sent = SentNoticeFactory()
    undo = reverse("deliveries:delivery_undo", args=[sent.delivery_id])
    assert SEVEN in told(coordinator, undo)


def test_trying_again_at_night_says_that_the_mail_waits(coordinator, at_night):
    failed = NoticeFactory(state="failed", **AFTERNOON)
    retry = reverse("deliveries:notice_retry", args=[failed.pk])
    assert SEVEN in told(coordinator, retry)


def test_no_page_asks_more_for_it(coordinator, monkeypatch):
    pages = pages_of(NoticeFactory(**AFTERNOON))

    def count(url):
        with CaptureQueriesContext(connection) as queries:
            coordinator.get(url)
        return len(queries)

    monkeypatch.setattr(timezone, "now", lambda: MORNING)
    by_day = [count(url) for url in pages * 2][3:]
    monkeypatch.setattr(timezone, "now", lambda: NIGHT)
    assert [count(url) for url in pages] == by_day
