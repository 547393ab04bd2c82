"""The lists of municipalities and desks, and the page of a desk."""

import datetime as dt

import pytest
from django.urls import reverse

from core import fiscal
from municipalities.models import Desk, phone_uri
from tests.municipalities.factories import DeskFactory, MunicipalityFactory

LIST = reverse("municipalities:municipality_list")
DESKS = reverse("municipalities:desk_list")


def test_everybody_with_a_role_looks_up_and_an_outsider_does_not(staff, outsider):
    desk = DeskFactory()
    for url in (LIST, DESKS, desk.get_absolute_url()):
        assert staff.get(url).status_code == 200
        assert outsider.get(url).status_code == 403


def test_service_area_comes_first(manager):
    MunicipalityFactory(code="011002", is_in_service_area=False)
    MunicipalityFactory(code="121002")
    rows = manager.get(LIST).context["table"].rows
    assert [row.record.code for row in rows] == ["121002", "011002"]
    only = manager.get(LIST, {"service_area": "true"})
    assert only.context["summary"]["count"] == 1


def test_number_can_be_called_at_a_touch(staff):
    desk = DeskFactory(phone="０４７－０００－００００")
    for url in (DESKS, desk.get_absolute_url()):
        assert 'href="tel:0470000000"' in staff.get(url).text
    assert phone_uri("+81 (47) 000-0000") == "tel:+81470000000"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"q": "ｶﾏｶﾞﾔ"}, 1),
        ({"q": "鎌ヶ谷 高齢"}, 1),
        ({"municipality": "鎌ケ谷市"}, 1),
        ({"prefecture": "13"}, 0),
        ({"kind": "police"}, 1),
        ({"verified": "due"}, 2),
        ({"verified": "never"}, 1),
    ],
)
def test_desks_are_filtered(staff, query, count):
    today = fiscal.local_date()
    place = MunicipalityFactory(name="鎌ケ谷市", kana="かまがやし")
    DeskFactory(municipality=place, name="高齢福祉課", verified_on=today)
    DeskFactory(kind=Desk.Kind.POLICE, verified_on=None)
    DeskFactory(verified_on=today - dt.timedelta(days=366))
    DeskFactory(is_active=False, verified_on=None)
    assert staff.get(DESKS, query).context["summary"]["count"] == count


def test_desk_is_due_after_a_year_and_not_when_closed(db):
    day = dt.date(2017, 4, 1)
    DeskFactory(verified_on=dt.date(2016, 4, 1))
    due = Desk.objects.due_for_verification(day)
    assert due.count() == 0
    assert Desk.objects.due_for_verification(dt.date(2017, 4, 2)).count() == 1
    Desk.objects.update(is_active=False)
    assert Desk.objects.due_for_verification(dt.date(2017, 4, 2)).count() == 0


def test_desk_shows_the_other_desks_of_its_municipality(staff):
    desk = DeskFactory()
    other = DeskFactory(municipality=desk.municipality)
    foreign = DeskFactory()
    page = staff.get(desk.get_absolute_url())
    assert other.get_absolute_url() in page.text
    assert foreign.get_absolute_url() not in page.text
    assert (
        staff.get(reverse("municipalities:desk_detail", args=[999])).status_code == 404
    )


def test_query_count_does_not_grow_with_rows(
    staff, django_assert_max_num_queries, django_assert_num_queries
):
    DeskFactory()
    counts = {}
    for url in (LIST, DESKS):
        with django_assert_max_num_queries(15) as few:
            staff.get(url)
        counts[url] = len(few)
    DeskFactory.create_batch(20)
    for url, count in counts.items():
        with django_assert_num_queries(count):
            staff.get(url)


def test_list_and_page_say_what_is_open_in_words(staff):
    always = DeskFactory(opening_hours="24時間", verified_on=fiscal.local_date())
    unknown = DeskFactory(opening_hours="要確認", verified_on=None)
    # A day that is none of today and tomorrow: closed whenever the test runs.
    weekday = (fiscal.local_date().weekday() + 3) % 7
    closed = DeskFactory(
        opening_hours=f"{'月火水木金土日'[weekday]} 9:00-9:01",
        is_closed_on_holidays=False,
        fallback=always,
    )
    staff.cookies["django_language"] = "en"
    table = staff.get(DESKS).text
    desks = (always, unknown, closed)
    pages = [staff.get(desk.get_absolute_url()).text for desk in desks]
    for words, page in zip(
        ("Open now", "Hours not known", "Closed now, opens"), pages, strict=True
    ):
        assert words in table
        assert words in page
    assert table.count("Not verified for a year") == 2
    assert always.phone_uri in pages[2]
    assert always.get_absolute_url() in pages[2]
