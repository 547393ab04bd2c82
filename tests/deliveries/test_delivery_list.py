"""The lists of deliveries and notices, and recording a delivery by hand."""

import datetime as dt

import pytest
from django.urls import reverse

from core.handover import SESSION_KEY
from dashboard.indicators import Moment, registry
from deliveries.models import Delivery, Notice
from tests.deliveries.factories import (
    MORNING,
    DeliveryFactory,
    NoticeFactory,
    SentNoticeFactory,
    SubscriptionFactory,
)

DELIVERIES = reverse("deliveries:delivery_list")
NOTICES = reverse("deliveries:notice_list")
CREATE = reverse("deliveries:delivery_create")


def count(client, url, **query):
    return client.get(url, query).context["summary"]["count"]


def delivery_data(centre, **changes):
    return {
        "external_id": "hand-1",
        "member_number": "m00001",
        "delivered_on": "2016/10/3",
        "delivered_at": "１０時５分",
        "status": "left",
        "workplace": centre.pk,
    } | changes


def test_filters_of_the_deliveries(manager):
    DeliveryFactory(delivered_on=dt.date(2017, 3, 20), external_id="X1")
    late = DeliveryFactory(delivered_on=dt.date(2017, 3, 21), status="left")
    assert count(manager, DELIVERIES, fiscal_year="2016") == 1
    assert count(manager, DELIVERIES, fiscal_year="2017", until="2017-03-20") == 0
    assert count(manager, DELIVERIES, status="left") == 1
    assert count(manager, DELIVERIES, workplace=late.workplace_id) == 1
    assert count(manager, DELIVERIES, q="ｘ１") == 1


def test_filters_of_the_notices(manager):
    SentNoticeFactory(delivery__status="left")
    NoticeFactory(state="failed")
    assert count(manager, NOTICES, sent="true") == 1
    assert count(manager, NOTICES, sent="false") == 1
    assert count(manager, NOTICES, state="failed") == 1
    assert count(manager, NOTICES, status="left") == 1
    assert count(manager, NOTICES, fiscal_year="2016", prefecture="12") == 2


def test_figure_is_the_count_of_its_list(manager):
    SentNoticeFactory(delivery__status="left")
    SentNoticeFactory()
    NoticeFactory()
    moment = Moment(2016, dt.date(2017, 3, 20))
    for key in ("deliveries.notices_sent", "deliveries.subscriptions"):
        indicator = registry[key]
        for by in ("", *indicator.by):
            for (_year, value), number in indicator.numbers([moment], by).items():
                page = manager.get(indicator.rows_url(moment, by, value))
                assert page.context["summary"]["count"] == number.value


def test_same_form_sent_twice_is_one_delivery(coordinator, workplace):
    SubscriptionFactory(member_number="M00001")
    for _ in range(2):
        response = coordinator.post(CREATE, delivery_data(workplace))
        assert response.status_code == 302
    delivery = Delivery.objects.get()
    assert (delivery.member_number, delivery.delivered_at) == (
        "M00001",
        dt.time(10, 5),
    )
    assert delivery.recorded_by == coordinator.user


def test_two_browsers_record_one_delivery_once(coordinator, workplace):
    SubscriptionFactory(member_number="M00001")
    coordinator.post(CREATE, delivery_data(workplace))
    page = coordinator.post(CREATE, delivery_data(workplace, external_id="hand-2"))
    assert page.context["form"].non_field_errors().as_data()[0].code == "twin"
    assert Delivery.objects.count() == 1
    # What was taken back may be recorded anew.
    Delivery.objects.update(undone_at=MORNING, undone_by=coordinator.user)
    coordinator.post(CREATE, delivery_data(workplace, external_id="hand-2"))
    assert Delivery.objects.standing().count() == 1


def test_form_proposes_an_id_of_its_own_each_time(coordinator):
    first, second = (
        coordinator.get(CREATE).context["form"]["external_id"].value() for _ in "12"
    )
    assert first.startswith("hand-")
    assert first != second


def test_used_id_with_another_content_is_explained(coordinator, workplace):
    coordinator.post(CREATE, delivery_data(workplace))
    page = coordinator.post(CREATE, delivery_data(workplace, status="handed_over"))
    assert "hand-1" in str(page.context["form"].non_field_errors())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"delivered_on": "2099/1/1"}, "delivered_on"),
        ({"delivered_at": "25:00"}, "delivered_at"),
        ({"status": "lost"}, "status"),
        ({"member_number": "山"}, "member_number"),
        ({"workplace": "0"}, "workplace"),
    ],
)
def test_bad_input_is_explained_beside_its_field(
    coordinator, workplace, changes, field
):
    page = coordinator.post(CREATE, delivery_data(workplace, **changes))
    assert list(page.context["form"].errors) == [field]


def test_previous_delivery_still_there_offers_a_report(coordinator):
    row = SubscriptionFactory()
    delivery = DeliveryFactory(
        member_number=row.member_number, status="previous_untouched"
    )
    assert "report/" in coordinator.get(delivery.get_absolute_url()).text
    url = reverse("deliveries:delivery_report", args=[delivery.pk])
    response = coordinator.post(url)
    key = response.url.partition("handover=")[2]
    offered = coordinator.session[SESSION_KEY][key]
    assert offered["municipality"] == row.municipality.code
    assert row.member_number in offered["narrative"]
    assert row.member_number not in response.url


def test_delivery_as_usual_offers_none(coordinator):
    page = coordinator.get(DeliveryFactory().get_absolute_url())
    assert "report/" not in page.text


@pytest.mark.parametrize("url", [DELIVERIES, NOTICES])
def test_query_counts_do_not_grow_with_rows(
    manager, url, django_assert_max_num_queries, django_assert_num_queries
):
    NoticeFactory()
    with django_assert_max_num_queries(20) as few:
        manager.get(url)
    NoticeFactory.create_batch(20)
    with django_assert_num_queries(len(few)):
        manager.get(url)
    assert Notice.objects.count() == 21
