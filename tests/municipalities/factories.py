"""Valid municipalities and desks."""

import datetime as dt

import factory

from municipalities.codes import check_digit
from municipalities.models import CourseArea, DeliveryCourse, Desk, Municipality
from tests.accounts.factories import WorkplaceFactory


def with_check_digit(five_digits):
    return f"{five_digits}{check_digit(five_digits)}"


class MunicipalityFactory(factory.django.DjangoModelFactory):
    """A city of Chiba in the service area; each call gives another code and name.

    The codes are ones that no municipality has.
    """

    code = factory.Sequence(lambda n: with_check_digit(f"12{500 + n % 500}"))
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


class DeliveryCourseFactory(factory.django.DjangoModelFactory):
    workplace = factory.SubFactory(WorkplaceFactory)
    code = factory.Sequence(lambda n: f"K{n:03}")

    class Meta:
        model = DeliveryCourse


class CourseAreaFactory(factory.django.DjangoModelFactory):
    course = factory.SubFactory(DeliveryCourseFactory)
    municipality = factory.SubFactory(MunicipalityFactory)

    class Meta:
        model = CourseArea
