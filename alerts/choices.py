"""The choices of incident reports and case stories."""

from django.db import models
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


class StoryState(models.TextChoices):
    """Whether a case story may be shown."""

    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved")
    WITHDRAWN = "withdrawn", _("Withdrawn")
