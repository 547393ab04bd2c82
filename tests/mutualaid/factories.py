"""Valid groups, tariffs, members, requests and slips."""

import datetime as dt

import factory

from mutualaid.models import Activity, Group, Member, Request, Tariff
from tests.municipalities.factories import MunicipalityFactory


class GroupFactory(factory.django.DjangoModelFactory):
    """One group, the same for every row that does not name another."""

    code = "chiba"
    name = "おたがいさま 千葉"
    prefecture_code = "12"

    class Meta:
        model = Group
        django_get_or_create = ("code",)


class TariffFactory(factory.django.DjangoModelFactory):
    """800 yen an hour: 700 for the helper, 100 for the office."""

    group = factory.SubFactory(GroupFactory)
    valid_from = dt.date(2013, 3, 21)
    fee_jpy = 800
    helper_share_jpy = 700
    office_share_jpy = 100
    travel_jpy = 100

    class Meta:
        model = Tariff
        django_get_or_create = ("group", "valid_from")


class MemberFactory(factory.django.DjangoModelFactory):
    number = factory.Sequence(lambda n: f"C-{n:04}")
    name = factory.Sequence(lambda n: f"見本 花子{n}")
    kana = "みほん はなこ"
    municipality = factory.SubFactory(MunicipalityFactory)
    group = factory.SubFactory(GroupFactory)
    role = Member.Role.BOTH
    joined_on = dt.date(2010, 4, 1)

    class Meta:
        model = Member


class RequestFactory(factory.django.DjangoModelFactory):
    recipient = factory.SubFactory(MemberFactory)
    wished_on = dt.date(2016, 10, 3)
    service = "shopping"

    class Meta:
        model = Request


class ActivityFactory(factory.django.DjangoModelFactory):
    """A slip of 90 minutes, with its fee by the tariff of `TariffFactory`."""

    slip_number = factory.Sequence(lambda n: f"S{n}")
    recipient = factory.SubFactory(MemberFactory)
    helper = factory.SubFactory(MemberFactory)
    group = factory.SelfAttribute("recipient.group")
    municipality = factory.SelfAttribute("recipient.municipality")
    done_on = dt.date(2016, 10, 3)
    duration_minutes = 90
    circumstance = "age"
    service = "shopping"
    fee_jpy = 1200
    helper_jpy = 1050
    office_jpy = 150
    travel_jpy = 100

    class Meta:
        model = Activity
