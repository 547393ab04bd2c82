"""Approved case stories go into the annual report of their year, and nothing else."""

import datetime as dt
import json

import pytest

from alerts.contributions import still_approved, stories
from alerts.models import CaseStory
from dashboard.indicators import Moment
from tests.accounts.factories import UserFactory
from tests.alerts.factories import CaseStoryFactory, IncidentReportFactory, at

pytestmark = pytest.mark.django_db
YEAR = Moment(2016, dt.date(2017, 3, 20))


def approved(**values):
    return CaseStoryFactory(
        state="approved",
        approved_by=UserFactory(),
        approved_at=at(2017, 3, 25),
        **values,
    )


def titles(moment=YEAR):
    return [story["title"] for story in stories(moment).get("stories", ())]


def test_only_approved_stories_are_told():
    approved(title="承認")
    CaseStoryFactory(title="下書き")
    CaseStoryFactory(title="取り下げ", state="withdrawn")
    assert titles() == ["承認"]


def test_without_stories_nothing_is_told():
    assert stories(YEAR) == {}


def test_story_belongs_to_the_year_of_its_report_or_of_its_writing():
    report = IncidentReportFactory(noticed_at=at(2017, 3, 20))
    approved(title="年度末の連絡", report=report, written_at=at(2017, 4, 5))
    approved(title="最終日に書いた", written_at=at(2017, 3, 20, 23, 59))
    approved(title="翌年度", written_at=at(2017, 3, 21, 0, 0))
    assert titles() == ["最終日に書いた", "年度末の連絡"]
    assert titles(Moment(2017, dt.date(2018, 3, 20))) == ["翌年度"]


def test_nothing_of_the_report_is_told():
    report = IncidentReportFactory(
        noticed_at=at(2016, 10, 3), narrative="秘密の話", person_name="秘密 花子"
    )
    approved(report=report, age_band="from_85")
    (story,) = stories(YEAR)["stories"]
    assert set(story) == {"id", "title", "text", "age", "area", "season"}
    told = json.dumps(stories(YEAR), ensure_ascii=False)
    assert "秘密" not in told
    assert report.receipt_number not in told


def test_withdrawn_or_rewritten_story_leaves_the_public_page():
    one, other, third = approved(title="一"), approved(title="二"), approved(title="三")
    frozen = stories(YEAR)
    CaseStory.objects.filter(pk=one.pk).update(state="withdrawn")
    CaseStory.objects.filter(pk=third.pk).update(text="書き直した")
    assert [s["id"] for s in still_approved(frozen)["stories"]] == [other.pk]
    CaseStory.objects.filter(pk=other.pk).update(state="withdrawn")
    assert still_approved(frozen) == {}


def test_report_frozen_before_there_were_seasons_still_tells_its_stories():
    story = approved(season="winter")
    frozen = {"stories": [dict(told) for told in stories(YEAR)["stories"]]}
    del frozen["stories"][0]["season"]
    assert still_approved(frozen) == frozen
    CaseStory.objects.filter(pk=story.pk).update(season="spring")
    assert still_approved(stories(YEAR)) == stories(YEAR)
    assert still_approved({"stories": [frozen["stories"][0] | {"season": "冬"}]}) == {}


def test_stories_cost_one_query(django_assert_num_queries):
    for _ in range(5):
        approved()
    with django_assert_num_queries(1):
        stories(YEAR)
