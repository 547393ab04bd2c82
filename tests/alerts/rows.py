"""A small set of rows on which the contract of the indicators is checked."""

import datetime as dt

from django.urls import reverse

from alerts.models import IncidentReport
from tests.agreements.factories import AgreementFactory
from tests.alerts.factories import (
    CaseStoryFactory,
    FollowUpFactory,
    IncidentReportFactory,
    at,
)
from tests.municipalities.factories import DeskFactory, MunicipalityFactory


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
    first_report = IncidentReportFactory(municipality=chiba, is_closed=True)
    # The same event, told from another workplace: counted once.
    IncidentReportFactory(
        municipality=chiba, is_passed_on=True, merged_into=first_report
    )
    AgreementFactory(municipality=chiba, in_force_from=dt.date(2016, 6, 1))
    IncidentReportFactory(municipality=chiba, channel="other", signs=["other"])
    # Nothing ticked: a part of its own, without a key.
    IncidentReportFactory(municipality=saitama, is_passed_on=True).signs.clear()
    IncidentReportFactory(noticed_at=at(2017, 3, 21, 0, 0))
    IncidentReportFactory(
        noticed_at=at(2016, 3, 20, 23, 59),
        passed_on_at=at(2016, 3, 21, 0, 30),
        state="passed_on",
    )


def fill(count):
    """Make `count` rows more of every kind; return the pages they all stand on."""
    report = IncidentReport.objects.order_by("pk").first() or IncidentReportFactory()
    place = report.municipality
    signs = ["mail", "lights_on", "other"]
    IncidentReportFactory.create_batch(count, is_passed_on=True, signs=signs)
    IncidentReportFactory.create_batch(count, municipality=place, signs=signs)
    FollowUpFactory.create_batch(count, report=report)
    CaseStoryFactory.create_batch(count, report=report)
    DeskFactory.create_batch(count, municipality=place)
    receipt = reverse("alerts:report_receipt", args=[report.pk])
    story = report.stories.order_by("pk").first()
    return [report.get_absolute_url(), receipt, story.get_absolute_url()]
