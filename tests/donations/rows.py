"""A small set of rows on which the contract of the indicators is checked."""

import datetime as dt

from tests.donations.factories import (
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
