"""No byte of another workplace's report reaches who may not see it, by any way.

Every URL × actor × own, foreign, continued and absent row × method. What is typed into
reports are canaries; they are looked for in bodies (files unpacked), headers, mails,
logs and error pages. Each URL that may show one to officers and managers is declared,
and has to write the log of reads before it does.
"""

import io
import logging
import zipfile
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

import pytest
from django.contrib import admin
from django.core import mail
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.models import AccessEntry
from alerts.models import Correction, Photo
from tests.accounts.factories import UserFactory, WorkplaceFactory
from tests.alerts.factories import (
    CaseStoryFactory,
    FollowUpFactory,
    IncidentReportFactory,
    at,
)
from tests.municipalities.factories import DeskFactory, MunicipalityFactory
from tests.test_permissions import RULES, url_names

pytestmark = pytest.mark.django_db

ABSENT = 987_654
# Where officers, managers and the own workplace see personal data, after the log.
REVEALING = {
    "alerts:photo",
    "alerts:report_pass_on_update",
    "alerts:report_print",
    "alerts:report_reveal",
    "alerts:report_update",
}
TEXTS = ("place", "person_name", "person_kana", "narrative", "desk_person")
TOWN = "架空町"
FILES = ("csv", "csv-cp932", "xlsx", "json")


@dataclass
class Marked:
    """A report in whose every text a canary sits."""

    report: object
    canaries: list[str]
    photo: Photo
    keys: dict[str, list] = field(default_factory=dict)


def mark(sign, **attributes):
    """Make a report whose texts all hold `sign`, digits where digits go."""
    texts = {name: f"カナリア{sign}{name}" for name in TEXTS}
    texts["place"] = f"{TOWN} {texts['place']}"
    number = {"甲": "1", "乙": "2", "丙": "3"}[sign]
    digits = {"person_phone": f"080-5557-000{number}", "postal_code": f"999987{number}"}
    report = IncidentReportFactory(
        is_passed_on=True,
        reporter=None,
        reporter_name=f"カナリア{sign}reporter",
        **{**texts, **digits, **attributes},
    )
    FollowUpFactory(report=report, text=f"カナリア{sign}follow")
    before = {"narrative": f"カナリア{sign}before", "person_name": f"カナリア{sign}old"}
    Correction.objects.create(
        report=report, at=at(2016, 10, 4, 9, 0), by=UserFactory(), before=before
    )
    size = {"width": 1, "height": 1}
    adding = {"added_at": report.noticed_at, "added_by": UserFactory()}
    photo = Photo(report=report, **size, **adding)
    photo.file.save("x", ContentFile(f"カナリア{sign}photo".encode()))
    story = CaseStoryFactory(report=report)
    plain = digits["person_phone"].replace("-", "")
    return Marked(
        report,
        [f"カナリア{sign}", *digits.values(), plain],
        photo,
        {"pk": [report.pk, story.pk], "photo": [photo.pk]},
    )


@pytest.fixture
def reports(workplace, settings):
    """One of the own workplace, one of another, one of another that continues it."""
    settings.DEBUG = False
    place = MunicipalityFactory()
    DeskFactory(municipality=place)
    own = mark("甲", workplace=workplace, municipality=place)
    foreign = mark("乙", workplace=WorkplaceFactory(), municipality=place)
    continued = mark(
        "丙",
        workplace=WorkplaceFactory(),
        municipality=place,
        merged_into=own.report,
        noticed_at=at(2016, 10, 3, 10, 30),
    )
    return own, foreign, continued


def addresses(reports):
    """Yield (URL name, address) for every URL and row."""
    for name in sorted(set(url_names())):
        if not name.startswith("admin:"):
            yield from ((name, url) for url in rows_of(name, reports))
    for model in admin.site._registry:
        prefix = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for page in ("changelist", "add"):
            yield prefix, reverse(f"{prefix}_{page}")
        for page in ("change", "history", "delete"):
            for one in (1, *model._default_manager.values_list("pk", flat=True)[:3]):
                yield prefix, reverse(f"{prefix}_{page}", args=[one])


def rows_of(name, reports):
    rule = RULES.get(name)
    if not name.startswith("alerts:"):
        kwargs = rule.make() if rule and rule.make else None
        return [reverse(name, kwargs=kwargs)]
    try:
        return [reverse(name)]
    except NoReverseMatch:
        kwargs = rule.make()
    (converter,) = kwargs
    kind = "photo" if isinstance(kwargs[converter], UUID) else "pk"
    keys = [key for marked in reports for key in marked.keys[kind]]
    absent = [ABSENT] if kind == "pk" else []
    return [reverse(name, kwargs={converter: key}) for key in [*keys, *absent]]


def typed(report):
    """Return what somebody types who is right at the place of the reports."""
    return {
        "municipality": str(report.municipality),
        "noticed_at": "2016/10/03 10:10",
        "channel": "home_delivery",
        "place": TOWN,
        "signs": [str(report.signs.first().pk)],
        "client_key": "00000000-0000-4000-8000-000000000000",
        "reason": "contact",
        "version": "1",
        "text": "見本",
        "at": "2016/10/04 10:10",
    }


def questions(client, url, name, data):
    """Yield everything one can ask of an address, each to be called."""
    yield partial(client.get, url)
    if name.endswith(("_list", "queue", "log", "figures")):
        for kind in FILES:
            yield partial(client.get, url, {"export": kind})
    yield partial(client.post, url, data)
    yield partial(client.delete, url)
    if not name.startswith("alerts:"):
        return
    yield partial(client.get, url, headers={"hx-request": "true"})
    yield partial(client.head, url)
    yield partial(client.post, url, data, headers={"accept": "application/json"})
    yield partial(client.post, url, data, headers={"hx-request": "true"})
    for method in (client.put, client.patch):
        yield partial(method, url)


def told(answer):
    """Return all that an answer tells: headers, and the body unpacked."""
    body = b"".join(answer)
    texts = [str(answer.headers), str(answer.cookies), body.decode(errors="ignore")]
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            texts += [book.read(one).decode(errors="ignore") for one in book.namelist()]
    elif "csv" in answer.headers.get("Content-Type", ""):
        texts.append(body.decode("cp932", errors="ignore"))
    return "\n".join(texts)


def walk(client, reports):
    """Ask everything; yield (URL name, address, what was told, new entries of the log).

    What a request changes is taken back before the next address, signing out included.
    """
    signed_in = deepcopy(client.cookies)
    client.raise_request_exception = False
    report = typed(reports[0].report)
    for name, url in addresses(reports):
        # A name where a key goes makes the select of Django's admin fail.
        data = {} if name.startswith("admin:") else report
        # No atomic block: the log of reads insists on being outside of any.
        start = transaction.savepoint()
        for ask in questions(client, url, name, data):
            client.cookies = deepcopy(signed_in)
            before = AccessEntry.objects.count()
            answer = ask()
            assert answer.status_code < 500, (name, url, ask)
            text = told(answer)
            yield name, url, text, AccessEntry.objects.count() - before
        transaction.savepoint_rollback(start)


def left_behind(caplog):
    """Return, and forget, what went into logs and mails."""
    sent = [f"{one.subject}{one.message()}" for one in mail.outbox]
    mail.outbox.clear()
    logged = caplog.text
    caplog.clear()
    return "".join([logged, *sent])


@pytest.mark.parametrize(
    "actor", ["staff", "coordinator", "administrator", "outsider", "anonymous"]
)
def test_no_byte_of_a_report_reaches_who_may_not_see_it(
    actor, reports, request, caplog
):
    caplog.set_level(logging.INFO)
    own, foreign, continued = reports
    client = Client() if actor == "anonymous" else request.getfixturevalue(actor)
    forbidden = [*foreign.canaries, *continued.canaries]
    if actor != "staff":
        forbidden += own.canaries
    seen_own = False
    for name, url, text, _entries in walk(client, reports):
        everywhere = text + left_behind(caplog)
        assert not [c for c in forbidden if c in everywhere], (name, url)
        seen_own |= own.canaries[0] in text
    # The walk would see something if there were something to see.
    assert seen_own == (actor == "staff")


@pytest.mark.parametrize("actor", ["officer", "manager"])
def test_personal_data_shows_only_where_declared_and_after_the_log(
    actor, reports, request, caplog
):
    caplog.set_level(logging.INFO)
    client = request.getfixturevalue(actor)
    canaries = [c for marked in reports for c in marked.canaries]
    showing = set()
    for name, url, text, entries in walk(client, reports):
        assert not [c for c in canaries if c in left_behind(caplog)], (name, url)
        if any(c in text for c in canaries):
            showing.add(name)
            assert entries, (name, url)
    assert showing == REVEALING


def test_crash_leaves_no_byte_of_a_report_in_page_or_log(
    officer, reports, caplog, monkeypatch
):
    def crash(*args, **kwargs):
        raise IntegrityError(f"Failing row contains ({own.report.narrative})")

    own, *_others = reports
    monkeypatch.setattr("alerts.views.reports.report_context", crash)
    officer.raise_request_exception = False
    answer = officer.get(own.report.get_absolute_url())
    assert answer.status_code == 500
    everywhere = told(answer) + left_behind(caplog)
    assert not [c for c in own.canaries if c in everywhere]
