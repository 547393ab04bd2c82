"""Who may open the program's URLs."""

from tests.access import Rule
from tests.mutualaid.factories import (
    ActivityFactory,
    GroupFactory,
    MemberFactory,
    RequestFactory,
    TariffFactory,
)

READ = {"coordinator", "manager"}
WRITE = {"coordinator"}
MONTH = {"year": 2016, "month": 10}


def activity():
    return {"pk": ActivityFactory().pk}


def request():
    return {"pk": RequestFactory().pk}


def member():
    return {"pk": MemberFactory().pk}


def group():
    return {"pk": GroupFactory().pk}


def tariff():
    return {"pk": TariffFactory().pk}


def role():
    return {"role": "helper"}


def month():
    return MONTH


def statement():
    return MONTH | {"pk": ActivityFactory().helper.pk}


RULES = {
    "mutualaid:activity_list": Rule(READ),
    "mutualaid:activity_create": Rule(WRITE),
    "mutualaid:activity_grid": Rule(WRITE),
    "mutualaid:activity_detail": Rule(READ, make=activity),
    "mutualaid:activity_reverse": Rule(WRITE, make=activity),
    "mutualaid:request_list": Rule(READ),
    "mutualaid:request_create": Rule(WRITE),
    "mutualaid:request_detail": Rule(READ, make=request),
    "mutualaid:request_update": Rule(WRITE, make=request),
    "mutualaid:request_cancel": Rule(WRITE, make=request, method="post"),
    "mutualaid:member_list": Rule(READ),
    "mutualaid:member_create": Rule(WRITE),
    "mutualaid:member_detail": Rule(READ, make=member),
    "mutualaid:member_update": Rule(WRITE, make=member),
    "mutualaid:member_suggest": Rule(READ, make=role),
    "mutualaid:group_list": Rule(READ),
    "mutualaid:group_create": Rule(WRITE),
    "mutualaid:group_detail": Rule(READ, make=group),
    "mutualaid:group_update": Rule(WRITE, make=group),
    "mutualaid:tariff_list": Rule(READ),
    "mutualaid:tariff_create": Rule(WRITE),
    "mutualaid:tariff_update": Rule(WRITE, make=tariff),
    "mutualaid:statement": Rule(READ),
    "mutualaid:statement_month": Rule(READ, make=month),
    "mutualaid:statement_member": Rule(READ, make=statement),
}
