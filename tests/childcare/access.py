"""Who may open the program's URLs."""

from tests.access import Rule
from tests.childcare.factories import HubFactory, SessionFactory

READ = {"coordinator", "manager"}
WRITE = {"coordinator"}


def hub():
    return {"code": HubFactory().code}


def month():
    return hub() | {"year": 2016, "month": 4}


def session():
    return {"pk": SessionFactory().pk}


RULES = {
    "childcare:session_list": Rule(READ),
    "childcare:session_create": Rule(WRITE),
    "childcare:session_detail": Rule(READ, make=session),
    "childcare:session_update": Rule(WRITE, make=session),
    "childcare:session_delete": Rule(WRITE, make=session),
    "childcare:not_reported": Rule(READ),
    "childcare:hub_list": Rule(READ),
    "childcare:hub_create": Rule(WRITE),
    "childcare:hub_detail": Rule(READ, make=hub),
    "childcare:hub_update": Rule(WRITE, make=hub),
    "childcare:month_sheet": Rule(WRITE, make=month),
    "childcare:month_report": Rule(READ, make=month),
}
