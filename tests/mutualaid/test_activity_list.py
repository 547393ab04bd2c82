"""The list of activities."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from tests.mutualaid.factories import ActivityFactory, GroupFactory, MemberFactory

URL = reverse("mutualaid:activity_list")


def test_manager_sees_slips_and_outsider_does_not(manager, outsider):
    slip = ActivityFactory()
    page = manager.get(URL)
    assert slip.slip_number in page.text
    assert outsider.get(URL).status_code == 403


def test_totals_are_hours_yen_and_helpers(manager):
    helper = MemberFactory()
    ActivityFactory.create_batch(3, helper=helper)
    summary = manager.get(URL, {"fiscal_year": 2016}).context["summary"]
    assert summary["hours"] == Decimal("4.5")
    assert (summary["fee"], summary["helpers"]) == (3600, 1)


def test_total_over_no_rows_is_missing_and_not_zero(manager):
    page = manager.get(URL, {"fiscal_year": 2016})
    assert page.context["summary"]["hours"] is None
    assert '<dd data-total="hours">–</dd>' in page.text


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"q": "ﾐﾎﾝ"}, 2),
        ({"q": "ゆめの"}, 1),
        ({"until": "2016/10/3"}, 1),
        ({"group": "tokyo"}, 1),
        ({"group": "nowhere"}, 0),
        ({"helper": "T-1"}, 1),
        ({"recipient": "T-1"}, 0),
        ({"circumstance": "birth"}, 1),
        ({"standing": "true"}, 2),
        ({"standing": "false"}, 0),
    ],
)
def test_filters_narrow_the_list(manager, query, count):
    ActivityFactory()
    tokyo = GroupFactory(code="tokyo", name="プチトマトの会 東京", prefecture_code="13")
    ActivityFactory(
        recipient=MemberFactory(group=tokyo),
        helper=MemberFactory(group=tokyo, number="T-1", kana="ゆめの まぼろし"),
        done_on=dt.date(2016, 10, 4),
        circumstance="birth",
    )
    page = manager.get(URL, query)
    assert page.context["table"].paginator.count == count


def test_links_never_carry_a_name(manager):
    slip = ActivityFactory()
    links = [
        manager.get(URL).text,
        manager.get(slip.get_absolute_url()).text,
        manager.get(slip.helper.get_absolute_url()).text,
    ]
    assert not any(
        "href" in part and "見本" in part.split('"')[1]
        for page in links
        for part in page.split("<a ")[1:]
    )


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_list_is_exported(manager, kind):
    ActivityFactory()
    response = manager.get(URL, {"export": kind})
    body = b"".join(response.streaming_content)
    assert body.startswith(b"\xef\xbb\xbf" if kind == "csv" else b"PK")


def test_query_count_does_not_grow_with_rows(
    manager, django_assert_max_num_queries, django_assert_num_queries
):
    ActivityFactory()
    with django_assert_max_num_queries(20) as few:
        manager.get(URL)
    ActivityFactory.create_batch(20)
    with django_assert_num_queries(len(few)):
        manager.get(URL)
