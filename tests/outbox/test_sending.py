"""What becomes of a mail: sent, again later, parked, withheld, expired."""

import datetime as dt

import pytest
from django.core.exceptions import ObjectDoesNotExist

from outbox.kinds import Outcome, Postponed, Withheld
from outbox.models import Mail
from outbox.worker import IN_A_ROW, Sender, ServerAway
from tests.outbox.factories import MORNING, MailFactory, after
from tests.smtp import DROP

pytestmark = pytest.mark.django_db


def send(at=MORNING, **options):
    return Sender(now=lambda: at).run(**options)


def only_mail():
    return Mail.objects.get()


def test_due_mail_arrives_once_and_nothing_of_it_stays(server):
    queued = MailFactory()
    assert send() == {"sent": 1}
    assert send() == {}
    [(sender, recipients, _data)] = server.envelopes
    assert (sender, list(recipients)) == (queued.sender, queued.recipients)
    assert server.mails[0]["Message-ID"] == queued.message_id
    mail = only_mail()
    assert (mail.state, mail.settled_at, mail.attempts) == ("sent", MORNING, 1)
    assert (mail.recipients, bytes(mail.content), mail.claimed_by) == ([], b"", "")


def test_mail_is_not_sent_before_it_is_due(server):
    MailFactory(due_at=after(seconds=1))
    assert send() == {}
    assert send(after(seconds=1)) == {"sent": 1}


def test_urgent_mails_go_first_then_the_longest_due(server):
    late = MailFactory(due_at=after(hours=-1), priority=2)
    latest = MailFactory(due_at=after(hours=-2), priority=2)
    urgent = MailFactory(priority=0)
    send()
    order = [mail["Message-ID"] for mail in server.mails]
    assert order == [urgent.message_id, latest.message_id, late.message_id]


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "END"])
def test_failed_mail_waits_twice_as_long_each_time_and_is_parked_after_ten(
    server, notebook, step
):
    MailFactory(by_reference=True, expires_at=after(days=30))
    server.answers[step] = 451
    waits, at = [], MORNING
    for _ in range(9):
        assert send(at) == {"waiting": 1}
        waits.append((only_mail().due_at - at).total_seconds())
        at = only_mail().due_at
        assert send(at - dt.timedelta(seconds=1)) == {}
    assert send(at) == {"parked": 1}
    assert send(at + dt.timedelta(hours=1)) == {}
    assert waits == [10, 20, 40, 80, 160, 320, 640, 1280, 1800]
    assert "451" in only_mail().last_error
    assert [outcome for _reference, outcome, _at in notebook.told] == [Outcome.PARKED]


@pytest.mark.parametrize(
    ("step", "outcome"),
    [("RCPT", Outcome.REFUSED), ("END", Outcome.PARKED), ("MAIL", Outcome.PARKED)],
)
def test_permanent_refusal_parks_at_once_and_keeps_what_to_send(
    server, notebook, step, outcome
):
    mail = MailFactory(by_reference=True)
    stored = MailFactory()
    server.answers[step] = 550
    assert send() == {"parked": 2}
    assert notebook.told == [(mail.reference, outcome, MORNING)]
    stored.refresh_from_db()
    assert bytes(stored.content)
    assert stored.recipients


def test_error_is_told_without_what_the_server_said(server):
    MailFactory()
    server.answers["RCPT"] = 550
    send()
    assert only_mail().last_error == "SMTPRecipientsRefused 550"


@pytest.mark.parametrize("answer", [421, DROP])
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "END"])
def test_server_that_hangs_up_costs_only_the_mail_at_hand(server, step, answer):
    MailFactory.create_batch(3)
    server.answers[step] = [answer]
    assert send() == {"waiting": 1, "sent": 2}
    assert server.connections == 2


def test_only_the_refused_get_it_again(server):
    MailFactory(recipients=["one@example.test", "two@example.test"])
    server.answers["two@example.test"] = [451]
    assert send() == {"waiting": 1}
    assert send(after(seconds=10)) == {"sent": 1}
    assert [to for _sender, to, _data in server.envelopes] == [
        ("one@example.test",),
        ("two@example.test",),
    ]


def test_only_the_refused_get_it_again_when_it_is_written_anew(server, notebook):
    def to_both(reference, at):
        mail = notebook.mail(reference, at)
        mail.to = ["one@example.test", "two@example.test"]
        return mail

    notebook.answer = to_both
    MailFactory(by_reference=True)
    server.answers["two@example.test"] = [451]
    send()
    send(after(seconds=10))
    assert [to for _sender, to, _data in server.envelopes] == [
        ("one@example.test",),
        ("two@example.test",),
    ]


def test_refused_for_good_beside_others_is_parked_for_whom_it_is(server):
    MailFactory(recipients=["one@example.test", "two@example.test"])
    server.answers["two@example.test"] = 550
    assert send() == {"parked": 1}
    assert only_mail().recipients == ["two@example.test"]


@pytest.mark.parametrize("code", [451, 554])
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "END"])
def test_server_that_takes_no_mail_is_tried_with_one_at_a_time(server, step, code):
    MailFactory.create_batch(IN_A_ROW + 3)
    server.answers[step] = code
    sender = Sender(now=lambda: MORNING)
    for tried in (IN_A_ROW, IN_A_ROW + 1):
        with pytest.raises(ServerAway):
            sender.run()
        assert Mail.objects.filter(attempts=1).count() == tried
        assert not Mail.objects.filter(state="sending").exists()
    server.answers.clear()
    assert sender.run()["sent"] == 2


def test_bad_addresses_between_others_hold_nobody_up(server):
    bad = [f"bad{n}@example.test" for n in range(2 * IN_A_ROW)]
    server.answers |= dict.fromkeys(bad, 550)
    for number, address in enumerate(bad):
        MailFactory(recipients=[address])
        if number % (IN_A_ROW - 1) == 0:
            MailFactory()
    assert send()["parked"] == len(bad)


def test_server_that_is_away_costs_no_attempt_and_keeps_nothing(server):
    MailFactory.create_batch(3)
    server.answers["CONNECT"] = 554
    with pytest.raises(ServerAway):
        send()
    rows = Mail.objects.values_list("state", "attempts", "claimed_by", "due_at")
    assert set(rows) == {("waiting", 0, "", MORNING)}


def test_server_that_goes_away_in_the_middle_has_what_it_took(server):
    MailFactory.create_batch(3)
    server.answers |= {"QUIT": DROP, "END": [250, DROP], "CONNECT": [220, 421]}
    with pytest.raises(ServerAway):
        send()
    rows = Mail.objects.order_by("pk").values_list("state", "attempts", "claimed_by")
    assert list(rows) == [("sent", 1, ""), ("waiting", 1, ""), ("waiting", 0, "")]


def test_server_that_wants_a_sign_in_parks_nothing(server):
    MailFactory.create_batch(2)
    server.answers["MAIL"] = 530
    with pytest.raises(ServerAway, match="530"):
        send()
    rows = Mail.objects.values_list("state", "attempts", "claimed_by", "begun_at")
    assert set(rows) == {("waiting", 0, "", None)}


def test_stale_mail_is_not_sent(server, notebook):
    mail = MailFactory(by_reference=True)
    assert send(mail.expires_at) == {"expired": 1}
    assert not server.mails
    assert notebook.told == [(mail.reference, Outcome.EXPIRED, mail.expires_at)]
    assert not notebook.asked


def test_withheld_mail_is_not_sent_and_says_why(server, notebook):
    notebook.answer = lambda *_: Withheld("ended" * 100)
    MailFactory(by_reference=True)
    assert send() == {"withheld": 1}
    assert not server.mails
    assert only_mail().last_error == ("ended" * 100)[:100]


def test_postponed_mail_waits_without_having_spent_an_attempt(server, notebook):
    notebook.answer = lambda *_: Postponed(after(hours=8))
    MailFactory(by_reference=True)
    assert send() == {"waiting": 1}
    mail = only_mail()
    assert (mail.attempts, mail.due_at) == (0, after(hours=8))
    assert not notebook.told


def test_postponing_into_the_past_does_not_go_round_in_circles(server, notebook):
    notebook.answer = lambda *_: Postponed(MORNING)
    MailFactory(by_reference=True)
    assert send() == {"waiting": 1}


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (ValueError, "parked"),
        (ObjectDoesNotExist, "parked"),
        (AttributeError, "waiting"),
    ],
)
def test_mail_that_cannot_be_written_stops_no_other(server, notebook, error, state):
    poison = MailFactory(by_reference=True, due_at=after(hours=-1))

    def answer(reference, at):
        if reference == poison.reference:
            raise error
        return notebook.mail(reference, at)

    notebook.answer = answer
    MailFactory.create_batch(3, by_reference=True)
    assert send() == {state: 1, "sent": 3}
    poison.refresh_from_db()
    assert poison.last_error == error.__name__


def test_mail_of_a_kind_that_is_gone_is_parked(server):
    MailFactory(by_reference=True)
    assert send() == {"parked": 1}


def test_kind_that_cannot_note_what_became_of_a_mail_does_not_send_it_twice(
    server, notebook, caplog
):
    def fail(reference, outcome, at):
        Mail.objects.update(last_error="half done")
        raise RuntimeError("花子")

    notebook.settled = fail
    with notebook.installed():
        MailFactory.create_batch(2, by_reference=True)
        assert send() == {"sent": 2}
    assert {mail.last_error for mail in Mail.objects.all()} == {""}
    assert "RuntimeError" in caplog.text
    assert "花子" not in caplog.text


def test_limit_is_kept_over_several_batches(server):
    MailFactory.create_batch(5)
    assert Sender(now=lambda: MORNING, batch=2).run(limit=3) == {"sent": 3}


def test_kind_is_told_before_the_next_mail_is_marked_as_going_out(server, notebook):
    marked = []
    notebook.settled = lambda *_: marked.append(
        Mail.objects.filter(begun_at__isnull=False).exists()
    )
    with notebook.installed():
        MailFactory.create_batch(3, by_reference=True)
        assert send() == {"sent": 3}
    assert marked == [False] * 3
