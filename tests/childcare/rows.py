"""A small set of rows on which the contract of the indicators is checked."""

import datetime as dt

from childcare.models import Hub
from tests.childcare.factories import HubFactory, SessionFactory
from tests.municipalities.factories import MunicipalityFactory


def make_rows():
    """Make rows in 2016年度 in two prefectures, at its edges and beside it."""
    saitama = MunicipalityFactory(
        code="112038", prefecture_code="11", prefecture="埼玉県"
    )
    chiba = MunicipalityFactory()
    for series in Hub.Series:
        first = HubFactory(municipality=chiba, series=series)
        second = HubFactory(municipality=saitama, series=series)
        SessionFactory(hub=first, held_on=dt.date(2016, 3, 21))
        SessionFactory(hub=first, held_on=dt.date(2016, 9, 1), slot="morning")
        # Two on a day, one of them with nobody there.
        SessionFactory(hub=first, held_on=dt.date(2016, 9, 1), slot="afternoon")
        SessionFactory(hub=second, held_on=dt.date(2016, 10, 3), families=0)
        SessionFactory(hub=second, held_on=dt.date(2017, 3, 20), families=7)
        SessionFactory(hub=second, held_on=dt.date(2017, 3, 21))
        SessionFactory(hub=first, held_on=dt.date(2016, 3, 20))
    HubFactory(municipality=chiba, contract_until=dt.date(2017, 3, 20))
    HubFactory(municipality=chiba, contract_until=dt.date(2016, 9, 30))
    HubFactory(municipality=saitama, contract_from=dt.date(2017, 3, 20))
    HubFactory(municipality=saitama, contract_from=dt.date(2017, 3, 21))


def fill(count):
    """Make `count` rows more of every kind; return the pages they all stand on."""
    hub = Hub.objects.order_by("pk").first() or HubFactory()
    SessionFactory.create_batch(count, hub=hub)
    for series in Hub.Series:
        SessionFactory.create_batch(count, hub__series=series)
    session = hub.sessions.order_by("pk").first()
    return [hub.get_absolute_url(), session.get_absolute_url()]
