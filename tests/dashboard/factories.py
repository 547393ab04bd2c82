"""Valid annual figures."""

import datetime as dt

import factory

from core import fiscal
from dashboard import documents
from dashboard.models import (
    AnnualFigure,
    AnnualReport,
    Remark,
    ReportText,
    YearClosing,
)
from tests.accounts.factories import UserFactory


class YearClosingFactory(factory.django.DjangoModelFactory):
    """A standing closing of 2016 that froze nothing; name what it covers."""

    fiscal_year = 2016
    version = 1
    last_day = factory.LazyAttribute(lambda c: fiscal.last_day(c.fiscal_year))
    closed_at = dt.datetime(2017, 5, 1, tzinfo=dt.UTC)
    closed_by_name = "架空 一郎"

    class Meta:
        model = YearClosing


class AnnualFigureFactory(factory.django.DjangoModelFactory):
    indicator = "agreements.visits"
    fiscal_year = 2016
    status = AnnualFigure.Status.PUBLISHED
    as_of = dt.date(2017, 3, 20)
    value = 3
    source = "見本年次報告"

    class Meta:
        model = AnnualFigure

    class Params:
        closed = factory.Trait(
            status=AnnualFigure.Status.CLOSED,
            closing=factory.SubFactory(YearClosingFactory),
        )


class RemarkFactory(factory.django.DjangoModelFactory):
    kind = Remark.Kind.NOTE
    indicator = "agreements.visits"
    fiscal_year = 2016
    text = "見本の注"

    class Meta:
        model = Remark


class ReportTextFactory(factory.django.DjangoModelFactory):
    fiscal_year = 2016
    section = ""
    text = "見本のはじめの文章"

    class Meta:
        model = ReportText


def empty_document(year):
    """Return a report without sections."""
    return {
        "format": documents.FORMAT,
        "fiscal_year": year,
        "title": f"{year}年度 見本報告",
        "period": "",
        "years": [{"fiscal_year": year, "label": f"{year}年度"}],
        "introduction": "",
        "sections": [],
        "closings": [],
    }


class AnnualReportFactory(factory.django.DjangoModelFactory):
    fiscal_year = 2016
    version = 1
    document = factory.LazyAttribute(lambda r: empty_document(r.fiscal_year))
    sha256 = factory.LazyAttribute(lambda r: documents.fingerprint(r.document))
    published_at = dt.datetime(2017, 6, 1, tzinfo=dt.UTC)
    published_by = factory.SubFactory(UserFactory)

    class Meta:
        model = AnnualReport
