"""Case stories: written apart, approved by another person, withdrawn with a reason."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from alerts.models import CaseStory
from alerts.stories import CHECKLIST, approve_story, fingerprint, withdraw_story
from alerts.story_forms import CaseStoryForm
from tests.accounts.factories import UserFactory
from tests.alerts.factories import CaseStoryFactory, IncidentReportFactory, at

pytestmark = pytest.mark.django_db
TICKED = list(CHECKLIST)
TYPED = {
    "title": "題名",
    "text": "本文",
    "area": "千葉県北部",
    "season": "autumn",
    "checklist": TICKED,
}


def url(action, story):
    return reverse(f"alerts:story_{action}", args=[story.pk])


def writing(report=None):
    return reverse("alerts:story_create") + (f"?report={report.pk}" if report else "")


def approve(client, story, **typed):
    data = {"checklist": TICKED, "seen": fingerprint(story), **typed}
    return client.post(url("approve", story), data)


def approved(**values):
    return CaseStoryFactory(
        state="approved",
        approved_by=UserFactory(),
        approved_at=at(2016, 11, 2),
        **values,
    )


def state(story):
    story.refresh_from_db()
    return story.state


# Writing ------------------------------------------------------------------------------


def test_officer_writes_a_story_of_a_report_and_staff_may_not(officer, staff):
    report = IncidentReportFactory()
    assert staff.post(writing(report), TYPED).status_code == 403
    officer.post(writing(report), TYPED)
    story = CaseStory.objects.get()
    assert (story.report, story.written_by) == (report, officer.user)
    assert (story.state, story.season) == ("draft", "autumn")
    assert report.receipt_number in officer.get(url("detail", story)).text


def test_form_holds_nothing_of_the_report_but_the_time_of_year(officer):
    report = IncidentReportFactory(
        narrative="秘密の話", person_name="秘密 花子", place="秘密町", age_band="child"
    )
    page = officer.get(writing(report))
    assert page.status_code == 200
    assert "秘密" not in page.text
    assert page.context["form"]["season"].value() == "autumn"
    assert not page.context["form"]["age_band"].value()
    assert report.get_absolute_url() in page.text


@pytest.mark.parametrize("month", [12, 1, 2])
def test_winter_is_from_december(officer, month):
    report = IncidentReportFactory(
        noticed_at=at(2016, month, 1), received_at=at(2016, month, 1)
    )
    form = officer.get(writing(report)).context["form"]
    assert form["season"].value() == "winter"


@pytest.mark.parametrize("field", ["title", "text", "area"])
def test_story_that_tells_who_it_was_is_refused_and_nothing_is_stored(officer, field):
    report = IncidentReportFactory(person_name="架空 花子")
    page = officer.post(writing(report), TYPED | {field: "ご近所の花子さん"})
    assert "花子" in page.context["form"].errors[field][0]
    assert CaseStory.objects.count() == 0


@pytest.mark.parametrize("missing", TICKED)
def test_every_line_of_the_checklist_is_ticked_by_the_writer(officer, missing):
    ticked = [line for line in TICKED if line != missing]
    page = officer.post(writing(), TYPED | {"checklist": ticked})
    assert page.context["form"].errors.keys() == {"checklist"}
    assert CaseStory.objects.count() == 0


def test_nothing_ticked_is_one_error(officer):
    page = officer.post(writing(), TYPED | {"checklist": []})
    assert len(page.context["form"].errors["checklist"]) == 1


def test_rewritten_story_is_a_draft_of_whoever_rewrote_it(officer):
    story = approved()
    officer.post(url("update", story), TYPED | {"seen": fingerprint(story)})
    assert state(story) == "draft"
    assert (story.approved_by, story.approved_at) == (None, None)
    assert story.written_by == officer.user


def test_what_another_wrote_meanwhile_is_shown_before_it_is_replaced(officer):
    story = CaseStoryFactory()
    seen = fingerprint(story)
    CaseStory.objects.filter(pk=story.pk).update(text="もう一人の文章")
    page = officer.post(url("update", story), TYPED | {"seen": seen})
    assert "もう一人の文章" in page.context["form"].non_field_errors()[0]
    assert page.context["form"]["text"].value() == "本文"
    story.refresh_from_db()
    assert story.text == "もう一人の文章"
    again = page.context["form"]["seen"].value()
    officer.post(url("update", story), TYPED | {"seen": again})
    story.refresh_from_db()
    assert story.text == "本文"


def test_what_changes_while_the_form_is_saved_is_not_overwritten(officer):
    story = CaseStoryFactory()
    typed = TYPED | {"seen": fingerprint(story)}
    form = CaseStoryForm(typed, instance=story, user=officer.user)
    assert form.is_valid()
    CaseStory.objects.filter(pk=story.pk).update(text="もう一人の文章")
    with transaction.atomic(), pytest.raises(ValidationError):
        form.save()
    story.refresh_from_db()
    assert story.text == "もう一人の文章"


# Approving ----------------------------------------------------------------------------


def test_manager_approves_what_another_wrote_and_officer_may_not(manager, officer):
    story = CaseStoryFactory()
    assert approve(officer, story).status_code == 403
    approve(manager, story)
    assert state(story) == "approved"
    assert story.approved_by == manager.user
    assert list(CaseStory.objects.approved()) == [story]


def test_nobody_approves_an_own_story(manager):
    story = CaseStoryFactory(written_by=manager.user)
    assert manager.get(url("detail", story)).context["form"] is None
    assert len(approve(manager, story).context["refused"]) == 1
    assert state(story) == "draft"
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseStory.objects.update(approved_by=manager.user, approved_at=at(2016, 11, 2))


@pytest.mark.parametrize("missing", TICKED)
def test_every_line_of_the_checklist_is_ticked_by_the_approver(manager, missing):
    story = CaseStoryFactory()
    ticked = [line for line in TICKED if line != missing]
    page = approve(manager, story, checklist=ticked)
    assert page.context["form"].errors.keys() == {"checklist"}
    assert state(story) == "draft"


def test_story_rewritten_since_it_was_read_is_not_approved(manager):
    story = CaseStoryFactory()
    seen = fingerprint(story)
    CaseStory.objects.filter(pk=story.pk).update(text="書き直した文章")
    page = approve(manager, story, seen=seen)
    assert len(page.context["refused"]) == 1
    assert "書き直した文章" in page.text
    assert page.context["form"]["seen"].value() != seen
    assert state(story) == "draft"


def test_story_that_tells_who_it_was_is_not_approved(manager):
    report = IncidentReportFactory(person_name="架空 花子")
    story = CaseStoryFactory(report=report, text="花子さんを見つけた。")
    page = approve(manager, story)
    assert "花子" in page.context["refused"][0]
    # What was found is not kept as a message in the session or a cookie.
    assert not list(page.context["messages"])
    assert state(story) == "draft"


def test_without_the_form_nothing_is_approved_unticked_or_withdrawn_unexplained():
    story, other = CaseStoryFactory(), UserFactory()
    now = at(2016, 11, 3)
    with pytest.raises(ValidationError):
        approve_story(
            story=story,
            actor=other,
            at=now,
            checklist=TICKED[1:],
            seen=fingerprint(story),
        )
    with pytest.raises(ValidationError):
        withdraw_story(story=approved(), actor=other, at=now, reason=" ")


def test_only_a_draft_is_approved(manager):
    story = CaseStoryFactory(state="withdrawn")
    assert len(approve(manager, story).context["refused"]) == 1
    assert state(story) == "withdrawn"


def test_stories_waiting_for_the_person_are_counted_and_listed(manager, officer):
    other = CaseStoryFactory()
    CaseStoryFactory(written_by=manager.user)
    approved()
    address = reverse("alerts:story_list")
    assert manager.get(address).context["waiting"] == 1
    assert officer.get(address).context["waiting"] is None
    rows = manager.get(address, {"waiting": "me"})
    assert [row.record for row in rows.context["table"].rows] == [other]


# Withdrawing --------------------------------------------------------------------------


def test_manager_withdraws_an_approved_story_with_a_reason(manager, officer):
    story = approved()
    assert officer.post(url("withdraw", story), {"reason": "…"}).status_code == 403
    manager.post(url("withdraw", story), {"reason": "家族の希望"})
    assert state(story) == "withdrawn"
    assert story.withdrawn_by == manager.user
    assert story.withdrawn_at is not None
    assert "家族の希望" in manager.get(url("detail", story)).text
    assert not CaseStory.objects.approved().exists()


@pytest.mark.parametrize("reason", ["", "  "])
def test_without_a_reason_nothing_is_withdrawn(manager, reason):
    story = approved()
    page = manager.post(url("withdraw", story), {"reason": reason})
    assert page.context["form"].errors["reason"]
    assert state(story) == "approved"


def test_draft_is_not_withdrawn(manager):
    story = CaseStoryFactory()
    page = manager.post(url("withdraw", story), {"reason": "家族の希望"})
    assert len(page.context["refused"]) == 1
    assert state(story) == "draft"


def test_withdrawn_story_can_be_rewritten_and_approved_anew(manager, officer):
    story = approved()
    manager.post(url("withdraw", story), {"reason": "家族の希望"})
    story.refresh_from_db()
    officer.post(url("update", story), TYPED | {"seen": fingerprint(story)})
    assert state(story) == "draft"
    assert (story.withdrawn_by, story.withdrawn_at) == (None, None)
    assert story.withdrawn_reason == ""
    approve(manager, story)
    assert state(story) == "approved"


# Looking ------------------------------------------------------------------------------


def test_preview_is_what_the_report_prints(officer):
    story = CaseStoryFactory(season="winter", age_band="from_75", text="一行\n二行")
    page = officer.get(url("detail", story))
    (shown,) = page.context["preview"]["stories"]
    assert shown["season"] == story.get_season_display()
    assert "一行<br>二行" in page.text
    assert f"千葉県北部 / {shown['season']} / {shown['age']}" in page.text


def test_search_folds_width(manager):
    CaseStoryFactory(title="ﾌﾞｻﾞｰの音")
    CaseStoryFactory()
    found = manager.get(reverse("alerts:story_list"), {"q": "ブザー"})
    assert found.context["summary"]["count"] == 1
