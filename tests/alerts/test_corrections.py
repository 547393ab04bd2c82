"""What a change of a report replaces is kept, and shown to whoever may read it."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from alerts.choices import Outcome
from alerts.handling import add_follow_up, ask_again, close_report, pass_on
from alerts.models import Correction
from dashboard.closing import close_year, finish
from tests.accounts.factories import UserFactory
from tests.alerts.factories import IncidentReportFactory, at
from tests.alerts.sent_forms import sent
from tests.alerts.test_conflicts import corrected, url
from tests.municipalities.factories import DeskFactory

pytestmark = pytest.mark.django_db
OLD = ("呼んでも返事がありません。", "架空町1-2-3")


def test_correction_keeps_the_old_text_of_what_changed_and_nothing_else(officer):
    report = IncidentReportFactory(noticed_at=at(2016, 10, 3, 10, 0, 33))
    answer = corrected(
        officer,
        report,
        narrative="一度目\r\n二度目",
        channel="store",
        has_told_family="on",
        signs=[str(s.pk) for s in report.signs.all()],
    )()
    assert answer.url == report.get_absolute_url()
    kept = Correction.objects.get(report=report)
    assert kept.by == officer.user
    assert kept.before == {
        "channel": "宅配",
        "narrative": OLD[0],
        "has_told_family": "いいえ",
    }
    report.refresh_from_db()
    # The form shows no seconds; they are not a change.
    assert report.noticed_at == at(2016, 10, 3, 10, 0, 33)
    assert report.version == 2


def test_every_kind_of_field_is_kept_in_words(officer):
    report = IncidentReportFactory(age_band="from_75", signs=["mail", "lights_on"])
    names = [sign.name for sign in report.signs.all()]
    place = str(report.municipality)
    other = DeskFactory().municipality
    corrected(
        officer,
        report,
        age_band="",
        municipality=other.code,
        noticed_at="2016/10/3 9:00",
        signs=[str(report.signs.first().pk)],
    )()
    assert Correction.objects.get().before == {
        "age_band": "75〜84歳",
        "municipality": place,
        "noticed_at": "2016年10月3日 10:00",
        "signs": "、".join(names),
    }


def test_sending_the_form_unchanged_leaves_no_trace(officer):
    report = IncidentReportFactory(narrative="一行目\n二行目")
    assert corrected(officer, report)().status_code == 302
    assert not report.corrections.exists()
    report.refresh_from_db()
    assert report.version == 1


def test_history_shows_the_correction_personal_fields_only_when_revealed(
    staff, officer
):
    report = IncidentReportFactory(workplace=staff.user.workplace)
    corrected(officer, report, narrative="別の文", place="別の町", channel="store")()
    for client in (staff, officer):
        page = client.get(url("detail", report))
        assert "宅配" in page.text
        assert str(officer.user) in page.text
        assert not any(old in page.text for old in OLD)
        data = {"why": "contact"}
        revealed = client.post(url("reveal", report), data)
        assert all(old in revealed.text for old in OLD)


def test_staff_may_not_correct(staff):
    report = IncidentReportFactory(workplace=staff.user.workplace)
    assert staff.get(url("update", report)).status_code == 403
    assert "/edit/" not in staff.get(url("detail", report)).text


def test_erased_report_takes_no_personal_data_again(officer):
    report = IncidentReportFactory(is_erased=True)
    page = corrected(officer, report, narrative="また名前")()
    assert page.context["form"].non_field_errors()
    report.refresh_from_db()
    assert report.narrative == ""


def told(report, actor, **changes):
    data = {
        "desk": None,
        "desk_person": "架空さん",
        "method": "phone",
        "at": at(2016, 10, 3, 11, 0),
        "version": 1,
    }
    return pass_on(report=report, actor=actor, **data | changes)


def test_passing_on_sets_the_day_for_asking_again(settings):
    settings.ALERTS_ASK_AGAIN_DAYS = "3"
    row = told(IncidentReportFactory(), UserFactory())
    assert (row.ask_again_at, row.version) == (at(2016, 10, 6, 0, 0), 2)
    day = dt.date(2016, 12, 1)
    row = told(IncidentReportFactory(), UserFactory(), ask_again_on=day)
    assert row.ask_again_at == at(2016, 12, 1, 0, 0)


def test_day_for_asking_again_is_preset_in_the_form(officer):
    form = officer.get(url("detail", IncidentReportFactory())).context["desk_forms"]
    shown = form["pass_on"]["ask_again_on"].value()
    assert (shown - dt.datetime.now(dt.UTC).date()).days in {7, 8}


def test_wrong_telling_is_corrected_with_what_stood_before(officer, manager):
    desk = DeskFactory()
    report = IncidentReportFactory(municipality=desk.municipality)
    told(report, manager.user)
    page = officer.get(url("pass_on_update", report))
    assert page.context["form"]["desk_person"].value() == "架空さん"
    # The report's own page does not show who answered.
    assert "架空さん" not in officer.get(url("detail", report)).text
    data = sent(page, desk=str(desk.pk), desk_person="別の人", at="2016/10/3 10:45")
    assert officer.post(url("pass_on_update", report), data).status_code == 302
    report.refresh_from_db()
    assert (report.desk, report.desk_person) == (desk, "別の人")
    assert (report.passed_on_by, report.version) == (manager.user, 3)
    kept = report.corrections.get()
    assert kept.by == officer.user
    assert kept.before == {
        "desk": "–",
        "desk_person": "架空さん",
        "passed_on_at": "2016年10月3日 11:00",
    }


def test_further_desk_stands_in_the_follow_up(officer):
    desk = DeskFactory()
    report = IncidentReportFactory(municipality=desk.municipality, is_passed_on=True)
    data = {"at": "2016/10/3 12:00", "desk": desk.pk, "method": "visit"}
    officer.post(url("follow_up", report), data | {"desk_person": "窓口の人"})
    text = report.follow_ups.get().text
    assert all(word in text for word in (str(desk), "窓口の人"))
    page = officer.post(url("follow_up", report), {"at": "2016/10/3 12:00"})
    assert "text" in page.context["desk_forms"]["follow_up"].errors
    report.refresh_from_db()
    assert (report.desk, report.follow_ups.count()) == (None, 1)


def closed(report, actor, outcome, version, **changes):
    when = {"at": at(2016, 10, 5, 9, 0)} | changes
    return close_report(
        report=report, actor=actor, outcome=outcome, version=version, **when
    )


def test_unknown_outcome_is_asked_for_again_until_it_is_known(settings):
    settings.ALERTS_ASK_AGAIN_DAYS = "7"
    actor = UserFactory()
    report = IncidentReportFactory(is_passed_on=True)
    row = closed(report, actor, "unknown", 1)
    assert row.ask_again_at == at(2016, 10, 12, 0, 0)
    row = ask_again(
        report=report,
        actor=actor,
        version=2,
        at=at(2016, 10, 12, 9, 0),
        ask_again_on=dt.date(2016, 10, 20),
        text="留守でした。",
    )
    assert row.ask_again_at == at(2016, 10, 20, 0, 0)
    note = report.follow_ups.get()
    assert "2016年10月20日" in note.text
    assert "留守でした。" in note.text
    row = closed(
        report, actor, "hospital", 3, text="娘さんより", at=at(2016, 10, 21, 9, 0)
    )
    assert (row.outcome, row.ask_again_at) == ("hospital", None)
    assert row.closed_at == at(2016, 10, 5, 9, 0)
    before = str(Outcome.UNKNOWN.label)
    assert report.corrections.get().before == {"outcome": before}
    last = report.follow_ups.order_by("pk").last().text
    assert before in last
    assert "娘さんより" in last


def test_asking_again_is_refused_where_nothing_is_waited_for():
    actor = UserFactory()
    for report in (IncidentReportFactory(), IncidentReportFactory(is_closed=True)):
        with pytest.raises(ValidationError):
            ask_again(
                report=report,
                actor=actor,
                version=1,
                at=at(2016, 10, 12, 9, 0),
                ask_again_on=dt.date(2016, 10, 20),
            )


@pytest.mark.parametrize("action", ["pass_on", "ask_again"])
def test_day_for_asking_again_lies_ahead(officer, action):
    report = IncidentReportFactory(is_passed_on=action == "ask_again")
    data = {"ask_again_on": "2016/10/4", "version": 1, "method": "phone"}
    page = officer.post(url(action, report), data)
    assert "ask_again_on" in page.context["desk_forms"][action].errors


def test_follow_up_takes_no_version_and_changes_none():
    report = IncidentReportFactory()
    add_follow_up(
        report=report, actor=UserFactory(), at=at(2016, 10, 3, 12, 0), text="見本"
    )
    report.refresh_from_db()
    assert report.version == 1


def test_both_names_are_kept_and_shown_when_somebody_phoned(officer, staff):
    caller = UserFactory(display_name="電話 かけ子", workplace=staff.user.workplace)
    report = IncidentReportFactory(
        workplace=staff.user.workplace, reporter=caller, entered_by=officer.user
    )
    page = staff.get(url("detail", report)).text
    assert "電話 かけ子" in page
    assert str(officer.user) in page
    unknown = IncidentReportFactory(
        workplace=staff.user.workplace,
        reporter=None,
        reporter_name="外の 人",
        entered_by=officer.user,
    )
    assert "外の 人" not in staff.get(url("detail", unknown)).text
    assert "外の 人" in staff.post(url("reveal", unknown)).text


def test_history_is_in_order_with_names(officer):
    report = IncidentReportFactory()
    told(report, officer.user)
    add_follow_up(
        report=report, actor=officer.user, at=at(2016, 10, 3, 13, 0), text="見本"
    )
    report.escalations.create(step="officer", at=at(2016, 10, 3, 10, 30), recipients=1)
    closed(report, officer.user, "safe", 2)
    page = officer.get(reverse("alerts:report_detail", args=[report.pk]))
    events = page.context["history"]
    times = [event.at for event in events]
    assert times == sorted(times)
    assert [at_.astimezone(times[0].tzinfo) for at_ in times] == [
        at(2016, 10, 3, 10, 0),
        at(2016, 10, 3, 10, 5),
        at(2016, 10, 3, 10, 30),
        at(2016, 10, 3, 11, 0),
        at(2016, 10, 3, 13, 0),
        at(2016, 10, 5, 9, 0),
    ]
    assert events[3].by == officer.user


def test_closed_year_refuses_with_its_reason_and_loses_no_text(officer):
    report = IncidentReportFactory(is_closed=True, outcome="unknown")
    finish(close_year(year=2016, actor=None, at=at(2017, 4, 1, 9, 0)))
    page = corrected(officer, report, channel="store", narrative="新しい文")()
    assert page.status_code == 200
    assert "新しい文" in page.text
    assert page.context["form"].non_field_errors()
    page = officer.post(url("close", report), {"outcome": "safe", "version": 1})
    assert page.status_code == 200
    assert page.context["desk_forms"]["close"].non_field_errors()
    # What is not counted stays free.
    assert corrected(officer, report, narrative="新しい文")().status_code == 302
    report.refresh_from_db()
    assert (report.outcome, report.narrative) == ("unknown", "新しい文")
