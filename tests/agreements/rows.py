"""A small set of rows on which the contract of the indicators is checked."""

import datetime as dt

from agreements.models import Visit
from tests.agreements.factories import AgreementFactory, PromiseFactory, VisitFactory
from tests.municipalities.factories import MunicipalityFactory


def make_rows():
    """Make rows in 2016年度 in two prefectures, at its edges and beside it."""
    saitama = MunicipalityFactory(
        code="112038", prefecture_code="11", prefecture="埼玉県"
    )
    chiba = MunicipalityFactory()
    outside = MunicipalityFactory(is_in_service_area=False)
    AgreementFactory(municipality=chiba)
    AgreementFactory(municipality=chiba, kind="comprehensive")
    AgreementFactory(municipality=saitama, in_force_until=dt.date(2017, 3, 20))
    AgreementFactory(municipality=outside)
    VisitFactory(municipality=chiba, visited_on=dt.date(2016, 3, 21))
    VisitFactory(municipality=chiba, visited_on=dt.date(2017, 3, 20))
    VisitFactory(municipality=saitama, met_head=False)
    VisitFactory(municipality=saitama, visited_on=dt.date(2017, 3, 21))
    VisitFactory(visited_on=dt.date(2016, 9, 1), state="cancelled")


def fill(count):
    """Make `count` rows more of every kind; return the pages they all stand on."""
    visit = Visit.objects.order_by("pk").first() or VisitFactory()
    place = visit.municipality
    agreement = place.agreements.first() or AgreementFactory(municipality=place)
    AgreementFactory.create_batch(count)
    VisitFactory.create_batch(count)
    begun = place.visits.count()
    for number in range(begun, begun + count):
        day = visit.visited_on - dt.timedelta(days=number)
        PromiseFactory(visit__municipality=place, visit__visited_on=day)
    PromiseFactory.create_batch(count, visit=visit)
    # Neither an agreement nor a visit: rows of the lists of what is missing.
    MunicipalityFactory.create_batch(count)
    return [agreement.get_absolute_url(), visit.get_absolute_url()]
