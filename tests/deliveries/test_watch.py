"""The alarm when mails do not go out, and the daily report of their sending."""

import datetime as dt
import io
from email import message_from_bytes, policy

import pytest
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command

from core.access import Role, coordinator_of
from deliveries import watch
from deliveries.models import SendingAlarm, SendingReport
from outbox import queue
from outbox.models import Mail, Worker
from outbox.worker import Sender
from tests.conftest import grant
from tests.deliveries.factories import (
    BounceFactory,
    DeliveryFactory,
    NoticeFactory,
    SentNoticeFactory,
)
from tests.deliveries.plans import PlanFactory

pytestmark = pytest.mark.django_db

JAPAN = dt.timezone(dt.timedelta(hours=9))
MONDAY = dt.date(2016, 10, 3)
NAMES = ("見本 花子", "架空 一郎", "ichiro@example.jp", "M00")


def at(hour, minute=0, day=MONDAY):
    return dt.datetime.combine(day, dt.time(hour, minute), JAPAN)


@pytest.fixture
def people(db):
    """Who is told, and who is not."""
    # As it was pasted, with a mark without width.
    grant(coordinator_of("deliveries"), email="keeper@example.jp\u200b")
    grant(Role.ADMINISTRATOR, email="admin@example.jp")
    grant(Role.MANAGER, email="manager@example.jp")
    grant(coordinator_of("deliveries"), email="")
    grant(coordinator_of("deliveries"), email="gone@example.jp", is_active=False)
    # The report of the day before is out.
    SendingReport.objects.create(day=dt.date(2016, 10, 2), reported_at=at(0))


@pytest.fixture
def worker(db):
    return Worker.objects.create(name="w", started_at=at(9), seen_at=at(23))


def waiting(count=1, due_at=None, **attributes):
    due_at = due_at or at(9)
    return Mail.objects.bulk_create(
        Mail(
            message_id=f"<{due_at:%H%M}-{n}@x>",
            created_at=due_at,
            due_at=due_at,
            expires_at=due_at + dt.timedelta(days=1),
            **attributes,
        )
        for n in range(count)
    )


def stuck_since(now):
    return watch.stuck_since(queue.standing(now))


def test_mails_that_flow_raise_no_alarm(people, worker, sent):
    waiting()
    assert watch.watch(now=at(9, 10)).done == []
    assert not SendingAlarm.objects.exists()


def test_alarm_is_raised_once_and_goes_past_the_queue(people, worker, sent):
    waiting(3)
    watch.watch(now=at(9, 11))
    watch.watch(now=at(9, 16))
    [(to, mail)] = sent
    assert set(to) == {"keeper@example.jp", "admin@example.jp"}
    [alarm] = SendingAlarm.objects.all()
    assert (alarm.raised_at, alarm.oldest_due_at) == (at(9, 11), at(9))
    assert alarm.cleared_at is None
    assert Mail.objects.filter(state="waiting").count() == 3
    text = mail.get_body(("plain",)).get_content()
    assert "/deliveries/sending/" in text


def test_alarm_comes_soon_when_no_worker_lives(people, worker):
    waiting()
    worker.seen_at = at(9)
    worker.save()
    assert stuck_since(at(9, 1)) is None
    assert stuck_since(at(9, 2)) == at(9)
    Worker.objects.all().delete()
    assert stuck_since(at(9, 1)) is None
    assert stuck_since(at(9, 2)) == at(9)


def test_nothing_to_send_is_no_alarm_though_nobody_sends(people):
    waiting(due_at=at(12))
    assert stuck_since(at(11)) is None


def test_server_that_puts_everything_off_raises_an_alarm(people, worker):
    """Each mail then waits for its next attempt, and none is overdue."""
    waiting(watch.MANY - 1, due_at=at(12), attempts=watch.ATTEMPTS)
    waiting(20, due_at=at(12, 1), attempts=watch.ATTEMPTS - 1)
    assert stuck_since(at(11)) is None
    waiting(1, due_at=at(12, 2), attempts=watch.ATTEMPTS)
    assert stuck_since(at(11)) == at(10, 50)


def test_server_that_refuses_everything_raises_an_alarm_until_one_is_sent(
    people, worker, sent
):
    """None waits then: each is parked."""
    state = {"kind": "deliveries.notice", "state": "parked", "settled_at": at(9)}
    parked = waiting(watch.MANY, **state)
    Mail.objects.filter(pk=parked[0].pk).update(state="expired")
    assert watch.watch(now=at(9, 5)).done == []
    Mail.objects.filter(pk=parked[0].pk).update(state="parked", settled_at=at(9, 1))
    watch.watch(now=at(9, 6))
    [alarm] = SendingAlarm.objects.all()
    assert (alarm.oldest_due_at, alarm.cleared_at) == (at(9), None)
    assert watch.watch(now=at(9, 7)).done == [], "the alarm itself was sent"
    assert len(sent) == 1
    Mail.objects.filter(pk=parked[1].pk).update(state="sent", settled_at=at(9, 10))
    assert watch.watch(now=at(9, 11)).done == ["alarm over"]


@pytest.mark.parametrize(("sent_at", "is_stuck"), [(at(8, 59), True), (at(9), False)])
def test_some_bad_addresses_are_no_alarm_when_others_get_their_mails(
    worker, sent_at, is_stuck
):
    kind = "deliveries.confirmation"
    waiting(1, state="sent", settled_at=sent_at, due_at=at(8), kind=kind)
    waiting(watch.MANY, state="parked", settled_at=at(9), kind=kind)
    assert (stuck_since(at(9, 1)) == at(9)) == is_stuck
    assert stuck_since(at(9) + dt.timedelta(days=3)) is None


def test_alarm_is_over_when_mails_flow_again_and_the_queue_says_so(
    people, worker, sent
):
    waiting()
    watch.watch(now=at(9, 11))
    Mail.objects.filter(state="waiting").update(due_at=at(9, 10))
    watch.watch(now=at(9, 16))
    assert SendingAlarm.objects.get().cleared_at is None, "soon late again"
    Mail.objects.filter(state="waiting").delete()
    NoticeFactory(state="failed")
    assert watch.watch(now=at(9, 17)).done == ["alarm over"]
    watch.watch(now=at(9, 18))
    assert SendingAlarm.objects.get().cleared_at == at(9, 17)
    assert len(sent) == 1
    [mail] = Mail.objects.filter(state="waiting")
    assert set(mail.recipients) == {"keeper@example.jp", "admin@example.jp"}
    assert "state=failed" in text_of(mail)


def text_of(mail):
    message = message_from_bytes(bytes(mail.content), policy=policy.default)
    return message.get_body(("plain",)).get_content()


def test_next_incident_is_told_anew(people, worker, sent):
    waiting()
    watch.watch(now=at(9, 11))
    Mail.objects.filter(state="waiting").delete()
    watch.watch(now=at(9, 17))
    Mail.objects.filter(state="waiting").delete()
    waiting(due_at=at(10))
    watch.watch(now=at(10, 11))
    assert SendingAlarm.objects.count() == 2
    assert len(sent) == 2


class Away:
    """A transport whose server is away."""

    def __init__(self, *args, **kwargs):
        pass

    def open(self):
        raise ConnectionRefusedError("nobody@example.jp")

    def close(self):
        pass


def test_alarm_that_cannot_be_sent_is_tried_again(people, worker, sent, settings):
    way = settings.OUTBOX_TRANSPORT
    settings.OUTBOX_TRANSPORT = f"{__name__}.Away"
    waiting()
    for minute in (11, 16):
        [problem] = watch.watch(now=at(9, minute)).problems
        assert "2016-10-03 09:00" in problem
        assert "example.jp" not in problem
    assert SendingAlarm.objects.get().raised_at == at(9, 11)
    settings.OUTBOX_TRANSPORT = way
    assert watch.watch(now=at(9, 21)).problems == []
    assert watch.watch(now=at(9, 26)).problems == []
    assert len(sent) == 1


def test_end_of_an_alarm_nobody_heard_of_is_not_told(people, worker, settings):
    settings.OUTBOX_TRANSPORT = f"{__name__}.Away"
    waiting()
    watch.watch(now=at(9, 11))
    Mail.objects.all().delete()
    watch.watch(now=at(9, 17))
    assert SendingAlarm.objects.get().cleared_at
    assert not Mail.objects.exists()


def test_command_ends_with_1_when_the_alarm_could_not_be_sent(
    people, settings, monkeypatch
):
    settings.OUTBOX_TRANSPORT = f"{__name__}.Away"
    monkeypatch.setattr(watch, "stuck_since", lambda standing: at(9))
    error = io.StringIO()
    with pytest.raises(CommandError):
        call_command("watch_notices", stdout=io.StringIO(), stderr=error)
    assert "MAILS DO NOT GO OUT" in error.getvalue()


def test_command_is_silent_when_there_is_nothing_to_tell(people, monkeypatch):
    monkeypatch.setattr(watch, "day_to_report", lambda now: None)
    output = io.StringIO()
    call_command("watch_notices", stdout=output)
    assert output.getvalue() == ""


def test_alarm_with_nobody_to_tell_is_a_problem(worker, sent):
    waiting()
    problems = watch.watch(now=at(9, 11)).problems
    assert any("NOBODY IS TOLD" in problem for problem in problems)
    assert sent == []


def test_mail_past_the_queue_leaves_a_settled_row_without_its_content(sent):
    mail = EmailMessage("s", "b", to=["a@example.jp"])
    queue.send_past_the_queue(mail, key="k", at=at(9))
    row = Mail.objects.get(key="k")
    assert (row.state, row.settled_at) == ("sent", at(9))
    assert (row.recipients, bytes(row.content)) == ([], b"")
    assert queue.was_sent("k")
    assert not queue.was_sent("other")


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (at(17, 59), None),
        (at(18), MONDAY),
        (at(23, 59), MONDAY),
        (at(0, 5, dt.date(2016, 10, 4)), MONDAY),
    ],
)
def test_report_is_due_from_its_hour_on_and_made_up_for(people, now, day):
    assert watch.day_to_report(now) == day


def test_report_goes_out_once_to_the_coordinators(people, worker, sent):
    assert watch.watch(now=at(18)).done == ["report of 2016-10-03"]
    assert watch.watch(now=at(18, 5)).done == []
    assert watch.watch(now=at(0, 5, dt.date(2016, 10, 4))).done == []
    [mail] = Mail.objects.all()
    assert mail.recipients == ["keeper@example.jp"]
    assert SendingReport.objects.get(day=MONDAY).reported_at == at(18)


def test_two_runs_at_once_raise_one_alarm_and_write_one_report(
    people, worker, monkeypatch
):
    waiting()
    watch.watch(now=at(9, 11))
    [alarm] = SendingAlarm.objects.all()
    assert watch._raise(at(9), at(9, 11)) == alarm
    watch.watch(now=at(18))
    mails = Mail.objects.count()
    monkeypatch.setattr(watch, "day_to_report", lambda now: MONDAY)
    assert watch.watch(now=at(18)).done == []
    assert Mail.objects.count() == mails


def test_report_of_a_run_that_is_taken_back_is_written_by_the_next(people, monkeypatch):
    def fail(*args):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", fail)
        with pytest.raises(RuntimeError):
            watch.watch(now=at(18))
    assert not SendingReport.objects.filter(day=MONDAY).exists()
    watch.watch(now=at(18, 5))
    assert Mail.objects.count() == 1


def test_report_with_nobody_to_tell_is_a_problem_once(db):
    assert len(watch.watch(now=at(18)).problems) == 1
    assert watch.watch(now=at(18, 5)).problems == []


@pytest.fixture
def busy_day(people):
    """A day of which there is something to tell."""
    SentNoticeFactory(sent_at=at(12, 20), happened_at=at(10, 5))
    SentNoticeFactory(sent_at=at(11), happened_at=at(10, 55))
    SentNoticeFactory(kind="correction", sent_at=at(17), happened_at=at(9))
    NoticeFactory()
    NoticeFactory(state="failed")
    NoticeFactory(state="cancelled", cancelled_for="paused")
    NoticeFactory(state="cancelled", cancelled_for="stale")
    NoticeFactory(state="cancelled", cancelled_for="stale")
    bounce = BounceFactory()
    family = bounce.subscription
    family.held_since, family.held_for = at(15), "bounced"
    family.save()
    PlanFactory(member_number="M-GONE", expected_by=dt.time(12))
    PlanFactory(member_number="M-LATER", expected_by=dt.time(19))
    # Of another day.
    SentNoticeFactory(delivery=DeliveryFactory(delivered_on=dt.date(2016, 10, 1)))


def test_report_holds_the_figures_and_nothing_personal(busy_day, worker):
    watch.watch(now=at(18))
    mail = Mail.objects.get()
    message = message_from_bytes(bytes(mail.content), policy=policy.default)
    _yesterday, today = figures_in(text_of(mail))
    assert [n for _label, n in today] == [3, 1, 1, 1, 3, 1, 1, 2, 1, 1, 2, 135]
    html = message.get_body(("html",)).get_content()
    for text in (text_of(mail), html, str(message["Subject"])):
        assert not [name for name in NAMES if name in text]
    assert "on=2016-10-03&progress=missing" in text_of(mail)


@pytest.mark.parametrize("count", [0, 2])
def test_report_counts_parked_mails_when_there_are_any(people, worker, count):
    waiting(count, state=Mail.State.PARKED, settled_at=at(10))
    watch.watch(now=at(18))
    mail = Mail.objects.exclude(state=Mail.State.PARKED).get()
    message = message_from_bytes(bytes(mail.content), policy=policy.default)
    for part in ("plain", "html"):
        text = message.get_body((part,)).get_content()
        assert ("送れず保留: 2" in text) == bool(count)


def figures_in(text):
    """Return (label, number) of the lines of both days."""
    days = []
    for line in text.splitlines():
        if line.startswith(("2016", "Oct", "3 ", "2 ")):
            days.append([])
        elif line.startswith("  ") and not line.strip().startswith("http"):
            label, _, number = line.strip().rpartition(": ")
            days[-1].append((label, None if number == "–" else int(number)))
    return days[-2:]


def test_day_without_mails_has_no_delay(people, worker):
    watch.watch(now=at(18))
    for day in figures_in(text_of(Mail.objects.get())):
        assert day[-1][1] is None
        assert {n for _label, n in day[:-1]} == {0}


def test_worker_sends_the_report(busy_day, sent):
    watch.watch(now=at(18))
    Mail.objects.update(due_at=at(18), expires_at=at(23))
    Sender(now=lambda: at(18, 1)).run()
    [(to, _mail)] = sent
    assert to == ["keeper@example.jp"]
