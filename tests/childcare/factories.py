"""Valid hubs and sessions."""

import datetime as dt

import factory

from childcare.models import Hub, Session
from tests.municipalities.factories import MunicipalityFactory


class HubFactory(factory.django.DjangoModelFactory):
    """A contracted hub, open on weekdays since April 2013."""

    code = factory.Sequence(lambda n: f"H{n:03}")
    name = factory.Sequence(lambda n: f"見本の森{n}")
    municipality = factory.SubFactory(MunicipalityFactory)
    contract_from = dt.date(2013, 4, 1)

    class Meta:
        model = Hub


class SessionFactory(factory.django.DjangoModelFactory):
    hub = factory.SubFactory(HubFactory)
    held_on = factory.Sequence(lambda n: dt.date(2016, 4, 1) + dt.timedelta(n % 300))
    families = 10

    class Meta:
        model = Session
