"""Members, requests and groups."""

import datetime as dt

import pytest
from auditlog.models import LogEntry
from django.urls import reverse

from mutualaid.models import Group, Member, Request
from tests.municipalities.factories import MunicipalityFactory
from tests.mutualaid.factories import (
    ActivityFactory,
    GroupFactory,
    MemberFactory,
    RequestFactory,
)

MEMBER_URL = reverse("mutualaid:member_create")
REQUEST_URL = reverse("mutualaid:request_create")
LISTS = ["member_list", "request_list", "group_list", "tariff_list"]


def member_data(**changes):
    return {
        "number": "C-1",
        "name": "髙橋 見本",
        "kana": "たかはし みほん",
        "municipality": "見本市",
        "group": GroupFactory().pk,
        "role": "both",
        "joined_on": "平成28年4月1日",
    } | changes


def test_member_is_registered_and_name_stays_out_of_the_log(coordinator, manager):
    MunicipalityFactory(name="見本市")
    assert coordinator.post(MEMBER_URL, member_data()).status_code == 302
    member = Member.objects.get()
    assert member.name == "髙橋 見本"
    assert "見本" not in str(member) + repr(member)
    entries = LogEntry.objects.get_for_object(member)
    assert entries.exists()
    assert not any(
        "高橋" in str(e.changes) or "髙橋" in str(e.changes) for e in entries
    )
    assert manager.post(MEMBER_URL, member_data(number="C-2")).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": "C 1"}, "number"),
        ({"number": "C-0"}, "number"),
        ({"municipality": "999999"}, "municipality"),
        ({"left_on": "2016/3/31"}, "left_on"),
        ({"name": "見\u202e本"}, "name"),
    ],
)
def test_bad_member_is_explained(coordinator, changes, field):
    MunicipalityFactory(name="見本市")
    MemberFactory(number="C-0")
    page = coordinator.post(MEMBER_URL, member_data(**changes))
    assert list(page.context["form"].errors) == [field]
    assert Member.objects.count() == 1


def test_member_with_slips_does_not_change_group(coordinator):
    member = ActivityFactory().helper
    other = GroupFactory(code="tokyo")
    place = member.municipality
    data = member_data(number=member.number, group=other.pk, municipality=str(place))
    url = reverse("mutualaid:member_update", args=[member.pk])
    assert list(coordinator.post(url, data).context["form"].errors) == ["group"]


@pytest.mark.django_db
def test_member_is_active_from_first_to_last_day():
    member = MemberFactory(joined_on=dt.date(2016, 4, 1), left_on=dt.date(2017, 3, 20))
    for day, is_active in [
        (dt.date(2016, 3, 31), False),
        (dt.date(2016, 4, 1), True),
        (dt.date(2017, 3, 20), True),
        (dt.date(2017, 3, 21), False),
    ]:
        assert member.active_on(day) is is_active
        assert Member.objects.active_on(day).exists() is is_active


def test_hours_helped_earn_recognition(manager):
    slip = ActivityFactory(duration_minutes=500 * 60)
    page = manager.get(slip.helper.get_absolute_url())
    assert page.context["recognition"] == 500
    ActivityFactory(helper=slip.helper, duration_minutes=500 * 60 - 1)
    assert manager.get(slip.helper.get_absolute_url()).context["recognition"] == 500
    ActivityFactory(helper=slip.helper, duration_minutes=1)
    assert manager.get(slip.helper.get_absolute_url()).context["recognition"] == 1000


def test_suggestions_are_for_those_who_may_see_members(manager, outsider, staff):
    MemberFactory(number="C-1", name="見本 花子", role="helper")
    url = reverse("mutualaid:member_suggest", args=["helper"])
    assert "C-1 見本 花子" in manager.get(url, {"q": "ﾐﾎﾝ"}).text
    other = reverse("mutualaid:member_suggest", args=["recipient"])
    assert "C-1" not in manager.get(other, {"q": "ﾐﾎﾝ"}).text
    assert "C-1" not in manager.get(url, {"q": " "}).text
    assert outsider.get(url).status_code == staff.get(url).status_code == 403
    bad = reverse("mutualaid:member_suggest", args=["admin"])
    assert manager.get(bad).status_code == 404


def test_request_is_recorded_matched_and_cancelled(coordinator, manager):
    MemberFactory(number="C-1")
    MemberFactory(number="C-2")
    data = {"recipient": "C-1", "wished_on": "2030/1/7", "service": "shopping"}
    assert coordinator.post(REQUEST_URL, data).status_code == 302
    wish = Request.objects.get()
    assert wish.state == Request.State.OPEN
    edit = reverse("mutualaid:request_update", args=[wish.pk])
    coordinator.post(edit, data | {"helper": "C-2"})
    wish.refresh_from_db()
    assert wish.state == Request.State.MATCHED
    cancel = reverse("mutualaid:request_cancel", args=[wish.pk])
    assert manager.post(cancel).status_code == 403
    assert coordinator.get(cancel).status_code == 405
    coordinator.post(cancel)
    wish.refresh_from_db()
    assert wish.state == Request.State.CANCELLED
    assert coordinator.get(edit).status_code == 404
    assert coordinator.get(wish.get_absolute_url()).status_code == 200


def test_nobody_helps_themselves_by_request(coordinator):
    MemberFactory(number="C-1")
    data = {"recipient": "C-1", "wished_on": "2030/1/7", "service": "shopping"}
    page = coordinator.post(REQUEST_URL, data | {"helper": "C-1"})
    assert page.context["form"].errors


def test_group_is_recorded_and_shown(coordinator, manager):
    data = {"code": "chiba", "name": "おたがいさま 千葉", "prefecture_code": "12"}
    coordinator.post(reverse("mutualaid:group_create"), data)
    group = Group.objects.get()
    assert "おたがいさま 千葉" in manager.get(group.get_absolute_url()).text
    assert manager.post(reverse("mutualaid:group_create"), data).status_code == 403


@pytest.mark.parametrize("name", LISTS)
def test_lists_are_for_the_program(manager, outsider, name):
    RequestFactory()
    url = reverse(f"mutualaid:{name}")
    assert manager.get(url).status_code == 200
    assert outsider.get(url).status_code == 403


@pytest.mark.parametrize("name", ["member_list", "request_list"])
def test_query_count_does_not_grow_with_rows(
    manager, django_assert_max_num_queries, django_assert_num_queries, name
):
    url = reverse(f"mutualaid:{name}")
    RequestFactory()
    with django_assert_max_num_queries(20) as few:
        manager.get(url)
    for request in RequestFactory.create_batch(20):
        request.helper = MemberFactory()
        request.save()
    with django_assert_num_queries(len(few)):
        manager.get(url)
