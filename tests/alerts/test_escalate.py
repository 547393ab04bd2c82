"""Who is warned when of what nobody passes on."""

import datetime as dt
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from accounts.models import User
from alerts.choices import Step
from alerts.escalation import due_at, escalate, unreachable_steps
from alerts.merging import merge
from alerts.models import PERSONAL, Escalation, IncidentReport, Sign
from core.access import Role
from outbox.models import Mail
from tests.accounts.factories import WorkplaceFactory
from tests.alerts.factories import IncidentReportFactory, at
from tests.conftest import grant
from tests.smtp import mail_server

pytestmark = pytest.mark.django_db
MONDAY = at(2016, 10, 3, 10, 0)
LATER = at(2016, 10, 3, 12, 0)


@pytest.fixture(autouse=True)
def settings_of_warnings(settings):
    settings.ALERTS_URGENT_MINUTES = (10, 20)
    settings.ALERTS_MINUTES = (60, 120)
    settings.ALERTS_OFFICE_HOURS = "月-土 8:30-18:00"
    settings.SITE_URL = "https://example.test"


@pytest.fixture(autouse=True)
def people():
    """An officer and a manager with addresses, and people who are never written to."""
    grant(Role.DUTY_OFFICER, email="officer@example.test")
    grant(Role.MANAGER, email="manager@example.test")
    grant(Role.FIELD_STAFF, email="staff@example.test")
    grant(Role.DUTY_OFFICER, email="gone@example.test", is_active=False)
    grant(Role.DUTY_OFFICER, email="")


def report(received_at=MONDAY, **attributes):
    return IncidentReportFactory(
        received_at=received_at, noticed_at=received_at, **attributes
    )


def minutes(count, since=MONDAY):
    return since + dt.timedelta(minutes=count)


def sent_to():
    return [message.to for message in mail.outbox]


def test_officer_is_warned_first_then_the_manager():
    report()
    for count in (59, 60, 61, 119, 120, 121, 600):
        escalate(now=minutes(count))
        expected = [["officer@example.test"], ["manager@example.test"]]
        assert sent_to() == expected[: (count >= 60) + (count >= 120)]


def test_each_step_is_taken_once():
    report()
    for _ in range(3):
        escalate(now=LATER)
    assert Escalation.objects.count() == len(mail.outbox) == 2


@pytest.mark.parametrize("danger", [{"has_called_119": True}, {"signs": ["collapsed"]}])
def test_report_is_as_urgent_as_what_continues_it(officer, danger):
    Sign.objects.filter(code="collapsed").update(is_urgent=True)
    main, second = report(), report(received_at=minutes(5), **danger)
    actor, version = officer.user, second.version
    merge(report=second, into=main, actor=actor, at=minutes(6), version=version)
    assert escalate(now=minutes(10)).sent == {Step.OFFICER: 1}


def test_urgent_reports_are_warned_of_sooner():
    report(has_called_119=True)
    report(has_called_110=True)
    Sign.objects.filter(code="collapsed").update(is_urgent=True)
    report(signs=["collapsed"])
    report(signs=["mail"])
    assert escalate(now=minutes(9)).sent == {}
    assert escalate(now=minutes(10)).sent == {Step.OFFICER: 3}
    assert escalate(now=minutes(20)).sent == {Step.MANAGER: 3}


@pytest.mark.parametrize(
    ("received_at", "officer", "manager"),
    [
        # In the middle of the day, and over the closing hour.
        ((2016, 10, 3, 10, 0), (2016, 10, 3, 11, 0), (2016, 10, 3, 12, 0)),
        ((2016, 10, 3, 17, 30), (2016, 10, 4, 9, 0), (2016, 10, 4, 10, 0)),
        # At night, and on a Saturday evening before a Sunday.
        ((2016, 10, 4, 2, 0), (2016, 10, 4, 9, 30), (2016, 10, 4, 10, 30)),
        ((2016, 10, 8, 17, 30), (2016, 10, 11, 9, 0), (2016, 10, 11, 10, 0)),
        ((2016, 10, 16, 9, 0), (2016, 10, 17, 9, 30), (2016, 10, 17, 10, 30)),
        # Golden Week: 3 to 5 May 2016 are holidays.
        ((2016, 5, 2, 17, 0), (2016, 5, 2, 18, 0), (2016, 5, 6, 9, 30)),
        # A substitute holiday: Monday, 21 March 2016 for Sunday.
        ((2016, 3, 19, 17, 30), (2016, 3, 22, 9, 0), (2016, 3, 22, 10, 0)),
        # The turn of the year: closed from 29 December to 3 January.
        ((2016, 12, 28, 17, 30), (2017, 1, 4, 9, 0), (2017, 1, 4, 10, 0)),
    ],
)
def test_what_is_not_urgent_waits_in_office_time(received_at, officer, manager):
    for step, expected in ((Step.OFFICER, officer), (Step.MANAGER, manager)):
        assert due_at(at(*received_at), step, is_urgent=False) == at(*expected)


@pytest.mark.parametrize(
    "received_at", [at(2016, 10, 4, 2, 0), at(2016, 5, 3, 12, 0), at(2017, 1, 1, 0, 0)]
)
def test_urgent_reports_are_warned_of_at_night_and_on_holidays(received_at):
    report(received_at, has_called_119=True)
    assert escalate(now=minutes(10, received_at)).sent == {Step.OFFICER: 1}


def test_officers_of_the_workplace_are_written_to_if_there_are_any():
    place = WorkplaceFactory()
    grant(Role.DUTY_OFFICER, email="own@example.test", workplace=place)
    grant(Role.MANAGER, email="boss@example.test", workplace=place)
    report(workplace=place)
    escalate(now=LATER)
    assert sent_to() == [
        ["own@example.test"],
        ["manager@example.test", "boss@example.test"],
    ]


def test_passing_on_closing_or_merging_ends_the_warnings(officer):
    main, closed, merged = report(), report(), report()
    report(is_passed_on=True)
    escalate(now=minutes(60))
    assert len(mail.outbox) == 3
    IncidentReport.objects.filter(pk=closed.pk).update(
        state="closed", outcome="safe", closed_at=minutes(90)
    )
    merge(report=merged, into=main, actor=officer.user, at=minutes(90), version=1)
    assert escalate(now=LATER).sent == {Step.MANAGER: 1}
    assert main.receipt_number in mail.outbox[-1].body


def test_mail_says_what_waits_and_nothing_personal():
    one = report(postal_code="2730000", person_kana="ミホン ハナコ", age_band="from_85")
    escalate(now=minutes(75))
    [message] = mail.outbox
    assert one.receipt_number in message.subject
    text = f"{message.subject} {message.body} {message.alternatives[0].content}"
    assert f"https://example.test{one.get_absolute_url()}" in message.body
    assert one.municipality.name in message.body
    assert "1時間" in message.body
    assert "15分" in message.body
    for name in PERSONAL:
        if value := getattr(one, name):
            assert str(value) not in text


def test_refused_mail_is_tried_again_under_the_same_message_id(settings, caplog):
    one = report()
    with mail_server(settings, answer=451):
        summary = escalate(now=minutes(60))
    assert (summary.failed, summary.sent.total()) == (1, 0)
    assert not Escalation.objects.exists()
    assert "example.test" not in caplog.text
    assert "花子" not in caplog.text
    with mail_server(settings) as server:
        assert escalate(now=minutes(65)).sent == {Step.OFFICER: 1}
        assert escalate(now=minutes(70)).sent == {}
    [received] = server.mails
    assert server.recipients == ["<officer@example.test>"]
    identifier = f"<escalation.officer.{one.receipt_number}@example.test>"
    assert received["Message-ID"] == identifier
    assert Escalation.objects.get().at == minutes(65)


def test_failure_of_one_report_stops_no_other(monkeypatch):
    first, second = report(), report(minutes(-5))
    build = __import__("alerts.escalation", fromlist=["x"]).escalation_mail

    def fail(one, **options):
        if one == second:
            raise RuntimeError("花子")
        return build(one, **options)

    monkeypatch.setattr("alerts.escalation.escalation_mail", fail)
    summary = escalate(now=minutes(60))
    assert (summary.failed, summary.sent) == (1, {Step.OFFICER: 1})
    assert Escalation.objects.get().report == first


def test_nobody_with_an_address_is_said_loudly_and_nothing_is_marked_as_done():
    User.objects.filter(email="officer@example.test").update(email="")
    assert unreachable_steps() == [Step.OFFICER]
    report()
    summary = escalate(now=LATER)
    assert summary.unreachable == {Step.OFFICER: 1}
    assert sent_to() == [["manager@example.test"]]
    assert [one.step for one in Escalation.objects.all()] == [Step.MANAGER]


def test_hidden_mark_in_an_address_keeps_nobody_from_being_warned(settings):
    settings.EMAIL_BACKEND = "outbox.backend.EmailBackend"
    # Stored before addresses were cleaned; one is nothing but a mark.
    grant(Role.MANAGER, email="pasted@example.test\u200b")
    grant(Role.MANAGER, email="\u200b")
    report()
    assert escalate(now=LATER).failed == 0
    manager = Mail.objects.latest("pk")
    assert manager.recipients == ["manager@example.test", "pasted@example.test"]


def test_command_prints_what_it_did():
    report(dt.datetime.now(dt.UTC) - dt.timedelta(days=30))
    out = StringIO()
    call_command("escalate", stdout=out)
    assert "duty officer 1, manager 1" in out.getvalue()
    User.objects.update(email="")
    report(dt.datetime.now(dt.UTC) - dt.timedelta(days=30))
    err = StringIO()
    with pytest.raises(CommandError):
        call_command("escalate", stdout=out, stderr=err)
    assert "NOBODY IS WARNED" in err.getvalue()


def test_looking_for_what_waits_costs_the_same_for_one_and_many(
    django_assert_num_queries,
):
    for count in (1, 20):
        for _ in range(count):
            report()
        with django_assert_num_queries(3):
            assert escalate(now=minutes(30)).sent == {}
