"""The queue in the administration: what it shows, and two decisions."""

import datetime as dt

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from outbox.kinds import Outcome
from outbox.models import Mail
from tests.outbox.factories import MORNING, MailFactory, WorkerFactory, after

pytestmark = pytest.mark.django_db
MAILS = reverse("admin:outbox_mail_changelist")
PARKED = {"state": "parked", "settled_at": MORNING, "last_error": "SMTPDataError 550"}
NEVER = dt.datetime(9000, 1, 1, tzinfo=dt.UTC)


def act(client, action, *mails):
    chosen = [mail.pk for mail in mails]
    data = {"action": action, "_selected_action": chosen}
    page = client.post(f"{MAILS}?state=all", data, follow=True)
    assert page.status_code == 200
    for mail in mails:
        mail.refresh_from_db()
    return page


def test_list_begins_with_what_is_not_sent(administrator):
    MailFactory(message_id="<a@b.test>")
    MailFactory(**PARKED)
    sent = MailFactory(state="sent", settled_at=after(hours=3))
    page = administrator.get(MAILS)
    assert len(page.context["cl"].result_list) == 2
    assert "SMTPDataError 550" in page.text
    page = administrator.get(MAILS, {"state": "sent"})
    assert list(page.context["cl"].result_list) == [sent]
    page = administrator.get(MAILS, {"state": "all"})
    assert len(page.context["cl"].result_list) == 3


def test_neither_recipients_nor_texts_are_shown(administrator):
    mail = MailFactory(recipients=["hanako@example.test"], content=b"canary", **PARKED)
    page = administrator.get(reverse("admin:outbox_mail_change", args=[mail.pk]))
    assert mail.message_id.strip("<>") in page.text
    for text in (page.text, administrator.get(MAILS).text):
        assert "hanako" not in text
        assert "canary" not in text


@pytest.mark.parametrize(
    "question",
    [
        {"recipients__icontains": "hanako"},
        {"content__isnull": "True"},
        {"sender__startswith": "a"},
        {"lease_until__year": "-1"},
        {"id__in": "9" * 20},
    ],
)
def test_nobody_asks_for_recipients_in_the_address(administrator, question):
    MailFactory(recipients=["hanako@example.test"], **PARKED)
    assert administrator.get(MAILS, question).status_code == 400
    workers = reverse("admin:outbox_worker_changelist")
    assert administrator.get(workers, question).status_code == 400


@pytest.mark.parametrize("question", [{"kind": "a.b"}, {"kind__isnull": "True"}])
def test_filters_are_answered(administrator, question):
    assert administrator.get(MAILS, question).status_code == 200


def test_mail_is_only_looked_at(administrator):
    mail = MailFactory(**PARKED)
    change = reverse("admin:outbox_mail_change", args=[mail.pk])
    assert administrator.post(change, {"state": "sent"}).status_code == 403
    delete = reverse("admin:outbox_mail_delete", args=[mail.pk])
    assert administrator.post(delete, {"post": "yes"}).status_code == 403
    assert administrator.get(reverse("admin:outbox_mail_add")).status_code == 403
    mail.refresh_from_db()
    assert mail.state == "parked"


def test_parked_mail_goes_out_once_more(administrator):
    ordinary = MailFactory(attempts=10, **PARKED)
    waiting = MailFactory()
    act(administrator, "send", ordinary, waiting)
    assert (ordinary.state, ordinary.attempts) == ("waiting", 0)
    assert ordinary.settled_at is None
    assert ordinary.due_at <= timezone.now() < ordinary.expires_at
    assert bytes(ordinary.content)
    assert waiting.due_at == MORNING
    [entry] = LogEntry.objects.all()
    assert entry.object_id == str(ordinary.pk)


def test_stale_news_does_not_go_out_once_more(administrator):
    stale = MailFactory(by_reference=True, **PARKED)
    fresh = MailFactory(by_reference=True, expires_at=NEVER, **PARKED)
    page = act(administrator, "send", stale, fresh)
    assert (stale.state, fresh.state) == ("parked", "waiting")
    assert fresh.expires_at == NEVER
    assert [message.level_tag for message in page.context["messages"]] == [
        "info",
        "warning",
    ]


def test_waiting_mail_is_not_sent_and_its_kind_is_told(administrator, notebook):
    waiting = MailFactory(by_reference=True)
    stored = MailFactory()
    going_out = MailFactory(held=True, begun_at=MORNING)
    parked = MailFactory(**PARKED)
    act(administrator, "withhold", waiting, stored, going_out, parked)
    states = [waiting.state, stored.state, going_out.state, parked.state]
    assert states == ["withheld", "withheld", "sending", "parked"]
    assert (stored.recipients, bytes(stored.content)) == ([], b"")
    [(reference, outcome, _at)] = notebook.told
    assert (reference, outcome) == (waiting.reference, Outcome.BY_HAND)


def test_who_may_only_look_decides_nothing(administrator):
    administrator.user.groups.clear()
    mail = MailFactory()
    data = {"action": "withhold", "_selected_action": [mail.pk]}
    assert administrator.post(MAILS, data).status_code == 403
    assert Mail.objects.get().state == "waiting"


def test_workers_are_listed_with_whether_they_live(administrator):
    WorkerFactory()
    WorkerFactory(seen_at=timezone.now())
    page = administrator.get(reverse("admin:outbox_worker_changelist"))
    assert page.text.count("icon-yes") == page.text.count("icon-no") == 1
