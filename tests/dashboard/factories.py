"""Valid annual figures."""

import datetime as dt

import factory

from dashboard.models import AnnualFigure


class AnnualFigureFactory(factory.django.DjangoModelFactory):
    indicator = "agreements.visits"
    fiscal_year = 2016
    status = AnnualFigure.Status.PUBLISHED
    as_of = dt.date(2017, 3, 20)
    value = 3
    source = "見本年次報告"

    class Meta:
        model = AnnualFigure
