"""Bringing in lists of deliveries."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from deliveries.models import Delivery, Notice
from tests.deliveries.factories import MORNING, DeliveryFactory, SubscriptionFactory

URL = reverse("deliveries:delivery_import")
HEADER = "external_id,member_number,delivered_on,delivered_at,status"
MAILS = "ご家族へのメールは%d通です。"
GOOD = (
    "D-1,m1,2016/10/3,10:05,手渡し",
    "D-2,Ｍ２,H28.10.3,１０時６分,留め置き",
    "D-3,M3,2016-10-03,10:07,previous_untouched",
)


@pytest.fixture
def bring(coordinator, workplace):
    """Send rows of a list; return the page with errors, or the redirect."""

    def bring(*rows, header=HEADER, encoding="utf-8-sig"):
        content = "\r\n".join([header, *rows]).encode(encoding)
        file = SimpleUploadedFile("list.csv", content)
        return coordinator.post(URL, {"file": file, "workplace": workplace.pk})

    return bring


def errors(page):
    return page.context["form"].errors["file"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_list_is_taken_over(bring, encoding):
    assert bring(*GOOD, encoding=encoding).status_code == 302
    found = Delivery.objects.order_by("external_id")
    assert [(d.member_number, d.status) for d in found] == [
        ("M1", "handed_over"),
        ("M2", "left"),
        ("M3", "previous_untouched"),
    ]


def test_headers_may_be_japanese(bring):
    assert (
        bring(*GOOD, header="お届けID,組合員番号,お届け日,お届け時刻,状況").status_code
        == 302
    )


def test_same_list_twice_changes_nothing(bring):
    bring(*GOOD)
    bring(*GOOD, GOOD[0])
    assert Delivery.objects.count() == 3


def test_how_many_mails_it_brings_is_said(bring, coordinator, monkeypatch):
    def told():
        page = coordinator.get(reverse("deliveries:delivery_list"))
        return [str(message) for message in page.context["messages"]]

    monkeypatch.setattr(timezone, "now", lambda: MORNING)
    for email in ("ichiro@example.jp", "jiro@example.jp"):
        SubscriptionFactory(member_number="M1", email=email)
    bring(GOOD[0])
    assert told() == ["1行を読み、1件のお届けを新しく登録しました。" + MAILS % 2]
    bring(*GOOD)
    assert told() == ["3行を読み、2件のお届けを新しく登録しました。" + MAILS % 0]


def test_old_lists_bring_no_mails(bring):
    SubscriptionFactory(member_number="M1")
    bring(*GOOD)
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("D-9,M1,5/4/30,10:05,手渡し", "delivered_on"),
        ("D-9,M1,2099/1/1,10:05,手渡し", "delivered_on"),
        ("D-9,M1,1999/12/31,10:05,手渡し", "delivered_on"),
        ("D-9,M1,2016/10/3,24:00,手渡し", "delivered_at"),
        ("D-9,M1,2016/10/3,27:05,手渡し", "delivered_at"),
        ("D-9,M1,2016/10/3,10:05,紛失", "status"),
        ("D-9,山,2016/10/3,10:05,手渡し", "member_number"),
        (",M1,2016/10/3,10:05,手渡し", "external_id"),
    ],
)
def test_one_wrong_row_stops_all_and_is_named(bring, row, column):
    [message] = errors(bring(*GOOD, row))
    assert "list.csv" in message
    assert "5" in message
    assert column in message
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(("time", "is_taken"), [("10:31", True), ("10:34", False)])
def test_delivery_still_to_come_is_refused(bring, monkeypatch, time, is_taken):
    monkeypatch.setattr(timezone, "now", lambda: MORNING)
    SubscriptionFactory(member_number="M1")
    page = bring(f"D-9,M1,2016/10/3,{time},手渡し")
    assert (page.status_code == 302) is is_taken
    assert is_taken or "delivered_at" in str(errors(page))
    assert Notice.objects.exists() is is_taken


def test_id_with_another_content_is_named(bring):
    DeliveryFactory(external_id="D-2")
    [message] = errors(bring(*GOOD))
    assert "3" in message
    assert "external_id" in message
    assert Delivery.objects.count() == 1


def test_id_twice_in_the_list_with_another_content_is_named(bring):
    [message] = errors(bring(*GOOD, "D-1,M9,2016/10/3,10:05,手渡し"))
    assert "external_id" in message
    assert "5" in message
    assert "already" not in message
    assert not Delivery.objects.exists()


def test_many_problems_are_not_all_shown(bring):
    rows = [f"D-{n},M1,bad,10:05,手渡し" for n in range(50)]
    *shown, rest = errors(bring(*rows))
    assert len(shown) == 20
    assert "30" in rest
