"""Planning deliveries one by one and as a list."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from deliveries import weekdays
from deliveries.models import Plan
from deliveries.plan_imports import import_plans
from tests.accounts.factories import WorkplaceFactory
from tests.deliveries.plans import PlanFactory

CREATE = reverse("deliveries:plan_create")
IMPORT = reverse("deliveries:plan_import")
HEADER = "組合員番号,宅配の種類,曜日,到着予定時刻,開始日,事業所,終了日"
GOOD = (
    "m1,夕食宅配,月〜金,18:00,2016/10/3,,",
    "Ｍ２,宅配,水,１２時,H28.10.3,,2017/3/20",
)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("月水金", "024"),
        ("金・水・月", "024"),
        ("月曜日、火曜", "01"),
        ("月 水", "02"),
        ("月〜金", "01234"),
        ("月～木", "0123"),
        ("土-月", "056"),
        ("火から木,日", "1236"),
        ("平日", "01234"),
        ("平日・土", "012345"),
        ("毎日", "0123456"),
        ("日", "6"),
        ("日曜日", "6"),
        ("月月", "0"),
    ],
)
def test_weekdays_are_read_as_people_write_them(text, digits):
    assert weekdays.parse(text) == digits


@pytest.mark.parametrize("text", ["", "曜日", "月x", "祝", "毎週", "0", "Mon", "〜金"])
def test_what_is_no_weekday_is_refused(text):
    with pytest.raises(ValidationError):
        weekdays.parse(text)


def test_names_of_days_can_be_read_again():
    assert weekdays.parse(weekdays.names_of("0256")) == "0256"


def values(workplace, **changes):
    return {
        "member_number": "ｍ1",
        "service": "meals",
        "weekdays": ["4", "0"],
        "expected_by": "18時",
        "workplace": workplace.pk,
        "valid_from": "2016/10/3",
        "valid_until": "",
    } | changes


def test_plan_is_recorded(coordinator, workplace):
    assert coordinator.post(CREATE, values(workplace)).status_code == 302
    plan = Plan.objects.get()
    assert (plan.member_number, plan.weekdays) == ("M1", "04")
    assert (plan.expected_by, plan.valid_until) == (dt.time(18), None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": ["7"]}, "weekdays"),
        ({"service": "bread"}, "service"),
        ({"member_number": "みかん"}, "member_number"),
        ({"expected_by": "25時"}, "expected_by"),
        ({"valid_until": "2016/10/2"}, "valid_until"),
    ],
)
def test_wrong_input_is_named_beside_its_field(coordinator, workplace, change, field):
    page = coordinator.post(CREATE, values(workplace, **change))
    assert list(page.context["form"].errors) == [field]
    assert not Plan.objects.exists()


def test_second_plan_of_the_same_first_day_is_refused(coordinator, workplace):
    coordinator.post(CREATE, values(workplace))
    page = coordinator.post(CREATE, values(workplace))
    assert page.context["form"].errors
    assert Plan.objects.count() == 1


def test_plan_is_changed_and_its_days_are_ticked(coordinator, workplace):
    plan = PlanFactory(weekdays="04")
    url = reverse("deliveries:plan_update", args=[plan.pk])
    page = coordinator.get(url)
    assert page.text.count('checked=""') + page.text.count(" checked>") >= 2
    changed = values(plan.workplace, weekdays=["1"], member_number=plan.member_number)
    assert coordinator.post(url, changed).status_code == 302
    plan.refresh_from_db()
    assert plan.weekdays == "1"


def test_workplace_that_is_no_longer_in_use_stays_with_its_plan(coordinator):
    plan = PlanFactory(workplace__is_active=False)
    url = reverse("deliveries:plan_update", args=[plan.pk])
    changed = values(plan.workplace, member_number=plan.member_number)
    assert coordinator.post(url, changed).status_code == 302


def test_plan_is_ended_not_before_it_began(coordinator):
    plan = PlanFactory()
    url = reverse("deliveries:plan_end", args=[plan.pk])
    page = coordinator.post(url, {"valid_until": "2016/3/31"})
    assert list(page.context["form"].errors) == ["valid_until"]
    assert coordinator.post(url, {"valid_until": ""}).context["form"].errors
    assert coordinator.post(url, {"valid_until": "2016/10/7"}).status_code == 302
    plan.refresh_from_db()
    assert plan.valid_until == dt.date(2016, 10, 7)


def test_manager_reads_without_links_to_change(manager):
    PlanFactory()
    page = manager.get(reverse("deliveries:plan_list"))
    assert "/edit/" not in page.text


@pytest.fixture
def bring(coordinator, workplace):
    """Send rows of a list; return the page with errors, or the redirect."""

    def bring(*rows, header=HEADER, encoding="utf-8-sig"):
        content = "\r\n".join([header, *rows]).encode(encoding)
        file = SimpleUploadedFile("plans.csv", content)
        return coordinator.post(IMPORT, {"file": file, "workplace": workplace.pk})

    return bring


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_list_is_taken_over(bring, workplace, encoding):
    rows = [row.replace("〜", "-") for row in GOOD]
    assert bring(*rows, encoding=encoding).status_code == 302
    found = Plan.objects.order_by("member_number")
    assert [(p.member_number, p.service, p.weekdays) for p in found] == [
        ("M1", "meals", "01234"),
        ("M2", "groceries", "2"),
    ]
    assert {plan.workplace for plan in found} == {workplace}
    assert found[0].search_key == "m1"


def test_workplace_is_known_by_name_or_code(bring):
    other = WorkplaceFactory(code="W9", name="架空センター")
    bring("M1,宅配,月,12:00,2016/10/3,架空センター,", "M2,宅配,月,12:00,2016/10/3,w9,")
    assert {plan.workplace for plan in Plan.objects.all()} == {other}


def test_same_list_again_changes_nothing_and_another_changes_the_plan(bring):
    bring(*GOOD)
    before = list(Plan.objects.order_by("pk").values())
    assert bring(*GOOD).status_code == 302
    assert list(Plan.objects.order_by("pk").values()) == before
    bring(GOOD[0].replace("月〜金", "月"), GOOD[1])
    assert Plan.objects.count() == 2
    assert Plan.objects.get(member_number="M1").weekdays == "0"


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("M3,牛乳,月,12:00,2016/10/3,,", "宅配の種類"),
        ("M3,宅配,祝,12:00,2016/10/3,,", "曜日"),
        ("M3,宅配,月,正午,2016/10/3,,", "到着予定時刻"),
        ("M3,宅配,月,12:00,16/10/3,,", "開始日"),
        ("M3,宅配,月,12:00,2016/10/3,どこか,", "事業所"),
        ("M3,宅配,月,12:00,2016/10/3,,2016/10/2", "終了日"),
        (",宅配,月,12:00,2016/10/3,,", "組合員番号"),
        ("M1,夕食宅配,火,12:00,2016/10/3,,", "組合員番号"),
    ],
)
def test_row_that_is_wrong_is_named_and_nothing_is_taken_over(bring, row, column):
    [problem] = bring(*GOOD, row).context["form"].errors["file"]
    assert "4" in problem
    assert column in problem
    assert not Plan.objects.exists()


def test_exported_list_comes_in_again(coordinator, bring):
    bring(*GOOD)
    page = coordinator.get(reverse("deliveries:plan_list"), {"export": "csv"})
    rows = b"".join(page).decode("utf-8-sig").splitlines()[1:]
    kind = {"Evening meals": "夕食宅配", "Weekly groceries": "宅配"}
    for english, japanese in kind.items():
        rows = [row.replace(english, japanese) for row in rows]
    before = list(Plan.objects.order_by("pk").values())
    header = "組合員番号,宅配の種類,曜日,到着予定時刻,事業所,開始日,終了日"
    page = bring(*rows, header=header)
    assert page.status_code == 302, page.context["form"].errors
    assert list(Plan.objects.order_by("pk").values()) == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer")
def test_two_browsers_bring_the_same_list_at_once(workplace):
    rows = [f"M{n},夕食宅配,月〜金,18:00,2016/10/3,," for n in range(40)]
    content = "\r\n".join([HEADER, *rows]).encode()

    def bring(_number):
        try:
            return import_plans(
                file=BytesIO(content), filename="list.csv", workplace=workplace
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(bring, range(4)))
    assert sorted(outcome.created for outcome in outcomes) == [0, 0, 0, 40]
    assert Plan.objects.count() == 40
