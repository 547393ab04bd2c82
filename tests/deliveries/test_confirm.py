"""The family confirms its address: once, within seven days, by a button."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from core import fiscal
from deliveries import subscribing
from deliveries.links import Purpose
from deliveries.models import FamilyLink, Subscription
from outbox.models import Mail
from outbox.worker import Sender
from tests.deliveries.factories import MORNING, SubscriptionFactory
from tests.deliveries.families import make_link, path_of

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
NAMES = ("見本", "花子", "架空", "一郎", "ichiro")


@pytest.fixture
def waiting():
    """A subscription whose address is to be confirmed, by a mail not sent yet."""
    row = SubscriptionFactory.build(municipality=None, confirmed_on=None)
    row.municipality = SubscriptionFactory(email="other@example.jp").municipality
    return subscribing.subscribe(subscription=row, at=MORNING)


def newest_link():
    return FamilyLink.objects.filter(purpose=Purpose.CONFIRM).order_by("-pk").first()


def send(at=MORNING):
    return dict(Sender(now=lambda: at).run())


def test_subscribing_queues_one_mail_with_the_link(waiting, sent):
    assert send() == {"sent": 1}
    [(recipients, message)] = sent
    assert recipients == [waiting.email]
    for kind in ("plain", "html"):
        body = message.get_body((kind,)).get_content()
        assert path_of(newest_link()) in body
        assert not any(name in body for name in NAMES)
    assert "/stop/" in message["List-Unsubscribe"]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_mail_holds_no_link_to_what_was_sent(waiting, sent):
    send()
    links = {link.purpose: path_of(link) for link in FamilyLink.objects.all()}
    assert links["manage"] not in sent[0][1].as_string()


def test_asking_again_ends_the_older_link_and_its_mail(waiting, sent):
    older = newest_link()
    subscribing.ask_to_confirm(subscription=waiting, at=MORNING)
    assert send() == {"sent": 1}
    assert path_of(newest_link()) in sent[0][1].get_body(("plain",)).get_content()
    with pytest.raises(ValidationError) as caught:
        subscribing.confirm(link=older, at=MORNING)
    assert caught.value.code == "expired"


def test_mail_that_is_being_written_for_an_older_link_is_withheld(waiting):
    Mail.objects.all().delete()
    older = newest_link()
    subscribing.ask_to_confirm(subscription=waiting, at=MORNING)
    Mail.objects.update(reference=str(older.pk))
    assert send() == {"withheld": 1}


@pytest.mark.parametrize(
    ("later", "is_valid"), [(7 * DAY - DAY / 24, True), (7 * DAY, False)]
)
def test_link_is_valid_for_seven_days(waiting, later, is_valid):
    link = newest_link()
    if is_valid:
        subscribing.confirm(link=link, at=MORNING + later)
    else:
        with pytest.raises(ValidationError):
            subscribing.confirm(link=link, at=MORNING + later)
    waiting.refresh_from_db()
    assert (waiting.confirmed_on is not None) == is_valid


def test_second_use_changes_nothing(waiting):
    link = newest_link()
    subscribing.confirm(link=link, at=MORNING)
    subscribing.confirm(link=link, at=MORNING + DAY)
    waiting.refresh_from_db()
    link.refresh_from_db()
    assert waiting.confirmed_on == fiscal.local_date(MORNING)
    assert link.used_at == MORNING


def test_confirmed_or_ended_subscription_is_not_asked():
    for row in (
        SubscriptionFactory(),
        SubscriptionFactory(confirmed_on=None, ended_on=dt.date(2016, 5, 1)),
    ):
        with pytest.raises(ValidationError):
            subscribing.ask_to_confirm(subscription=row, at=MORNING)


def page_link(**subscription):
    """A link that is valid on the day of the test, since pages know no other day."""
    return make_link(
        Purpose.CONFIRM, at=timezone.now(), **{"confirmed_on": None, **subscription}
    )


def test_page_asks_and_the_button_confirms(client):
    link = page_link()
    page = client.get(path_of(link))
    assert page.context["state"] == "ask"
    assert not any(name in page.content.decode() for name in NAMES)
    assert client.post(path_of(link)).context["state"] == "done"
    assert Subscription.objects.get().confirmed_on == fiscal.local_date()
    for again in (client.get(path_of(link)), client.post(path_of(link))):
        assert again.status_code == 200
        assert again.context["state"] == "already"


def test_page_says_that_the_time_is_over_and_that_it_has_ended(client):
    late = make_link(Purpose.CONFIRM, confirmed_on=None)
    ended = page_link(ended_on=dt.date(2016, 5, 1))
    for link, state in ((late, "expired"), (ended, "ended")):
        for ask in (client.get, client.post):
            answer = ask(path_of(link))
            assert (answer.status_code, answer.context["state"]) == (200, state)
    assert not Subscription.objects.filter(confirmed_on__isnull=False).exists()


def test_page_says_whom_to_ask(client, settings):
    link = make_link(Purpose.CONFIRM, confirmed_on=None)
    settings.DELIVERIES_CONTACT = "見本センター 000-000-0000 <平日>"
    assert "見本センター 000-000-0000 &lt;平日&gt;" in client.get(path_of(link)).text
