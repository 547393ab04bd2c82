"""Recording what was noticed: stop screen, form, receipt, sent once."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from alerts.models import IncidentReport, Sign
from tests.alerts.factories import IncidentReportFactory
from tests.municipalities.factories import DeskFactory, MunicipalityFactory

URL = reverse("alerts:report_create")
KEY = str(uuid.UUID(int=1))


def typed(**changes):
    return {
        "client_key": KEY,
        "channel": "home_delivery",
        "municipality": "見本市",
        "postal_code": "〒２７３－００００",
        "place": "架空町1-2-3",
        "noticed_at": "H29.3.20 23時59分",
        "signs": signs("mail"),
        "narrative": "新聞がたまっています。",
        "has_told_office": "on",
    } | changes


def signs(*codes):
    return [sign.pk for sign in Sign.objects.filter(code__in=codes)]


@pytest.fixture
def place(db):
    return MunicipalityFactory(name="見本市")


def test_emergency_numbers_come_before_the_form(staff):
    page = staff.get(URL)
    assert 'href="tel:119"' in page.text
    assert 'href="tel:110"' in page.text
    assert "?step=form" in page.text
    assert "client_key" not in page.text


def test_staff_sends_a_report_and_gets_a_number_outsider_may_not(
    staff, outsider, place
):
    DeskFactory(municipality=place, phone="047-111-2222")
    response = staff.post(URL, typed())
    report = IncidentReport.objects.get()
    assert response.url == reverse("alerts:report_receipt", args=[report.pk])
    receipt = staff.get(response.url)
    assert report.receipt_number in receipt.text
    assert 'href="tel:0471112222"' in receipt.text
    assert "架空町" not in receipt.text
    assert outsider.post(URL, typed()).status_code == 403


def test_report_carries_workplace_person_and_fiscal_year(staff, place):
    staff.post(URL, typed())
    report = IncidentReport.objects.get()
    assert report.workplace == staff.user.workplace
    assert (report.reporter, report.entered_by) == (staff.user, staff.user)
    assert report.postal_code == "2730000"
    assert report.fiscal_year == 2016
    assert str(report.noticed_on) == "2017-03-20"
    assert [sign.code for sign in report.signs.all()] == ["mail"]
    assert (report.has_told_office, report.has_called_119) == (True, False)


@pytest.mark.parametrize(
    ("kind", "channel"),
    [
        ("delivery_centre", "home_delivery"),
        ("store", "store"),
        ("office", "other"),
    ],
)
def test_channel_is_preset_from_the_workplace(staff, kind, channel):
    staff.user.workplace.kind = kind
    staff.user.workplace.save()
    form = staff.get(URL, {"step": "form"}).context["form"]
    assert form["channel"].value() == channel


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"noticed_at": "2099/1/1 9:00"}, "noticed_at"),
        ({"noticed_at": "5/4/30 9:00"}, "noticed_at"),
        ({"municipality": "999999"}, "municipality"),
        ({"postal_code": "27"}, "postal_code"),
        ({"signs": []}, "signs"),
        ({"signs": ["9" * 23]}, "signs"),
        ({"client_key": "x"}, "client_key"),
        ({"place": "架空町\u202e"}, "place"),
    ],
)
def test_bad_input_is_explained_beside_its_field(staff, place, changes, field):
    page = staff.post(URL, typed(**changes))
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert not IncidentReport.objects.exists()


def test_key_of_another_person_shows_nothing_of_their_report(staff, other_staff, place):
    staff.post(URL, typed())
    page = other_staff.post(URL, typed())
    assert page.status_code == 200
    assert page.context["form"].non_field_errors()
    assert IncidentReport.objects.count() == 1


def test_coordinator_sees_the_receipt_of_their_own_session_only(coordinator, place):
    response = coordinator.post(URL, typed())
    assert coordinator.get(response.url).status_code == 200
    foreign = IncidentReportFactory()
    other = reverse("alerts:report_receipt", args=[foreign.pk])
    assert coordinator.get(other).status_code == 404
    own = reverse("alerts:report_detail", args=[IncidentReport.objects.last().pk])
    assert coordinator.get(own).status_code == 403


def test_officer_records_on_behalf_of_somebody_without_an_account(officer, place):
    data = typed(workplace=officer.user.workplace_id, reporter_name="架空 次郎")
    officer.post(URL, data)
    report = IncidentReport.objects.get()
    assert (report.reporter, report.reporter_name) == (None, "架空 次郎")
    assert report.entered_by == officer.user


def test_staff_cannot_write_another_name_or_workplace(staff, place):
    other = IncidentReportFactory().workplace
    IncidentReport.objects.all().delete()
    staff.post(URL, typed(workplace=other.pk, reporter_name="架空 次郎"))
    report = IncidentReport.objects.get()
    assert report.workplace == staff.user.workplace
    assert report.reporter == staff.user
    assert report.reporter_name == ""


def test_person_without_workplace_is_asked_for_one(staff, place):
    workplace = staff.user.workplace
    staff.user.workplace = None
    staff.user.save()
    page = staff.post(URL, typed())
    assert list(page.context["form"].errors) == ["workplace"]
    staff.post(URL, typed(workplace=workplace.pk))
    assert IncidentReport.objects.get().workplace == workplace


def test_form_takes_what_another_program_hands_over(staff, place):
    session = staff.session
    session["handover"] = {
        "k": {
            "municipality": place.code,
            "place": "架空町9",
            "narrative": "前回分あり",
            "channel": "store",
            "person_name": "x",
        }
    }
    session.save()
    stop = staff.get(URL, {"handover": "k"})
    assert "step=form&amp;handover=k" in stop.text
    form = staff.get(URL, {"step": "form", "handover": "k"}).context["form"]
    assert form["municipality"].value() == str(place)
    assert form["place"].value() == "架空町9"
    assert form["channel"].value() == "store"
    assert form["person_name"].value() is None


def test_year_long_before_the_records_begin_is_refused(staff):
    page = staff.post(URL, {"noticed_at": "1950/1/1 1:00"})
    assert "noticed_at" in page.context["form"].errors


def test_call_to_119_is_noted_with_its_time_and_nothing_in_the_address(staff, place):
    address = staff.post(URL, {"called": "119", "handover": ""}).url
    assert "119" not in address.partition("handover=")[0]
    form = staff.get(address).context["form"]
    assert form["has_called_119"].value() is True
    assert not form["has_called_110"].value()
    called_at = form["emergency_called_at"].value()
    staff.post(
        URL,
        typed(
            noticed_at="2017/3/20 9:00",
            has_called_119="on",
            emergency_called_at="2017/3/20 9:05",
        ),
    )
    assert called_at
    report = IncidentReport.objects.get()
    assert f"{timezone.localtime(report.emergency_called_at):%H:%M}" == "09:05"


def test_call_keeps_what_another_program_handed_over(staff, place):
    session = staff.session
    session["handover"] = {"k": {"place": "架空町9"}}
    session.save()
    address = staff.post(URL, {"called": "110", "handover": "k"}).url
    form = staff.get(address).context["form"]
    assert form["place"].value() == "架空町9"
    assert form["has_called_110"].value() is True


def test_number_that_is_none_notes_no_call(staff, place):
    address = staff.post(URL, {"called": "999"}).url
    form = staff.get(address).context["form"]
    assert not form["has_called_119"].value()
    assert not form["emergency_called_at"].value()


def test_time_of_a_call_counts_only_with_its_tick_and_never_in_the_future(staff, place):
    page = staff.post(
        URL, typed(has_called_110="on", emergency_called_at="2099/1/1 9:00")
    )
    assert list(page.context["form"].errors) == ["emergency_called_at"]
    staff.post(URL, typed(emergency_called_at="2017/3/20 9:05"))
    assert IncidentReport.objects.get().emergency_called_at is None


def test_call_long_before_the_records_begin_is_refused(staff, place):
    page = staff.post(
        URL, typed(has_called_119="on", emergency_called_at="1900/1/1 9:00")
    )
    assert list(page.context["form"].errors) == ["emergency_called_at"]


def test_no_choice_is_a_row_of_dashes(officer, staff, place):
    for client in (officer, staff):
        assert "---" not in client.get(URL, {"step": "form"}).text
