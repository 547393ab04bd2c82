"""A small set of rows on which the contract of the indicators is checked."""

import datetime as dt

from django.urls import reverse

from mutualaid.models import Member
from mutualaid.services import reverse_activity
from tests.municipalities.factories import MunicipalityFactory
from tests.mutualaid.factories import (
    ActivityFactory,
    GroupFactory,
    MemberFactory,
    RequestFactory,
    TariffFactory,
)


def make_rows():
    """Make rows in 2016年度 in two prefectures, at its edges and beside it."""
    saitama = MunicipalityFactory(
        code="112038", prefecture_code="11", prefecture="埼玉県"
    )
    mini_heart = GroupFactory(
        code="saitama", name="ミニハート 埼玉", prefecture_code="11"
    )
    chiba = MemberFactory()
    far = MemberFactory(municipality=saitama, group=mini_heart)
    # One helper in both groups: once in the total, once in each part.
    helper = MemberFactory()
    ActivityFactory(recipient=chiba, helper=helper, done_on=dt.date(2016, 3, 21))
    ActivityFactory(
        recipient=far,
        helper=helper,
        done_on=dt.date(2017, 3, 20),
        # No whole hour, nor a decimal fraction of one.
        duration_minutes=50,
        circumstance="birth",
        service="cooking",
    )
    ActivityFactory(recipient=far, service="other", circumstance="other")
    ActivityFactory(recipient=chiba, done_on=dt.date(2017, 3, 21))
    ActivityFactory(recipient=chiba, done_on=dt.date(2016, 3, 20))
    for day in (dt.date(2016, 12, 1), dt.date(2017, 4, 1)):
        reverse_activity(
            activity=ActivityFactory(recipient=chiba), done_on=day, reason="誤り"
        )


def fill(count):
    """Make `count` rows more of every kind; return the pages they all stand on."""
    member = Member.objects.order_by("pk").first() or MemberFactory()
    wish = member.requests.first() or RequestFactory(recipient=member)
    ActivityFactory.create_batch(count, recipient=member, request=wish)
    ActivityFactory.create_batch(count, helper=member)
    for helper in MemberFactory.create_batch(count):
        RequestFactory(helper=helper, state="matched")
    begun = member.group.tariffs.count()
    for place in range(begun, begun + count):
        TariffFactory(valid_from=dt.date(2000 + place, 3, 21))
        GroupFactory(code=f"group{place}", name=f"見本の会{place}")
    slip = member.received.order_by("pk").first()
    month = [2016, 10]
    return [
        *(row.get_absolute_url() for row in (member, wish, slip, member.group)),
        reverse("mutualaid:statement_month", args=month),
        reverse("mutualaid:statement_member", args=[*month, member.pk]),
    ]
