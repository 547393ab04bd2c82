"""Monthly statements, worked out from the slips."""

import datetime as dt

import pytest
from django.urls import reverse

from mutualaid.services import month_bounds, reverse_activity
from tests.mutualaid.factories import ActivityFactory, MemberFactory

URL = reverse("mutualaid:statement_month", args=[2016, 10])


def page_of(member):
    return reverse("mutualaid:statement_member", args=[2016, 10, member.pk])


def test_manager_sees_sums_per_member_and_outsider_does_not(manager, outsider):
    helper = MemberFactory()
    ActivityFactory.create_batch(2, helper=helper)
    ActivityFactory(helper=helper, done_on=dt.date(2016, 11, 1))
    rows = {row.pk: row for row in manager.get(URL).context["object_list"]}
    assert len(rows) == 3
    row = rows[helper.pk]
    assert (row.helped_minutes, row.to_receive_jpy) == (180, 2300)
    assert (row.received_minutes, row.to_pay_jpy) == (0, 0)
    assert outsider.get(URL).status_code == 403
    assert outsider.get(page_of(helper)).status_code == 403


def test_totals_add_up_over_recipients_and_helpers(manager):
    ActivityFactory.create_batch(2)
    page = manager.get(URL, {"group": "chiba"})
    summary = page.context["summary"]
    assert (summary["received"], summary["helped"]) == (3, 3)
    assert (summary["to_pay"], summary["to_receive"]) == (2600, 2300)


def test_reversed_slip_nets_out(manager):
    slip = ActivityFactory()
    reverse_activity(activity=slip, done_on=slip.done_on, reason="誤り")
    (one, _two) = manager.get(URL).context["object_list"]
    assert (one.received_minutes, one.to_pay_jpy) == (0, 0)
    part = manager.get(page_of(slip.helper)).context["parts"][0]
    assert (len(part["rows"]), part["total"]) == (2, 0)


def test_statement_of_one_member_shows_both_parts(manager):
    member = MemberFactory()
    ActivityFactory(recipient=member)
    ActivityFactory(helper=member)
    parts = manager.get(page_of(member)).context["parts"]
    assert [part["total"] for part in parts] == [1300, 1150]


def test_running_month_opens_without_one_in_the_address(manager):
    assert manager.get(reverse("mutualaid:statement")).status_code == 200


@pytest.mark.parametrize("month", [(2016, 13), (2016, 0), (1999, 1), (99999, 1)])
def test_month_that_does_not_exist_is_not_found(manager, month):
    url = reverse("mutualaid:statement_month", args=month)
    assert manager.get(url).status_code == 404


def test_statement_list_exports_the_sums(manager):
    ActivityFactory()
    response = manager.get(URL, {"export": "csv"})
    text = b"".join(response.streaming_content).decode()
    assert "1300" in text
    assert "1150" in text


def test_month_ends_on_its_last_day():
    assert month_bounds(2016, 2)[1] == dt.date(2016, 2, 29)
    assert month_bounds(2016, 12)[1] == dt.date(2016, 12, 31)


def test_query_count_does_not_grow_with_rows(
    manager, django_assert_max_num_queries, django_assert_num_queries
):
    ActivityFactory()
    with django_assert_max_num_queries(20) as few:
        manager.get(URL)
    ActivityFactory.create_batch(20)
    with django_assert_num_queries(len(few)):
        manager.get(URL)
