"""The page of the deliveries planned for a day."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.accounts.factories import WorkplaceFactory
from tests.deliveries.factories import DeliveryFactory, SubscriptionFactory
from tests.deliveries.plans import DayOffFactory, PlanFactory

URL = reverse("deliveries:expected_list")
DAY = "2016-10-03"


def shown(page):
    """Return (member, state) of the rows in their order."""
    return [(row.member_number, row.progress) for row in page.context["table"].data]


@pytest.fixture
def day(db):
    """A Monday with one delivery of each state, long past."""
    shut = WorkplaceFactory()
    DayOffFactory(workplace=shut)
    PlanFactory(member_number="M-OFF", workplace=shut)
    PlanFactory(member_number="M-CAME")
    DeliveryFactory(member_number="M-CAME")
    PlanFactory(member_number="M-GONE", service="groceries", weekdays="0")


def test_what_is_missing_comes_first_and_the_states_are_counted(coordinator, day):
    page = coordinator.get(URL, {"on": DAY})
    assert shown(page) == [
        ("M-GONE", "missing"),
        ("M-CAME", "delivered"),
        ("M-OFF", "off"),
    ]
    totals = page.context["summary"]
    assert totals == {
        "count": 3,
        "missing": 1,
        "waiting": 0,
        "delivered": 1,
        "off": 1,
    }


@pytest.mark.parametrize(
    ("query", "members"),
    [
        ({"progress": "missing"}, {"M-GONE"}),
        ({"progress": "off"}, {"M-OFF"}),
        ({"service": "meals"}, {"M-CAME", "M-OFF"}),
        ({"q": "ｍ-ｇｏ"}, {"M-GONE"}),
    ],
)
def test_list_can_be_narrowed(coordinator, day, query, members):
    page = coordinator.get(URL, {"on": DAY, **query})
    assert {member for member, _state in shown(page)} == members


def test_filter_by_workplace(coordinator, day):
    plan = PlanFactory(member_number="M-HERE")
    page = coordinator.get(URL, {"on": DAY, "workplace": plan.workplace_id})
    assert shown(page) == [("M-HERE", "missing")]


def test_filter_does_not_change_which_delivery_has_come(coordinator, day):
    """A filter by kind must not give one delivery to both plans of a member."""
    PlanFactory(
        member_number="M-TWO", service="groceries", expected_by=dt.time(9), weekdays="0"
    )
    PlanFactory(member_number="M-TWO")
    DeliveryFactory(member_number="M-TWO")
    query = {"on": DAY, "q": "M-TWO"}
    assert shown(coordinator.get(URL, query | {"service": "meals"})) == [
        ("M-TWO", "missing")
    ]
    assert shown(coordinator.get(URL, query | {"service": "groceries"})) == [
        ("M-TWO", "delivered")
    ]


def test_today_is_shown_without_a_day(coordinator, day):
    page = coordinator.get(URL)
    assert page.status_code == 200
    assert (
        page.context["day"]
        == page.context["now"].astimezone(dt.timezone(dt.timedelta(hours=9))).date()
    )


@pytest.mark.parametrize("text", ["9999", "2016/2/30", "昨日", "%00"])
def test_day_that_cannot_be_read_gives_no_rows_and_an_error(coordinator, day, text):
    page = coordinator.get(URL, {"on": text})
    assert page.status_code == 200
    assert shown(page) == []
    assert page.context["summary"]["count"] == 0
    assert page.context["filter"].form.errors["on"]


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31"])
def test_first_and_last_day_of_the_calendar_open(coordinator, day, text):
    assert coordinator.get(URL, {"on": text}).status_code == 200


def test_member_leads_to_the_subscriptions_and_families_are_counted(coordinator, day):
    SubscriptionFactory(member_number="M-GONE")
    page = coordinator.get(URL, {"on": DAY, "q": "M-GONE"})
    [row] = page.context["table"].data
    assert row.families == 1
    assert f"{reverse('deliveries:subscription_list')}?q=M-GONE" in page.text


def test_days_beside_it_keep_the_filter(coordinator, day):
    page = coordinator.get(URL, {"on": DAY, "service": "meals"})
    assert "?on=2016-10-02&amp;service=meals" in page.text
    assert "?on=2016-10-04&amp;service=meals" in page.text


def test_export_names_states_and_members(coordinator, day):
    page = coordinator.get(URL, {"on": DAY, "export": "csv"})
    lines = b"".join(page).decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert "M-GONE" in lines[1]


def test_query_count_does_not_grow(coordinator, day):
    def count():
        with CaptureQueriesContext(connection) as queries:
            page = coordinator.get(URL, {"on": DAY})
        return len(queries), len(page.context["table"].rows)

    coordinator.get(URL, {"on": DAY})
    before, rows = count()
    for _ in range(15):
        plan = PlanFactory()
        DeliveryFactory(member_number=plan.member_number)
    assert count() == (before, rows + 15)
