"""A small set of rows on which the contract of the indicators is checked."""

import datetime as dt

from django.urls import reverse

from donations.models import School
from tests.donations.factories import (
    CampaignFactory,
    CampaignItemFactory,
    DonationFactory,
    ItemFactory,
    SchoolFactory,
    SentDonationFactory,
)
from tests.municipalities.factories import MunicipalityFactory


def make_rows():
    """Make rows in 2016年度 in two prefectures, at its edges and beside it."""
    saitama = MunicipalityFactory(
        code="112038", prefecture_code="11", prefecture="埼玉県"
    )
    cover = ItemFactory(code="school_bag_cover", name="ランドセルカバー", unit="枚")
    school = SchoolFactory()
    SentDonationFactory(school=school, sent_on=dt.date(2016, 3, 21))
    SentDonationFactory(school=school, item=cover, sent_on=dt.date(2017, 3, 20))
    SentDonationFactory(school__municipality=saitama, item=cover, sent_quantity=7)
    SentDonationFactory(sent_on=dt.date(2017, 3, 21))
    SentDonationFactory(sent_on=dt.date(2016, 3, 20))
    DonationFactory(allocated=10)
    DonationFactory()


def fill(count):
    """Make `count` rows more of every kind; return the pages they all stand on."""
    school = School.objects.order_by("pk").first() or SchoolFactory()
    begun = school.donations.count()
    for place in range(begun, begun + count):
        item = ItemFactory(code=f"item{place}", name=f"見本の品{place}")
        CampaignItemFactory(item=item)
        CampaignFactory(year=2000 + place)
        SentDonationFactory(school=school, item=item)
    SentDonationFactory.create_batch(count)
    DonationFactory.create_batch(count, allocated=10)
    donation = school.donations.order_by("pk").first()
    year = [donation.campaign.year]
    return [
        *(row.get_absolute_url() for row in (school, donation, donation.campaign)),
        reverse("donations:campaign_notes", args=year),
        reverse("donations:campaign_labels", args=year),
    ]
