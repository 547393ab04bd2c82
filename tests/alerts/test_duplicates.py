"""Which reports are similar, and what a hint tells whom."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.models import AccessEntry
from alerts.duplicates import similar_to, similar_to_report
from alerts.hints import HINTS_AN_HOUR, hint_lines
from alerts.models import Distinction
from tests.alerts.factories import IncidentReportFactory, at
from tests.municipalities.factories import MunicipalityFactory

pytestmark = pytest.mark.django_db
NOW = at(2016, 10, 3, 12, 0)
URL = "/alerts/similar/"
SECRETS = ("見本", "花子", "みほん", "架空町", "1-2-3", "2730000")


@pytest.fixture
def town():
    return MunicipalityFactory(prefecture="千葉県", name="見本市")


def found(town, **clues):
    clues = {"noticed_at": NOW} | clues
    similar = similar_to(municipality=town, **clues)
    return [[str(what) for what in one.likeness] for one in similar]


@pytest.mark.parametrize(
    ("stored", "typed", "is_alike"),
    [
        ("架空町1-2-3", "架空町1-2-3", True),
        ("架空町1-2-3", "架空町１丁目２番３号", True),
        ("架空町1-2-3", "架空町一丁目2番地の3", True),
        ("架空町1-2-3", "千葉県見本市架空町1ー2ー3", True),
        ("架空町1-2-3", "架空町1-2-3 みほん荘201", True),
        ("架空町1-2-3-201", "架空町1-2-3", True),
        ("かくうちょう1-2-3", "架空町1-2-3", True),
        ("ミホン荘前", "みほん荘前", True),
        ("架空町1-2-3", "架空町1-2-4", False),
        ("架空町1-2-3", "架空町11-2-3", False),
        ("架空町1-2-3", "別の町3", False),
        ("架空町1-2-3", "架空", False),
        ("架空町1-2-3", "", False),
        ("", "", False),
    ],
)
def test_places_are_compared_as_people_write_them(town, stored, typed, is_alike):
    IncidentReportFactory(municipality=town, place=stored, person_name="")
    assert found(town, place=typed) == ([["place"]] if is_alike else [])


def test_name_reading_and_postal_code_count_too(town):
    IncidentReportFactory(
        municipality=town,
        place="",
        postal_code="2730000",
        person_name="見本　花子",
        person_kana="ミホン ハナコ",
    )
    assert found(town, person_name="見本花子") == [["name"]]
    assert found(town, person_kana="みほんはなこ") == [["name"]]
    assert found(town, postal_code="2730000") == [["postal_code"]]
    assert found(town, person_name="別の人", postal_code="2730001") == []


@pytest.mark.parametrize(
    ("hours", "is_near"), [(72, True), (-72, True), (73, False), (-73, False)]
)
def test_only_reports_within_three_days_are_similar(town, hours, is_near):
    noticed_at = NOW + dt.timedelta(hours=hours)
    IncidentReportFactory(municipality=town, noticed_at=noticed_at)
    assert bool(found(town, place="架空町1-2-3")) is is_near


def test_another_municipality_is_another_place(town):
    IncidentReportFactory()
    assert found(town, place="架空町1-2-3") == []


def test_finding_costs_one_query_however_many(town, django_assert_num_queries):
    IncidentReportFactory.create_batch(5, municipality=town)
    with django_assert_num_queries(1):
        assert len(found(town, place="架空町1-2-3")) == 5
    with django_assert_num_queries(0):
        assert found(town, place=" ", person_name="") == []


def test_erased_reports_are_like_nothing(town):
    IncidentReportFactory(municipality=town, is_erased=True)
    assert found(town, place="", person_name="", postal_code="") == []


def test_what_was_told_apart_or_merged_is_not_similar_any_more(officer, town):
    one, two, three, four = IncidentReportFactory.create_batch(4, municipality=town)
    Distinction.objects.create(first=one, second=two, at=NOW, by=officer.user)
    three.merged_into = one
    three.save()
    assert [similar.report for similar in similar_to_report(one)] == [four]
    assert {similar.report for similar in similar_to_report(two)} == {three, four}


def typed(town, **clues):
    return {"municipality": str(town), "noticed_at": "2016/10/3 12:00"} | clues


@pytest.fixture
def recent(monkeypatch):
    """Let the view take NOW for now."""
    monkeypatch.setattr("alerts.views.duplicates.timezone.now", lambda: NOW)


def test_hint_tells_nothing_of_a_foreign_report_but_when(staff, town, recent):
    foreign = IncidentReportFactory(municipality=town, postal_code="2730000")
    answer = staff.post(URL, typed(town, place="架空町1-2-3"))
    assert "別の事業所" in answer.text or "another workplace" in answer.text
    assert foreign.receipt_number not in answer.text
    assert foreign.workplace.name not in answer.text
    assert foreign.get_absolute_url() not in answer.text
    assert not any(secret in answer.text for secret in SECRETS)
    assert [line.report for line in answer.context["hint"]] == [None]


def test_hint_links_to_what_the_person_may_see(staff, workplace, town, recent):
    own = IncidentReportFactory(
        municipality=town, workplace=workplace, is_passed_on=True
    )
    answer = staff.post(URL, typed(town, place="架空町1-2-3"))
    assert own.receipt_number in answer.text
    [line] = answer.context["hint"]
    assert line.is_own_workplace
    assert line.is_passed_on
    assert not any(secret in answer.text for secret in SECRETS)
    assert not AccessEntry.objects.exists()


def test_name_alone_hints_at_own_reports_only(staff, workplace, town, recent):
    IncidentReportFactory(municipality=town)
    clues = typed(town, person_name="見本 花子")
    assert staff.post(URL, clues).context["hint"] == []
    IncidentReportFactory(municipality=town, workplace=workplace)
    assert len(staff.post(URL, clues).context["hint"]) == 1


def test_hint_at_a_foreign_report_is_the_same_whatever_name_is_tried(
    staff, town, recent
):
    IncidentReportFactory(municipality=town)
    right, wrong = (
        staff.post(URL, typed(town, place="架空町1-2-3", person_name=name)).text
        for name in ("見本 花子", "別の 名前")
    )
    assert right == wrong


def test_every_hint_at_a_foreign_report_is_logged_with_it(staff, town, recent):
    foreign = IncidentReportFactory(municipality=town)
    staff.post(URL, typed(town, place="架空町1-2-3"))
    [entry] = AccessEntry.objects.of(foreign)
    assert (entry.user, entry.action) == (staff.user, "view")
    assert entry.reason
    assert entry.subject == foreign.receipt_number


def test_old_reports_of_other_workplaces_are_no_hint(staff, town):
    report = IncidentReportFactory(municipality=town)
    similar = similar_to_report(IncidentReportFactory(municipality=town))
    user = staff.user
    assert [one.report for one in similar] == [report]
    assert len(hint_lines(similar, user=user, now=NOW)) == 1
    later = NOW + dt.timedelta(days=15)
    assert hint_lines(similar, user=user, now=later) == []


def test_event_of_several_reports_is_one_line(staff, workplace, town, recent):
    main = IncidentReportFactory(municipality=town, is_passed_on=True)
    IncidentReportFactory(municipality=town, merged_into=main, workplace=workplace)
    [line] = staff.post(URL, typed(town, place="架空町1-2-3")).context["hint"]
    assert line.report.workplace == workplace
    assert line.is_passed_on


def test_hour_has_so_many_hints(staff, town, recent):
    IncidentReportFactory(municipality=town)
    cache.clear()
    clues = typed(town, place="架空町1-2-3")
    for _ in range(HINTS_AN_HOUR):
        assert staff.post(URL, clues).context["hint"]
    answer = staff.post(URL, clues)
    assert answer.context["hint"] == []
    assert answer.context["is_limited"]
    assert AccessEntry.objects.count() == HINTS_AN_HOUR


@pytest.mark.parametrize(
    "clues",
    [
        {"municipality": "", "place": "架空町1-2-3"},
        {"municipality": "どこにもない市", "place": "架空町1-2-3"},
        {"municipality": "見本市", "place": ""},
        {"municipality": "見本市", "place": "あ" * 300, "noticed_at": "きのう"},
        {},
    ],
)
def test_half_filled_form_gets_an_empty_hint(staff, town, clues):
    IncidentReportFactory(municipality=town)
    answer = staff.post(URL, clues)
    assert answer.status_code == 200
    assert answer.context["hint"] == []


def test_what_was_typed_is_not_taken_from_the_address(staff):
    assert staff.get(URL).status_code == 405


def test_coordinator_gets_the_hint_without_any_link(coordinator, workplace, town):
    IncidentReportFactory(municipality=town, workplace=workplace)
    similar = similar_to(municipality=town, noticed_at=NOW, place="架空町1-2-3")
    [line] = hint_lines(similar, user=coordinator.user, now=NOW)
    assert line.report is None
    assert line.is_own_workplace


def test_receipt_hints_without_javascript(staff, workplace, town, monkeypatch):
    monkeypatch.setattr("alerts.views.reporting.timezone.now", lambda: NOW)
    own = IncidentReportFactory(municipality=town, workplace=workplace)
    foreign = IncidentReportFactory(municipality=town)
    page = staff.get(reverse("alerts:report_receipt", args=[own.pk]))
    assert [line.report for line in page.context["hint"]] == [None]
    assert foreign.receipt_number not in page.text
    assert foreign.workplace.name not in page.text
    assert AccessEntry.objects.of(foreign).exists()


def test_form_asks_for_the_hint_by_post(staff):
    page = staff.get(f"{reverse('alerts:report_create')}?step=form")
    assert f'hx-post="{URL}"' in page.text
