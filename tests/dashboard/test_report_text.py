"""Introductions are written per section; nothing is lost or overwritten unseen."""

import pytest
from django.urls import reverse

from dashboard.models import ReportText
from tests.dashboard.factories import ReportTextFactory

pytestmark = pytest.mark.usefixtures("small_registry")
OPENING = reverse("report:text", args=[2016, "opening"])
PROGRAM = reverse("report:text", args=[2016, "agreements"])
DRAFT = reverse("report:report", args=[2016]) + "?draft=1"


def seen(client, url):
    return client.get(url).context["form"]["seen"].value()


def save(client, url, text, mark=None):
    return client.post(url, {"text": text, "seen": mark or seen(client, url)})


def test_manager_writes_introductions_that_stand_in_the_draft(manager):
    answer = save(manager, OPENING, "一段落目\r\n\r\n二段落目")
    assert (answer.status_code, answer.headers["Location"]) == (302, DRAFT)
    save(manager, PROGRAM, "協定のはじめ")
    stored = dict(ReportText.objects.values_list("section", "text"))
    assert stored == {"": "一段落目\n\n二段落目", "agreements": "協定のはじめ"}
    body = manager.get(DRAFT).context["body"]
    assert body.count("<p>一段落目</p>") == body.count("<p>二段落目</p>") == 1


def test_text_is_changed_and_emptied(manager):
    ReportTextFactory(text="前の文章")
    save(manager, OPENING, "後の文章")
    assert ReportText.objects.get().text == "後の文章"
    save(manager, OPENING, "")
    assert ReportText.objects.get().text == ""


@pytest.mark.parametrize("text", ["あ" * 5001, "見本\u202e文", "見本\u200b文"])
def test_wrong_text_is_explained_and_kept(manager, text):
    ReportTextFactory(text="前の文章")
    page = save(manager, OPENING, text)
    assert page.context["form"].errors["text"]
    assert text in page.text
    assert ReportText.objects.get().text == "前の文章"


def test_what_somebody_else_saved_is_not_overwritten_unseen(manager):
    mark = seen(manager, OPENING)
    ReportTextFactory(text="ほかの人の文章")
    page = save(manager, OPENING, "わたしの文章", mark)
    assert page.context["form"].errors["text"]
    for text in ("わたしの文章", "ほかの人の文章"):
        assert text in page.text
    assert ReportText.objects.get().text == "ほかの人の文章"
    # Whoever has seen the other text may replace it.
    again = page.context["form"]["seen"].value()
    assert save(manager, OPENING, "わたしの文章", again).status_code == 302
    assert ReportText.objects.get().text == "わたしの文章"


def test_section_that_is_no_program_is_not_found(manager):
    for slug in ("nothing", "auth", "dashboard", "agreement"):
        url = reverse("report:text", args=[2016, slug])
        assert manager.get(url).status_code == 404


def test_others_do_not_write(coordinator, officer):
    for client in (coordinator, officer):
        assert client.get(OPENING).status_code == 403
        assert client.post(OPENING, {"text": "見本"}).status_code == 403
    assert not ReportText.objects.exists()
