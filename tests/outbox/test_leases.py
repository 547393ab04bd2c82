"""What workers hold: dead ones, slow ones, stopped ones, two at once."""

import datetime as dt

import pytest

from outbox import holding, queue, worker
from outbox.kinds import Outcome
from outbox.models import Mail
from outbox.worker import LEASE, Sender
from tests.outbox.factories import MORNING, MailFactory, after
from tests.smtp import DROP

pytestmark = pytest.mark.django_db
END = MORNING + LEASE


def sender(at=MORNING, **options):
    return Sender(now=lambda: at, **options)


def killed(at=MORNING, batch=50):
    """Hold what is due and begin with the first mail, as a worker that then dies."""
    dead = sender(at)
    mails = dead.claim(batch)
    holding.begin(mail=mails[0], name=dead.name, at=at)
    return mails


def send(sender, mails):
    """Send what is held, and hang up."""
    try:
        return sender.send(mails)
    finally:
        sender._close()


class Clock:
    """Goes on by a step whenever it is looked at."""

    def __init__(self, **step):
        self.at, self.step = MORNING, dt.timedelta(**step)

    def __call__(self):
        self.at += self.step
        return self.at


def test_mails_of_a_killed_worker_go_out_after_its_lease_and_not_before(server):
    MailFactory.create_batch(3)
    first, *_others = killed()
    assert sender(END - dt.timedelta(seconds=1)).run() == {}
    assert sender(END).run() == {"sent": 3}
    assert server.mails[0]["Message-ID"] == first.message_id
    attempts = Mail.objects.order_by("pk").values_list("attempts", flat=True)
    assert list(attempts) == [2, 1, 1]


def test_lease_is_twice_what_a_mail_may_take_and_ends_within_half_a_minute(settings):
    longest = dt.timedelta(seconds=settings.OUTBOX_MAIL_SECONDS)
    assert 2 * longest <= LEASE
    # A worker that has just renewed dies; another looks when its batch is over.
    assert dt.timedelta(seconds=30) > LEASE + LEASE / 4


def test_mail_whose_answer_was_lost_goes_out_again_under_its_message_id(server):
    MailFactory()
    server.answers["END"] = [DROP]
    assert sender().run() == {"waiting": 1}
    assert sender(after(seconds=10)).run() == {"sent": 1}
    assert len({mail["Message-ID"] for mail in server.mails}) == 1
    assert len(server.mails) == 2


def test_mail_that_kills_its_workers_goes_behind_the_others_and_is_parked(
    server, notebook
):
    poison = MailFactory(by_reference=True, due_at=after(hours=-1))
    MailFactory(by_reference=True)
    at = MORNING
    for count in range(1, 11):
        dead = sender(at)
        mail = next(one for one in dead.claim(50) if one.pk == poison.pk)
        holding.begin(mail=mail, name=dead.name, at=at)
        at += LEASE
        if count == holding.SUSPICIOUS:
            # The other one is no longer behind it.
            order = [mail.pk for mail in sender(at).claim(50)]
            assert order.index(poison.pk) == 1
            holding.give_back(Mail.objects.get(pk=poison.pk).claimed_by)
    assert sender(at).run() == {"sent": 1}
    poison.refresh_from_db()
    assert (poison.state, poison.last_error) == ("parked", "WorkerDied")
    assert (poison.reference, Outcome.PARKED, at) in notebook.told


def test_worker_that_lost_its_lease_sends_nothing_more(server):
    MailFactory.create_batch(2)
    slow = sender()
    mails = slow.claim(50)
    slow.now = lambda: END
    send(slow, mails)
    assert not server.mails
    assert sender(END).run() == {"sent": 2}


def test_worker_that_slept_after_it_read_the_consent_hands_nothing_over(
    server, notebook
):
    clock = [MORNING]

    def sleeps(reference, at):
        clock[0] += dt.timedelta(minutes=1)
        return notebook.mail(reference, at)

    mail = MailFactory(by_reference=True)
    sleeper = Sender(now=lambda: clock[0])
    notebook.answer = sleeps
    send(sleeper, sleeper.claim(1))
    assert server.mails == []
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (Mail.State.WAITING, 0)
    notebook.answer = notebook.mail
    assert sender(clock[0]).run() == {"sent": 1}


def test_batch_that_takes_long_is_shared_with_others(server):
    MailFactory.create_batch(20)
    slow = sender()
    mails = slow.claim(50)
    slow.now = Clock(seconds=0.5)
    worked = send(slow, mails)
    assert 1 < worked < 20
    rest = Mail.objects.exclude(state="sent")
    assert set(rest.values_list("state", "claimed_by")) == {("waiting", "")}
    assert slow.counts == {"sent": worked}


def test_mail_has_its_whole_time_however_long_connecting_took(server, notebook):
    until = []

    def answer(reference, at):
        until.append(Mail.objects.get().lease_until)
        return notebook.mail(reference, at)

    notebook.answer = answer
    MailFactory(by_reference=True)
    slow = sender()
    mails = slow.claim(50)
    late = END - dt.timedelta(seconds=1)
    slow.now = lambda: late
    send(slow, mails)
    assert until == [late + LEASE]


def test_result_that_comes_late_is_kept_unless_somebody_else_has_begun(server):
    mail = MailFactory()
    slow = sender()
    [held] = slow.claim(50)
    holding.begin(mail=held, name=slow.name, at=MORNING)
    sent = worker._over("sent", Outcome.SENT, END)
    # Somebody holds it since, and has not begun.
    other = sender(END)
    [again] = other.claim(50)
    assert holding.record(mail=held, result=sent, name=slow.name, at=END)
    assert not holding.begin(mail=again, name=other.name, at=END)
    mail.refresh_from_db()
    assert mail.state == "sent"
    assert not holding.record(mail=held, result=sent, name=slow.name, at=END)


def test_result_that_comes_after_somebody_has_begun_is_left_to_that_one(server):
    MailFactory()
    slow = sender()
    [held] = slow.claim(50)
    holding.begin(mail=held, name=slow.name, at=MORNING)
    other = sender(END)
    [again] = other.claim(50)
    holding.begin(mail=again, name=other.name, at=END)
    late = worker._failed(held, OSError(), END)
    assert not holding.record(mail=held, result=late, name=slow.name, at=END)
    assert Mail.objects.get().claimed_by == other.name


def test_sent_is_sent_even_when_it_was_withdrawn_after_the_lease(server, notebook):
    mail = MailFactory(by_reference=True)
    slow = sender()
    [held] = slow.claim(50)
    holding.begin(mail=held, name=slow.name, at=MORNING)
    holding.give_back(slow.name)
    queue.withdraw([mail.key], END)
    sent = worker._over("sent", Outcome.SENT, END)
    assert holding.record(mail=held, result=sent, name=slow.name, at=END)
    assert notebook.told == [(mail.reference, Outcome.SENT, END)]


def test_mail_that_is_withdrawn_while_it_is_held_does_not_go_out(server, notebook):
    mails = MailFactory.create_batch(2, by_reference=True)
    one = sender()
    held = one.claim(50)
    assert queue.withdraw([mails[0].key], MORNING) == 1
    send(one, held)
    assert notebook.asked == [mails[1].reference]


def test_stopped_worker_sends_its_mail_and_gives_back_the_rest(server, notebook):
    one = sender()

    def stop(reference, at):
        one.stop.set()
        return notebook.mail(reference, at)

    notebook.answer = stop
    MailFactory.create_batch(3, by_reference=True)
    assert one.run() == {"sent": 1}
    rest = Mail.objects.exclude(state="sent")
    assert set(rest.values_list("state", "claimed_by", "attempts")) == {
        ("waiting", "", 0)
    }


def test_mail_going_out_is_waited_for_and_one_of_a_dead_worker_is_not(monkeypatch):
    mail = MailFactory(by_reference=True)
    killed()
    monkeypatch.setattr(queue.timezone, "now", lambda: MORNING)
    assert not queue.wait_until_settled([mail.key], 0)
    monkeypatch.setattr(queue.timezone, "now", lambda: END)
    assert queue.wait_until_settled([mail.key], 0)
