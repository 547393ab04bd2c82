"""Case stories: another person approves, and a rewritten one is a draft again."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from alerts.models import CaseStory
from tests.accounts.factories import UserFactory
from tests.alerts.factories import CaseStoryFactory, IncidentReportFactory, at

pytestmark = pytest.mark.django_db
TYPED = {"title": "題名", "text": "本文", "area": "千葉県北部"}


def url(action, story):
    return reverse(f"alerts:story_{action}", args=[story.pk])


def test_officer_writes_a_story_of_a_report_and_staff_may_not(officer, staff):
    report = IncidentReportFactory()
    create = f"{reverse('alerts:story_create')}?report={report.pk}"
    assert staff.post(create, TYPED).status_code == 403
    officer.post(create, TYPED)
    story = CaseStory.objects.get()
    assert (story.report, story.written_by) == (report, officer.user)
    assert story.state == "draft"
    assert report.receipt_number in officer.get(url("detail", story)).text


def test_manager_approves_what_another_wrote_and_officer_may_not(manager, officer):
    story = CaseStoryFactory()
    assert officer.post(url("approve", story)).status_code == 403
    manager.post(url("approve", story))
    story.refresh_from_db()
    assert (story.state, story.approved_by) == ("approved", manager.user)
    assert list(CaseStory.objects.approved()) == [story]


def test_nobody_approves_an_own_story(manager):
    story = CaseStoryFactory(written_by=manager.user)
    page = manager.post(url("approve", story), follow=True)
    assert len(list(page.context["messages"])) == 1
    story.refresh_from_db()
    assert story.state == "draft"
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseStoryFactory(
            state="approved",
            written_by=manager.user,
            approved_by=manager.user,
            approved_at=at(2016, 11, 2),
        )


def test_manager_withdraws_an_approved_story_only(manager):
    story = CaseStoryFactory()
    manager.post(url("withdraw", story))
    story.refresh_from_db()
    assert story.state == "draft"
    manager.post(url("approve", story))
    manager.post(url("withdraw", story))
    story.refresh_from_db()
    assert story.state == "withdrawn"


def test_rewritten_story_is_a_draft_of_whoever_rewrote_it(officer, manager):
    story = CaseStoryFactory(
        state="approved", approved_by=UserFactory(), approved_at=at(2016, 11, 2)
    )
    officer.post(url("update", story), TYPED)
    story.refresh_from_db()
    assert (story.state, story.approved_by) == ("draft", None)
    assert story.written_by == officer.user


def test_search_folds_width(manager):
    CaseStoryFactory(title="ﾌﾞｻﾞｰの音")
    CaseStoryFactory()
    found = manager.get(reverse("alerts:story_list"), {"q": "ブザー"})
    assert found.context["summary"]["count"] == 1
