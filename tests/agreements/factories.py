"""Valid agreements and visits."""

import datetime as dt

import factory

from agreements.models import Agreement, Promise, Visit
from tests.municipalities.factories import MunicipalityFactory


class AgreementFactory(factory.django.DjangoModelFactory):
    municipality = factory.SubFactory(MunicipalityFactory)
    signed_on = dt.date(2016, 4, 1)
    in_force_from = dt.date(2016, 4, 1)
    department = "高齢福祉課"

    class Meta:
        model = Agreement


class VisitFactory(factory.django.DjangoModelFactory):
    municipality = factory.SubFactory(MunicipalityFactory)
    visited_on = dt.date(2016, 10, 3)
    met_head = True
    their_attendance = "市長"
    our_attendance = "理事長"

    class Meta:
        model = Visit


class PromiseFactory(factory.django.DjangoModelFactory):
    visit = factory.SubFactory(VisitFactory)
    text = "見守りの手引きを届ける"
    owner = "事業担当"

    class Meta:
        model = Promise
