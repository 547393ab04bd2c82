"""The list of donations."""

import datetime as dt

import pytest
from django.urls import reverse

from tests.donations.factories import (
    CampaignFactory,
    DonationFactory,
    ItemFactory,
    SentDonationFactory,
)

URL = reverse("donations:donation_list")


def summary(client, **query):
    return client.get(URL, query).context["summary"]


def test_manager_sees_donations_and_outsider_does_not(manager, outsider):
    donation = DonationFactory()
    assert donation.school.name in manager.get(URL).text
    assert outsider.get(URL).status_code == 403


def test_totals_count_a_school_once_and_add_up_pieces(manager):
    cover = ItemFactory(code="school_bag_cover", name="ランドセルカバー", unit="枚")
    sent = SentDonationFactory()
    SentDonationFactory(school=sent.school, item=cover, sent_quantity=4)
    DonationFactory()
    assert summary(manager, sent="true") == {
        "count": 2,
        "schools": 1,
        "wished_pieces": 20,
        "allocated_pieces": 20,
        "quantity": 14,
    }
    assert summary(manager, sent="false")["count"] == 1


def test_filters_by_item_campaign_state_and_year(manager):
    SentDonationFactory(sent_on=dt.date(2017, 3, 21))
    DonationFactory(campaign=CampaignFactory(year=2026))
    assert summary(manager, item="crossing_flag")["count"] == 2
    assert summary(manager, campaign="2026")["count"] == 1
    assert summary(manager, state="sent")["count"] == 1
    assert summary(manager, fiscal_year="2017")["count"] == 1
    assert summary(manager, fiscal_year="2017", until="2017-03-20")["count"] == 0


def test_search_finds_school_and_municipality(manager):
    DonationFactory(school__name="はじめ小学校", school__municipality__name="鎌ケ谷市")
    DonationFactory()
    for written in ("ハジメ", "鎌ヶ谷", "はじめ小 鎌ケ谷"):
        assert summary(manager, q=written)["count"] == 1


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_list_is_exported_with_addresses(manager, kind):
    DonationFactory(note="=1+1")
    response = manager.get(URL, {"export": kind})
    body = b"".join(response.streaming_content)
    assert body.startswith(b"\xef\xbb\xbf" if kind == "csv" else b"PK")
    if kind == "csv":
        assert "千葉県見本市架空町1-1" in body.decode()
        assert "'=1+1" in body.decode()


def test_query_count_does_not_grow_with_rows(
    manager, django_assert_max_num_queries, django_assert_num_queries
):
    DonationFactory()
    with django_assert_max_num_queries(20) as few:
        manager.get(URL)
    DonationFactory.create_batch(20)
    with django_assert_num_queries(len(few)):
        manager.get(URL)
