"""The page of a campaign: stock, progress and allocation."""

import datetime as dt

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from donations.models import Campaign, CampaignItem, Donation
from donations.services import progress_by_item
from tests.donations.factories import (
    CampaignFactory,
    CampaignItemFactory,
    DonationFactory,
    ItemFactory,
    SentDonationFactory,
)
from tests.municipalities.factories import MunicipalityFactory

DETAIL = reverse("donations:campaign_detail", args=[2016])
ALLOCATE = reverse("donations:campaign_allocate", args=[2016, "crossing_flag"])
STOCK = reverse("donations:stock_update", args=[2016, "crossing_flag"])


@pytest.mark.django_db
def test_progress_counts_pieces_and_steps():
    stock = CampaignItemFactory(quantity=30)
    SentDonationFactory(sent_quantity=9)
    DonationFactory(allocated=15)
    DonationFactory(allocated=0)
    DonationFactory(wished=None)
    DonationFactory(campaign=CampaignFactory(year=2017))
    [row] = progress_by_item(stock.campaign)
    assert (row.stock, row.allocated_pieces, row.sent_pieces) == (30, 25, 9)
    assert (row.wished_pieces, row.left, row.missing) == (30, 5, 0)
    assert (row.schools, row.undecided, row.granted, row.sent) == (4, 1, 2, 1)


@pytest.mark.django_db
def test_items_without_stock_or_wishes_show_that_nothing_is_known():
    ItemFactory()
    ItemFactory(code="old", name="昔の品", is_active=False)
    [row] = progress_by_item(CampaignFactory())
    assert (row.stock, row.left, row.wished_pieces) == (None, None, None)


@pytest.mark.django_db
def test_prefectures_stand_apart():
    saitama = MunicipalityFactory(
        code="112038", prefecture_code="11", prefecture="埼玉県"
    )
    DonationFactory(school__municipality=saitama, wished=3)
    donation = DonationFactory(wished=4)
    [row] = progress_by_item(donation.campaign)
    assert [(area.prefecture_code, area.wished_pieces) for area in row.areas] == [
        ("11", 3),
        ("12", 4),
    ]


def test_page_warns_when_more_is_allocated_than_in_stock(coordinator, outsider):
    CampaignItemFactory(quantity=9)
    DonationFactory(allocated=10)
    assert [r.missing for r in coordinator.get(DETAIL).context["short_items"]] == [1]
    assert outsider.get(DETAIL).status_code == 403


def test_wishes_are_allocated_at_once_and_once(coordinator, manager):
    CampaignItemFactory(quantity=21)
    wishes = DonationFactory.create_batch(2, wished=10)
    DonationFactory(wished=None)
    decided = DonationFactory(wished=10, allocated=1)
    assert manager.post(ALLOCATE).status_code == 403
    for _ in range(2):
        assert coordinator.post(ALLOCATE).status_code == 302
    for wish in wishes:
        wish.refresh_from_db()
        assert wish.allocated == 10
    decided.refresh_from_db()
    assert decided.allocated == 1


@pytest.mark.parametrize("stock", [None, 19])
def test_nothing_is_allocated_when_the_stock_is_short_or_unknown(coordinator, stock):
    DonationFactory.create_batch(2, wished=10)
    if stock:
        CampaignItemFactory(quantity=stock)
    answer = coordinator.post(ALLOCATE)
    [message] = get_messages(answer.wsgi_request)
    assert message.level_tag == "error"
    assert not Donation.objects.filter(allocated__isnull=False).exists()


def test_stock_is_set_and_changed(coordinator, manager):
    CampaignFactory()
    ItemFactory()
    assert manager.post(STOCK, {"quantity": "5"}).status_code == 403
    for written in ("１２", "1,500"):
        assert coordinator.post(STOCK, {"quantity": written}).status_code == 302
    assert CampaignItem.objects.get().quantity == 1500
    assert coordinator.post(STOCK, {"quantity": "-1"}).context["form"].errors


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"begins_on": "2026/3/20"}, "begins_on"),
        ({"ends_on": "2026/3/31"}, "ends_on"),
        ({"year": "1999", "begins_on": "1999/4/1"}, "year"),
        ({"year": "2016", "begins_on": "2016/4/1"}, "year"),
    ],
)
def test_bad_campaign_is_explained(coordinator, changes, field):
    CampaignFactory()
    url = reverse("donations:campaign_create")
    data = {
        "year": "２０２６",
        "title": "寄贈",
        "begins_on": "R8.4.1",
        "ends_on": "2027/3/20",
    }
    page = coordinator.post(url, data | changes)
    assert list(page.context["form"].errors) == [field]
    assert coordinator.post(url, data).status_code == 302
    assert Campaign.objects.get(year=2026).begins_on == dt.date(2026, 4, 1)


def test_list_shows_what_was_sent(manager):
    SentDonationFactory(sent_quantity=9)
    DonationFactory()
    page = manager.get(reverse("donations:campaign_list"))
    [row] = page.context["table"].data.data
    assert (row.schools, row.sent_pieces) == (1, 9)


def test_query_count_does_not_grow_with_rows(
    manager, django_assert_max_num_queries, django_assert_num_queries
):
    DonationFactory()
    with django_assert_max_num_queries(20) as few:
        manager.get(DETAIL)
    DonationFactory.create_batch(20)
    with django_assert_num_queries(len(few)):
        manager.get(DETAIL)
