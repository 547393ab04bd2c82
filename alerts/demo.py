"""Invented reports and case stories that add up to the published figures."""

import datetime as dt
import random
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from accounts.models import User, Workplace
from core import fiscal
from municipalities.models import Desk, Municipality

from .choices import (
    AgeBand,
    Channel,
    Method,
    Outcome,
    PersonKind,
    ReportState,
    Season,
    StoryState,
)
from .merging import merge
from .models import CaseStory, Correction, FollowUp, IncidentReport, Sign

# Passed on in 2016年度, by channel: 116 in all.
PASSED_ON_2016 = {Channel.HOME_DELIVERY: 81, Channel.STORE: 34, Channel.OTHER: 1}
NOT_PASSED_ON_2016 = 12
KIND_OF_CHANNEL = {
    Channel.HOME_DELIVERY: Workplace.Kind.DELIVERY_CENTRE,
    Channel.STORE: Workplace.Kind.STORE,
    Channel.OTHER: Workplace.Kind.OFFICE,
}
OUTCOMES = (
    (Outcome.SAFE, 12),
    (Outcome.SUPPORTED, 8),
    (Outcome.HOSPITAL, 4),
    (Outcome.AMBULANCE, 3),
    (Outcome.UNKNOWN, 2),
    (Outcome.DEATH, 1),
)
STORIES_TOLD = (
    ("mail", "郵便受けに新聞が3日分たまっていました。声をかけても返事がありません。"),
    ("no_answer", "いつもはすぐ出てこられますが、今日は呼んでも応答がありません。"),
    ("goods_left", "先週お届けした商品が玄関先にそのまま残っていました。"),
    ("unwell", "顔色が悪く、立っているのがつらそうでした。"),
    ("confused", "同じお話を何度もくり返され、今日の日付が分からない様子でした。"),
    ("lights_on", "昼間なのに玄関の電気がついたままでした。"),
    ("lost", "店内で帰り道が分からなくなったと話されました。"),
    ("collapsed", "玄関で倒れておられました。すぐに119番をしました。"),
)
AGES = {
    PersonKind.ELDERLY: (
        AgeBand.FROM_65,
        AgeBand.FROM_75,
        AgeBand.FROM_75,
        AgeBand.FROM_85,
    ),
    PersonKind.CHILD: (AgeBand.CHILD,),
    PersonKind.DISABLED: (AgeBand.ADULT,),
    PersonKind.OTHER: (AgeBand.ADULT, ""),
}
KINDS = ((PersonKind.ELDERLY, 85), (PersonKind.CHILD, 3), (PersonKind.DISABLED, 5))
# When people are at doors and in shops: hours, and days from Monday to Sunday.
HOURS_AT_DOORS = (
    (9, 5),
    (10, 10),
    (11, 9),
    (12, 3),
    (13, 6),
    (14, 9),
    (15, 9),
    (16, 7),
)
HOURS_AT_DOORS += ((17, 4), (18, 2))
HOURS_IN_SHOPS = ((9, 1), (10, 5), (11, 5), (13, 3), (15, 5), (16, 6), (17, 7), (18, 6))
HOURS_IN_SHOPS += ((19, 3), (20, 1))
DAYS_AT_DOORS = (10, 10, 10, 10, 10, 1, 0)
DAYS_IN_SHOPS = (6, 6, 6, 6, 7, 9, 9)
# Minutes from noticing to passing on; most within the hour, some the day after.
MINUTES = ((8, 4), (15, 8), (25, 10), (40, 8), (70, 6), (120, 4), (240, 2), (1110, 1))
JAPAN = ZoneInfo(settings.TIME_ZONE)
MINUTE, HOUR, DAY = (
    dt.timedelta(minutes=1),
    dt.timedelta(hours=1),
    dt.timedelta(days=1),
)


def load(
    *,
    today: dt.date,
    users: dict[str, User],
    progress: Callable[[str, Iterable], Iterable],
) -> None:
    """Make reports of 2016年度, last year and this, in every state, and three stories.

    What is not passed on or not known yet stands beside `today`.
    """
    maker = _Maker(users)
    queue = _Queue(maker, today)
    rows = [*maker.year_2016(), *maker.last_year(), *maker.this_year(today)]
    rows += queue.rows
    # As they would have come in: the oldest has the lowest number.
    rows.sort(key=lambda row: row[0].noticed_at)
    told = [sign for _report, sign in rows]
    made = [report for report, _sign in progress("reports", rows)]
    reports = IncidentReport.objects.bulk_create(made)
    signs = {sign.code: sign.pk for sign in Sign.objects.all()}
    through = IncidentReport.signs.through
    through.objects.bulk_create(
        through(incidentreport_id=report.pk, sign_id=signs[code])
        for report, sign in zip(reports, told, strict=True)
        for code in {sign, *(["other"] if report.pk % 5 == 0 else [])}
    )
    FollowUp.objects.bulk_create(_follow_ups(reports, users["officer"]))
    queue.tell_more()
    _make_stories(users)


class _Maker:
    """Makes unsaved reports, the same every time."""

    def __init__(self, users: dict[str, User]) -> None:
        self.chance = random.Random(2016)  # noqa: S311 - invented rows
        self.users = users
        self.places = list(Municipality.objects.in_service_area().order_by("code"))
        self.desks = {
            desk.municipality_id: desk
            for desk in Desk.objects.filter(kind=Desk.Kind.MUNICIPAL)
        }
        self.workplaces = list(Workplace.objects.order_by("code"))

    def year_2016(self) -> Iterator[tuple[IncidentReport, str]]:
        """Yield exactly the reports published as passed on, and 12 that were not."""
        first, last = dt.date(2016, 3, 21), dt.date(2017, 3, 20)
        for channel, count in PASSED_ON_2016.items():
            for _ in range(count):
                day = first + dt.timedelta(days=self.chance.randint(0, 364))
                yield self._closed(day, channel, last=last)
        for number in range(NOT_PASSED_ON_2016):
            day = first + dt.timedelta(days=self.chance.randint(0, 364))
            channel = (Channel.HOME_DELIVERY, Channel.STORE)[number % 2]
            # Somebody was fine before a desk had to be called; two were left lying.
            yield self._closed(
                day, channel, last=last, is_passed_on=False, is_open=number < 2
            )

    def last_year(self) -> Iterator[tuple[IncidentReport, str]]:
        """Yield closed reports of 2025年度."""
        for _ in range(60):
            day = dt.date(2025, 3, 21) + dt.timedelta(self.chance.randint(0, 364))
            yield self._closed(day, self._channel(), last=dt.date(2026, 3, 20))

    def this_year(self, today: dt.date) -> Iterator[tuple[IncidentReport, str]]:
        """Yield closed reports of 2026年度, all of which had ended by `today`."""
        begin = dt.date(2026, 3, 21)
        for _ in range(70):
            last = max((today - begin).days - 7, 0)
            day = begin + dt.timedelta(days=self.chance.randint(0, last))
            yield self._closed(day, self._channel(), last=begin + dt.timedelta(last))

    def report(
        self, day: dt.date, channel: Channel, sign: str = "", hour: int | None = None
    ) -> tuple[IncidentReport, str]:
        """Return a report of somebody who does not exist, and its sign."""
        chance = self.chance
        hours = HOURS_AT_DOORS if channel == Channel.HOME_DELIVERY else HOURS_IN_SHOPS
        time = dt.time(hour or self._one(hours), chance.choice((5, 20, 35, 50)))
        noticed_at = dt.datetime.combine(day, time, JAPAN)
        sign, narrative = chance.choice([s for s in STORIES_TOLD if sign in ("", s[0])])
        kind = self._one((*KINDS, (PersonKind.OTHER, 7)))
        is_named = chance.random() < 0.6
        has_called = sign == "collapsed"
        workplaces = [w for w in self.workplaces if w.kind == KIND_OF_CHANNEL[channel]]
        staff = self.users["staff"]
        report = IncidentReport(
            client_key=uuid.UUID(int=chance.getrandbits(128), version=4),
            received_at=noticed_at + chance.randint(2, 7) * MINUTE,
            noticed_at=noticed_at,
            channel=channel,
            workplace=chance.choice(workplaces),
            reporter=staff,
            entered_by=staff,
            municipality=chance.choice(self.places),
            place=f"架空町{chance.randint(1, 5)}-{chance.randint(1, 30)}",
            person_kind=kind,
            person_name="見本 花子" if is_named else "",
            person_kana="みほん はなこ" if is_named else "",
            person_phone=f"000-0000-{chance.randint(0, 9999):04}" if is_named else "",
            age_band=chance.choice(AGES[kind]),
            narrative=f"{narrative}（見本データ）",
            has_called_119=has_called,
            emergency_called_at=noticed_at + MINUTE if has_called else None,
            has_told_office=True,
        )
        return report, sign

    def pass_on(self, report: IncidentReport) -> None:
        """Let the officer have told the desk of the place."""
        report.state = ReportState.PASSED_ON
        report.desk = self.desks.get(report.municipality_id)
        report.desk_person = "架空さん"
        report.passed_on_method = self._one(((Method.PHONE, 12), (Method.MAIL, 1)))
        minutes = self._one(MINUTES) + self.chance.randint(0, 9)
        if report.has_called_119:
            minutes = 8 + minutes % 10
        report.passed_on_at = report.noticed_at + minutes * MINUTE
        report.passed_on_by = self.users["officer"]

    def _one(self, weighted: Iterable[tuple[Any, int]]) -> Any:
        values, weights = zip(*weighted, strict=True)
        return self.chance.choices(values, weights=weights)[0]

    def _channel(self) -> Channel:
        return self._one(zip(PASSED_ON_2016, (20, 8, 1), strict=True))

    def _closed(
        self,
        day: dt.date,
        channel: Channel,
        *,
        last: dt.date,
        is_passed_on: bool = True,
        is_open: bool = False,
    ) -> tuple[IncidentReport, str]:
        """Return a report of the week of `day`, on a day that suits the channel."""
        days = DAYS_AT_DOORS if channel == Channel.HOME_DELIVERY else DAYS_IN_SHOPS
        week = [min(day + dt.timedelta(n), last) for n in range(7)]
        day = self._one((one, days[one.weekday()]) for one in week)
        report, sign = self.report(day, channel)
        if is_passed_on:
            self.pass_on(report)
        if not is_open:
            report.state = ReportState.CLOSED
            report.outcome = self._one(OUTCOMES)
            begin = report.passed_on_at or report.received_at
            report.closed_at = begin + self.chance.randint(2, 40) * HOUR
        return report, sign


class _Queue:
    """The reports that the officer has before them: one or more in every state."""

    def __init__(self, maker: _Maker, today: dt.date) -> None:
        self.maker, self.today = maker, today
        self.noon = dt.datetime.combine(today, dt.time(12), JAPAN)
        self.rows: list[tuple[IncidentReport, str]] = []
        self.first: IncidentReport
        self.second: IncidentReport
        self._not_passed_on()
        self._waiting()
        self._to_be_asked_again()
        self._of_one_event()

    def tell_more(self) -> None:
        """Merge what tells of one event, and correct a report, with its history."""
        officer = self.maker.users["officer"]
        merge(
            report=self.second,
            into=self.first,
            actor=officer,
            at=self.second.received_at + 20 * MINUTE,
            version=self.second.version,
        )
        Correction.objects.create(
            report=self.first,
            by=officer,
            at=self.first.received_at + 30 * MINUTE,
            before={"place": "架空町9-9", "narrative": "新聞が2日分（見本データ）"},
        )

    def _add(self, ago: int, sign: str, *, hour: int = 10) -> IncidentReport:
        """Add a report of the staff's own place, some days before today."""
        staff = self.maker.users["staff"]
        day = self.today - dt.timedelta(days=ago)
        report, sign = self.maker.report(day, Channel.HOME_DELIVERY, sign, hour)
        report.workplace = staff.workplace
        self.rows.append((report, sign))
        return report

    def _not_passed_on(self) -> None:
        self._add(1, "collapsed", hour=16)
        self._add(1, "mail", hour=15)
        self._add(2, "confused", hour=11)
        by_phone = self._add(3, "lights_on", hour=14)
        by_phone.reporter, by_phone.reporter_name = None, "見本 太郎"
        by_phone.entered_by = self.maker.users["officer"]

    def _waiting(self) -> None:
        for ago, sign in ((1, "no_answer"), (2, "unwell"), (4, "goods_left")):
            report = self._add(ago, sign, hour=9)
            self.maker.pass_on(report)
            report.passed_on_at = report.noticed_at + 25 * MINUTE
            report.ask_again_at = self.noon + (7 - ago) * DAY

    def _to_be_asked_again(self) -> None:
        late = self._add(9, "confused", hour=13)
        unknown = self._add(15, "mail", hour=10)
        for report in (late, unknown):
            self.maker.pass_on(report)
            report.passed_on_at = report.noticed_at + 40 * MINUTE
            report.ask_again_at = self.noon - DAY
        unknown.state, unknown.outcome = ReportState.CLOSED, Outcome.UNKNOWN
        unknown.closed_at = unknown.passed_on_at + 7 * DAY

    def _of_one_event(self) -> None:
        """Add a pair from two workplaces to merge, and another that is only similar."""
        maker = self.maker
        self.first = self._add(2, "mail", hour=9)
        maker.pass_on(self.first)
        self.first.passed_on_at = self.first.noticed_at + 50 * MINUTE
        self.first.ask_again_at = self.noon + 5 * DAY
        self.second = self._from_a_shop(self.first)
        self._from_a_shop(self._add(3, "no_answer", hour=10))

    def _from_a_shop(self, first: IncidentReport) -> IncidentReport:
        day = fiscal.local_date(first.noticed_at)
        report, sign = self.maker.report(day, Channel.STORE, "mail", hour=13)
        report.municipality, report.place = first.municipality, first.place
        report.person_name, report.person_kana = first.person_name, first.person_kana
        self.rows.append((report, sign))
        return report


def _follow_ups(reports: list[IncidentReport], officer: User) -> Iterator[FollowUp]:
    for report in reports:
        if report.passed_on_at and report.pk % 4 == 0:
            yield FollowUp(
                report=report,
                by=officer,
                at=report.passed_on_at + HOUR / 2,
                text="窓口から「訪問して確認する」との連絡がありました。（見本データ）",
            )


def _make_stories(users: dict[str, User]) -> None:
    written_at = dt.datetime(2017, 2, 1, 10, 0, tzinfo=JAPAN)
    CaseStory.objects.create(
        title="たまった新聞に気づいて",
        text=(
            "配達担当が、郵便受けの新聞に気づきました。呼びかけても返事がなかったため"
            "窓口へ連絡し、職員の方が訪問。体調をくずしておられ、早い入院につながりまし"
            "た。（見本データ）"
        ),
        age_band=AgeBand.FROM_75,
        area="千葉県北部",
        season=Season.WINTER,
        state=StoryState.APPROVED,
        written_at=written_at,
        written_by=users["officer"],
        approved_at=written_at + 24 * HOUR,
        approved_by=users["manager"],
    )
    CaseStory.objects.create(
        title="お店で道をたずねられて",
        text=(
            "買い物に来られた方が、帰り道が分からないと話されました。店舗から窓口へ連"
            "絡し、ご家族と地域包括支援センターの見守りが始まりました。（見本データ）"
        ),
        age_band=AgeBand.FROM_85,
        area="埼玉県南部",
        season=Season.SUMMER,
        written_at=written_at,
        written_by=users["officer"],
    )
    CaseStory.objects.create(
        title="留守が続いていると聞いて",
        text=(
            "担当が留守の続くお宅を心配し、窓口へ連絡しました。ご家族のところに滞在して"
            "おられると分かりました。（見本データ）"
        ),
        area="東京都西部",
        season=Season.AUTUMN,
        state=StoryState.WITHDRAWN,
        written_at=written_at,
        written_by=users["officer"],
        approved_at=written_at + 24 * HOUR,
        approved_by=users["manager"],
        withdrawn_at=written_at + 72 * HOUR,
        withdrawn_by=users["manager"],
        withdrawn_reason="ご家族のご希望（見本）",
    )
