"""Valid municipalities and desks."""

import datetime as dt

import factory

from municipalities.codes import check_digit
from municipalities.models import Desk, Municipality


class MunicipalityFactory(factory.django.DjangoModelFactory):
    """A city of Chiba in the service area; each call gives another code and name."""

    code = factory.Sequence(
        lambda n: f"12{n % 1000:03}{check_digit(f'12{n % 1000:03}')}"
    )
    prefecture_code = "12"
    prefecture = "千葉県"
    name = factory.Sequence(lambda n: f"見本{n}市")
    kana = factory.Sequence(lambda n: f"みほん{n}し")
    kind = Municipality.Kind.CITY
    is_in_service_area = True

    class Meta:
        model = Municipality


class DeskFactory(factory.django.DjangoModelFactory):
    municipality = factory.SubFactory(MunicipalityFactory)
    kind = Desk.Kind.MUNICIPAL
    name = factory.Sequence(lambda n: f"高齢福祉課{n}")
    phone = "047-000-0000"
    verified_on = dt.date(2016, 4, 1)

    class Meta:
        model = Desk
