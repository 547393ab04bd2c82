"""Valid users and workplaces."""

import factory

from accounts.models import User, Workplace


class WorkplaceFactory(factory.django.DjangoModelFactory):
    code = factory.Sequence(lambda n: f"W{n:04}")
    name = factory.Sequence(lambda n: f"見本センター{n}")
    kind = Workplace.Kind.DELIVERY_CENTRE

    class Meta:
        model = Workplace


class UserFactory(factory.django.DjangoModelFactory):
    username = factory.Sequence(lambda n: f"user{n}")
    display_name = factory.Sequence(lambda n: f"見本 太郎{n}")

    class Meta:
        model = User
