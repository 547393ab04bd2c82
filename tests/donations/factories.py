"""Valid items, campaigns, schools and donations."""

import datetime as dt

import factory

from donations.models import Campaign, CampaignItem, Donation, Item, School
from tests.municipalities.factories import MunicipalityFactory


class ItemFactory(factory.django.DjangoModelFactory):
    code = "crossing_flag"
    name = "横断旗"
    unit = "本"

    class Meta:
        model = Item
        django_get_or_create = ("code",)


class CampaignFactory(factory.django.DjangoModelFactory):
    year = 2016
    title = "新入学の寄贈"
    begins_on = factory.LazyAttribute(lambda row: dt.date(row.year, 5, 1))
    ends_on = factory.LazyAttribute(lambda row: dt.date(row.year + 1, 3, 20))

    class Meta:
        model = Campaign
        django_get_or_create = ("year",)


class CampaignItemFactory(factory.django.DjangoModelFactory):
    campaign = factory.SubFactory(CampaignFactory)
    item = factory.SubFactory(ItemFactory)
    quantity = 100

    class Meta:
        model = CampaignItem


class SchoolFactory(factory.django.DjangoModelFactory):
    municipality = factory.SubFactory(MunicipalityFactory)
    name = factory.Sequence(lambda n: f"見本第{n}小学校")
    postal_code = "000-0000"
    address = "千葉県見本市架空町1-1"

    class Meta:
        model = School


class DonationFactory(factory.django.DjangoModelFactory):
    """A wish; `SentDonationFactory` gives one that was sent."""

    campaign = factory.SubFactory(CampaignFactory)
    school = factory.SubFactory(SchoolFactory)
    item = factory.SubFactory(ItemFactory)
    wished = 10

    class Meta:
        model = Donation


class SentDonationFactory(DonationFactory):
    allocated = 10
    sent_quantity = 10
    sent_on = dt.date(2016, 10, 3)
