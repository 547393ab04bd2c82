"""Who may open the program's URLs."""

from tests.access import Rule
from tests.accounts.factories import UserFactory
from tests.alerts.factories import (
    CaseStoryFactory,
    IncidentReportFactory,
    PhotoFactory,
    at,
)

REPORT = {"staff", "officer", "coordinator", "manager"}
HANDLE = {"officer", "manager"}


def report():
    return {"pk": IncidentReportFactory().pk}


def photo():
    return {"key": PhotoFactory().pk}


def draft():
    return {"pk": CaseStoryFactory().pk}


def approved():
    return {
        "pk": CaseStoryFactory(
            state="approved",
            approved_by=UserFactory(),
            approved_at=at(2016, 11, 2, 9, 0),
        ).pk
    }


RULES = {
    "alerts:queue": Rule(HANDLE),
    "alerts:report_list": Rule({"staff", *HANDLE}),
    "alerts:report_create": Rule(REPORT),
    "alerts:report_token": Rule(REPORT, anonymous=401),
    # Reports of another workplace are not there for its staff.
    "alerts:report_detail": Rule(HANDLE, make=report, out_of_scope={"staff"}),
    "alerts:report_update": Rule(HANDLE, make=report),
    "alerts:report_receipt": Rule(
        HANDLE, make=report, out_of_scope={"staff", "coordinator"}
    ),
    "alerts:report_pass_on": Rule(HANDLE, make=report, method="post"),
    "alerts:report_pass_on_update": Rule(HANDLE, make=report),
    "alerts:report_ask_again": Rule(HANDLE, make=report, method="post"),
    "alerts:report_follow_up": Rule(HANDLE, make=report, method="post"),
    "alerts:report_close": Rule(HANDLE, make=report, method="post"),
    "alerts:similar": Rule(REPORT, method="post", anonymous=204),
    "alerts:report_merge": Rule(HANDLE, make=report, method="post"),
    "alerts:report_separate": Rule(HANDLE, make=report, method="post"),
    "alerts:report_tell_apart": Rule(HANDLE, make=report, method="post"),
    "alerts:report_not_apart": Rule(HANDLE, make=report, method="post"),
    "alerts:report_reveal": Rule(
        HANDLE, make=report, method="post", out_of_scope={"staff"}
    ),
    "alerts:report_print": Rule(HANDLE, make=report, method="post"),
    "alerts:report_looks": Rule(HANDLE, make=report),
    # Coordinators add photos to what they have just sent.
    "alerts:photo_add": Rule(
        HANDLE, make=report, method="post", out_of_scope={"staff", "coordinator"}
    ),
    "alerts:photo": Rule(HANDLE, make=photo, out_of_scope={"staff"}),
    "alerts:photo_delete": Rule(HANDLE, make=photo, method="post"),
    "alerts:story_list": Rule(HANDLE),
    "alerts:story_create": Rule(HANDLE),
    "alerts:story_detail": Rule(HANDLE, make=draft),
    "alerts:story_update": Rule(HANDLE, make=draft),
    "alerts:story_approve": Rule({"manager"}, make=draft, method="post"),
    "alerts:story_withdraw": Rule({"manager"}, make=approved, method="post"),
}
