"""A form sent again: the same text gives the same receipt, another text is kept too."""

import pytest
from django.urls import reverse

from alerts.choices import PersonKind
from alerts.models import PERSONAL, FollowUp, IncidentReport
from tests.alerts.factories import at
from tests.alerts.test_report_form import URL, signs, typed
from tests.municipalities.factories import MunicipalityFactory

JSON = {"Accept": "application/json"}
OTHER = "ほかの文です。"


@pytest.fixture
def place(db):
    return MunicipalityFactory(name="見本市")


def test_same_key_again_leads_to_the_same_receipt(staff, place):
    first = staff.post(URL, typed())
    second = staff.post(URL, typed())
    assert first.url == second.url
    assert IncidentReport.objects.count() == 1
    assert not FollowUp.objects.exists()
    assert not list(staff.get(second.url).context["messages"])


def test_another_text_under_the_same_key_is_kept_beside_the_first(staff, place):
    staff.post(URL, typed())
    second = staff.post(URL, typed(narrative=OTHER, has_called_110="on"), follow=True)
    report = IncidentReport.objects.get()
    assert report.narrative == "新聞がたまっています。"
    note = report.follow_ups.get()
    assert OTHER in note.text
    assert str(IncidentReport._meta.get_field("has_called_110").verbose_name) in (
        note.text
    )
    assert "架空町" not in note.text, "what is the same is not repeated"
    assert note.by == staff.user
    assert len(list(second.context["messages"])) == 1
    assert OTHER not in second.text


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"person_kind": "child"}, str(PersonKind.CHILD.label)),
        ({"person_phone": "047-000-1111"}, "047-000-1111"),
        ({"signs": []}, ""),
        ({"noticed_at": "2017/3/20 10:05"}, "10:05"),
        ({"narrative": ""}, ": –"),
        (
            {"has_called_119": "on", "emergency_called_at": "2017/3/20 10:06"},
            "10:06",
        ),
    ],
)
def test_every_entry_that_differs_is_kept(staff, place, changes, shown):
    if "signs" in changes:
        changes = {"signs": signs("mail", "no_answer", "other")}
    staff.post(URL, typed())
    staff.post(URL, typed(**changes))
    text = FollowUp.objects.get().text
    assert len(text.splitlines()) >= 2
    assert shown in text


def test_second_version_sent_again_and_again_is_kept_once(staff, place):
    staff.post(URL, typed())
    for _ in range(3):
        staff.post(URL, typed(narrative=OTHER))
    staff.post(URL, typed(narrative="三つめ"))
    assert FollowUp.objects.count() == 2


def test_long_second_version_is_kept_whole(staff, place):
    staff.post(URL, typed())
    staff.post(URL, typed(narrative="あ" * 4000))
    assert "あ" * 4000 in FollowUp.objects.get().text


def test_script_learns_what_became_of_it(staff, place):
    new = staff.post(URL, typed(), headers=JSON)
    again = staff.post(URL, typed(), headers=JSON)
    other = staff.post(URL, typed(narrative=OTHER), headers=JSON)
    report = IncidentReport.objects.get()
    answer = {
        "receipt": reverse("alerts:report_receipt", args=[report.pk]),
        "number": report.receipt_number,
    }
    assert (new.status_code, new.json()) == (
        201,
        answer | {"is_new": True, "is_same": True},
    )
    assert (again.status_code, again.json()) == (
        200,
        answer | {"is_new": False, "is_same": True},
    )
    assert (other.status_code, other.json()) == (
        409,
        answer | {"is_new": False, "is_same": False},
    )
    assert report.follow_ups.count() == 1


def test_script_learns_which_entries_are_wrong(staff, place):
    answer = staff.post(URL, typed(signs=[], narrative="x" * 4001), headers=JSON)
    assert answer.status_code == 400
    errors = answer.json()["errors"]
    assert sorted(errors) == ["narrative", "signs"]
    assert all(isinstance(text, str) and text for [text] in errors.values())
    assert not IncidentReport.objects.exists()


def test_key_of_another_person_answers_the_script_without_their_report(
    staff, other_staff, place
):
    staff.post(URL, typed())
    answer = other_staff.post(URL, typed(), headers=JSON)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["__all__"]
    assert not FollowUp.objects.exists()


def test_form_of_an_erased_report_brings_its_text_not_back(staff, place):
    staff.post(URL, typed())
    blank = dict.fromkeys(PERSONAL, "")
    IncidentReport.objects.update(**blank, erased_at=at(2023, 1, 1))
    page = staff.post(URL, typed())
    assert page.context["form"].non_field_errors()
    assert not FollowUp.objects.exists()
