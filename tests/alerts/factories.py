"""Valid reports and case stories."""

import datetime as dt
from zoneinfo import ZoneInfo

import factory

from alerts.models import (
    PERSONAL,
    CaseStory,
    Correction,
    FollowUp,
    IncidentReport,
    Photo,
    Sign,
)
from tests.accounts.factories import UserFactory, WorkplaceFactory
from tests.municipalities.factories import MunicipalityFactory

JAPAN = ZoneInfo("Asia/Tokyo")


def at(*parts):
    """Return an instant by its local date and time in Japan."""
    return dt.datetime(*parts, tzinfo=JAPAN)


class IncidentReportFactory(factory.django.DjangoModelFactory):
    """A report that nobody has passed on; `signs` are codes of the checklist."""

    received_at = at(2016, 10, 3, 10, 5)
    noticed_at = at(2016, 10, 3, 10, 0)
    channel = "home_delivery"
    workplace = factory.SubFactory(WorkplaceFactory)
    entered_by = factory.SubFactory(UserFactory)
    reporter = factory.SelfAttribute("entered_by")
    municipality = factory.SubFactory(MunicipalityFactory)
    person_name = "見本 花子"
    place = "架空町1-2-3"
    narrative = "呼んでも返事がありません。"

    class Meta:
        model = IncidentReport
        skip_postgeneration_save = True

    class Params:
        is_passed_on = factory.Trait(
            state="passed_on",
            passed_on_at=at(2016, 10, 3, 11, 0),
            passed_on_method="phone",
            desk_person="架空さん",
        )
        is_closed = factory.Trait(
            is_passed_on=True,
            state="closed",
            outcome="safe",
            closed_at=at(2016, 10, 4, 9, 0),
        )
        is_erased = factory.Trait(
            erased_at=at(2022, 1, 1, 0, 0), **dict.fromkeys(PERSONAL, "")
        )

    @factory.post_generation
    def signs(self, create, extracted, **kwargs):
        self.signs.set(Sign.objects.filter(code__in=extracted or ["mail"]))


class FollowUpFactory(factory.django.DjangoModelFactory):
    report = factory.SubFactory(IncidentReportFactory)
    at = at(2016, 10, 4, 9, 0)
    by = factory.SubFactory(UserFactory)
    text = "家族と連絡がつきました。"

    class Meta:
        model = FollowUp


class CorrectionFactory(factory.django.DjangoModelFactory):
    report = factory.SubFactory(IncidentReportFactory)
    at = at(2016, 10, 4, 9, 5)
    by = factory.SubFactory(UserFactory)
    before = factory.Dict({"place": "架空町1-2"})

    class Meta:
        model = Correction


class PhotoFactory(factory.django.DjangoModelFactory):
    report = factory.SubFactory(IncidentReportFactory)
    file = factory.django.FileField(filename="photo.jpg", data=b"stored")
    width = 1
    height = 1
    added_at = at(2016, 10, 3, 10, 6)
    added_by = factory.SubFactory(UserFactory)

    class Meta:
        model = Photo


class CaseStoryFactory(factory.django.DjangoModelFactory):
    title = "新聞がたまっていた"
    text = "配達担当が声をかけ、早い支援につながりました。"
    area = "千葉県北部"
    written_at = at(2016, 11, 1, 9, 0)
    written_by = factory.SubFactory(UserFactory)

    class Meta:
        model = CaseStory
