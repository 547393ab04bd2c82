"""A small set of rows on which the contract of the indicators is checked."""

from tests.alerts.factories import IncidentReportFactory, at
from tests.municipalities.factories import MunicipalityFactory


def make_rows():
    """Make rows in 2016年度 in two prefectures, at its edges and beside it."""
    saitama = MunicipalityFactory(
        code="112038", prefecture_code="11", prefecture="埼玉県"
    )
    chiba = MunicipalityFactory()
    first, last = at(2016, 3, 21, 0, 0), at(2017, 3, 20, 23, 59)
    IncidentReportFactory(
        municipality=chiba, noticed_at=first, passed_on_at=first, state="passed_on"
    )
    IncidentReportFactory(
        municipality=saitama,
        noticed_at=last,
        passed_on_at=last,
        state="passed_on",
        channel="store",
        signs=["mail", "lights_on"],
    )
    IncidentReportFactory(municipality=chiba, is_closed=True)
    IncidentReportFactory(municipality=chiba, channel="other", signs=["other"])
    # Nothing ticked: a part of its own, without a key.
    IncidentReportFactory(municipality=saitama, is_passed_on=True).signs.clear()
    IncidentReportFactory(noticed_at=at(2017, 3, 21, 0, 0))
    IncidentReportFactory(
        noticed_at=at(2016, 3, 20, 23, 59),
        passed_on_at=at(2016, 3, 21, 0, 30),
        state="passed_on",
    )
