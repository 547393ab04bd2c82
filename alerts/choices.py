"""The choices of incident reports and case stories."""

from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Channel(models.TextChoices):
    """Where the co-op met the person; the keys of the published figures."""

    HOME_DELIVERY = "home_delivery", _("Home delivery")
    STORE = "store", _("Store")
    OTHER = "other", _("Other")


class AgeBand(models.TextChoices):
    """A person's age as one guesses it at a door."""

    CHILD = "child", _("Under 18")
    ADULT = "adult", _("18 to 64")
    FROM_65 = "from_65", _("65 to 74")
    FROM_75 = "from_75", _("75 to 84")
    FROM_85 = "from_85", _("85 or older")


class PersonKind(models.TextChoices):
    """Whom a report is about; decides which desk is the right one."""

    ELDERLY = "elderly", _("An older person")
    CHILD = "child", _("A child")
    DISABLED = "disabled", _("A person with a disability")
    OTHER = "other", _("Somebody else, or unknown")


class ReportState(models.TextChoices):
    """How far a report has come."""

    RECEIVED = "received", pgettext_lazy("incident report", "Received")
    PASSED_ON = "passed_on", pgettext_lazy("incident report", "Passed on")
    CLOSED = "closed", pgettext_lazy("incident report", "Closed")


class Method(models.TextChoices):
    """How a report was passed on."""

    PHONE = "phone", _("By telephone")
    VISIT = "visit", _("In person")
    MAIL = "mail", _("By e-mail or fax")


class Outcome(models.TextChoices):
    """How it ended. `pending` stands for what is not known yet, and is never blank."""

    PENDING = "pending", _("Not yet known")
    SAFE = "safe", _("Safe")
    HOSPITAL = "hospital", _("In hospital")
    AMBULANCE = "ambulance", _("Taken by ambulance")
    SUPPORTED = "supported", _("Support began")
    DEATH = "death", _("Death")
    UNKNOWN = "unknown", _("Could not be found out")


class Step(models.TextChoices):
    """Who is warned of a report that nobody passes on, one after the other."""

    OFFICER = "officer", _("Duty officer")
    MANAGER = "manager", _("Manager")


class Weekday(models.IntegerChoices):
    """A day of the week, as ISO 8601 numbers them."""

    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")
    SATURDAY = 6, _("Saturday")
    SUNDAY = 7, _("Sunday")


class Season(models.TextChoices):
    """A time of year, for stories that must not name a date."""

    SPRING = "spring", _("Spring")
    SUMMER = "summer", _("Summer")
    AUTUMN = "autumn", _("Autumn")
    WINTER = "winter", _("Winter")


class StoryState(models.TextChoices):
    """Whether a case story may be shown."""

    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# The hours of the day, as statistics name them.
HOURS = [(hour, format_lazy(_("{hour}:00"), hour=hour)) for hour in range(24)]
