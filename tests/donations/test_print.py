"""Delivery notes and address labels."""

import pytest
from django.urls import reverse

from tests.donations.factories import (
    CampaignFactory,
    DonationFactory,
    ItemFactory,
    SentDonationFactory,
)

PAGES = [
    reverse("donations:campaign_notes", args=[2016]),
    reverse("donations:campaign_labels", args=[2016]),
]


@pytest.mark.parametrize("url", PAGES)
def test_one_parcel_per_school_with_all_its_items(coordinator, outsider, url):
    cover = ItemFactory(code="school_bag_cover", name="ランドセルカバー", unit="枚")
    flags = DonationFactory(allocated=10)
    DonationFactory(allocated=70, school=flags.school, item=cover)
    DonationFactory()
    DonationFactory(allocated=0)
    page = coordinator.get(url)
    [parcel] = page.context["parcels"]
    assert [line.allocated for line in parcel.lines] == [70, 10]
    assert flags.school.name in page.text
    assert outsider.get(url).status_code == 403


@pytest.mark.parametrize("url", PAGES)
def test_filters_of_the_list_narrow_what_is_printed(coordinator, url):
    SentDonationFactory()
    waiting = DonationFactory(allocated=10)
    [parcel] = coordinator.get(url, {"sent": "false"}).context["parcels"]
    assert parcel.school == waiting.school
    assert len(coordinator.get(url).context["parcels"]) == 2


@pytest.mark.parametrize("url", PAGES)
def test_without_allocations_the_page_explains(coordinator, url):
    CampaignFactory()
    page = coordinator.get(url)
    assert page.context["parcels"] == []
    assert 'class="empty"' in page.text


def test_schools_without_an_address_are_named(coordinator):
    donation = DonationFactory(allocated=1, school__address="")
    page = coordinator.get(PAGES[1])
    assert page.context["without_address"] == [donation.school]


@pytest.mark.parametrize("url", PAGES)
def test_query_count_does_not_grow_with_rows(
    coordinator, url, django_assert_max_num_queries, django_assert_num_queries
):
    DonationFactory(allocated=1)
    with django_assert_max_num_queries(20) as few:
        coordinator.get(url)
    DonationFactory.create_batch(20, allocated=1)
    with django_assert_num_queries(len(few)):
        coordinator.get(url)
