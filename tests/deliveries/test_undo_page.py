"""The page that takes a delivery back, and how lists show what was taken back."""

import datetime as dt

import pytest
from django.urls import reverse

from dashboard.closing import close_year, finish
from deliveries.models import Delivery, Notice
from tests.accounts.factories import UserFactory
from tests.deliveries.factories import (
    MORNING,
    DeliveryFactory,
    NoticeFactory,
    SentNoticeFactory,
)

LIST = reverse("deliveries:delivery_list")


def url(delivery):
    return reverse("deliveries:delivery_undo", args=[delivery.pk])


@pytest.fixture
def told(db):
    """A delivery with one mail sent, one waiting, one to somebody who stopped."""
    delivery = DeliveryFactory()
    SentNoticeFactory(delivery=delivery)
    NoticeFactory(delivery=delivery)
    SentNoticeFactory(
        delivery=delivery,
        subscription__ended_on=dt.date(2016, 10, 4),
        subscription__ended_how="link",
    )
    return delivery


def test_page_says_what_becomes_of_the_mails_and_changes_nothing(coordinator, told):
    page = coordinator.get(url(told))
    assert [page.context[name] for name in ("unsent", "sent", "corrections")] == [
        1,
        2,
        1,
    ]
    assert not Delivery.objects.get().is_undone
    assert Notice.objects.count() == 3


def test_button_takes_it_back_once(coordinator, told):
    for _ in range(2):
        response = coordinator.post(url(told))
        assert response.url == told.get_absolute_url()
    told.refresh_from_db()
    assert told.undone_by == coordinator.user
    assert Notice.objects.filter(kind="correction").count() == 1
    page = coordinator.get(url(told))
    assert "btn-danger" not in page.text
    assert url(told) not in coordinator.get(told.get_absolute_url()).text


def test_manager_reads_and_takes_nothing_back(manager, told):
    assert url(told) not in manager.get(told.get_absolute_url()).text
    assert manager.post(url(told)).status_code == 403


def test_list_tells_apart_what_was_taken_back(manager):
    DeliveryFactory()
    undone = DeliveryFactory(undone_at=MORNING, undone_by=UserFactory())
    for query, count in (({}, 2), ({"taken_back": "true"}, 1)):
        page = manager.get(LIST, query | {"fiscal_year": "2016"})
        assert page.context["summary"]["count"] == count
    assert page.context["table"].data[0] == undone
    page = manager.get(LIST, {"taken_back": "false"})
    assert page.context["summary"]["count"] == 1


def test_delivery_of_a_closed_year_stays_as_it_was_told(coordinator, told):
    """The correction would be a row of the closed year."""
    Notice.objects.filter(state="waiting").update(state="failed")
    actor = UserFactory(is_superuser=True)
    finish(
        close_year(year=2016, actor=actor, at=dt.datetime(2017, 4, 1, tzinfo=dt.UTC))
    )
    page = coordinator.post(url(told))
    assert page.status_code == 200
    assert page.context["form"].non_field_errors()
    told.refresh_from_db()
    assert not told.is_undone
    assert Notice.objects.filter(state="failed").count() == 1
