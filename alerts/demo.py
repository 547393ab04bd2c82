"""Invented reports and case stories that add up to the published figures."""

import datetime as dt
import random
import uuid
from collections.abc import Callable, Iterable, Iterator
from zoneinfo import ZoneInfo

from django.conf import settings

from accounts.models import User, Workplace
from municipalities.models import Desk, Municipality

from .choices import AgeBand, Channel, Method, Outcome, ReportState, StoryState
from .models import CaseStory, FollowUp, IncidentReport, Sign

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
AGES = (AgeBand.FROM_65, AgeBand.FROM_75, AgeBand.FROM_75, AgeBand.FROM_85)
JAPAN = ZoneInfo(settings.TIME_ZONE)
HOUR = dt.timedelta(hours=1)


def load(
    *,
    today: dt.date,
    users: dict[str, User],
    progress: Callable[[str, Iterable], Iterable],
) -> None:
    """Make the reports of 2016年度, of last year and this, and two case stories."""
    maker = _Maker(users)
    rows = [*maker.year_2016(), *maker.last_year(), *maker.this_year(today)]
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
        first = dt.date(2016, 3, 21)
        for channel, count in PASSED_ON_2016.items():
            for _ in range(count):
                day = first + dt.timedelta(days=self.chance.randint(0, 364))
                yield self._closed(day, channel)
        for number in range(NOT_PASSED_ON_2016):
            day = first + dt.timedelta(days=self.chance.randint(0, 364))
            channel = (Channel.HOME_DELIVERY, Channel.STORE)[number % 2]
            # Somebody was fine before a desk had to be called; two were left lying.
            yield self._closed(day, channel, is_passed_on=False, is_open=number < 2)

    def last_year(self) -> Iterator[tuple[IncidentReport, str]]:
        """Yield closed reports of 2025年度."""
        for _ in range(60):
            day = dt.date(2025, 3, 21) + dt.timedelta(self.chance.randint(0, 364))
            yield self._closed(day, self._channel())

    def this_year(self, today: dt.date) -> Iterator[tuple[IncidentReport, str]]:
        """Yield reports of 2026年度 up to `today`, some open at the staff's place."""
        begin = dt.date(2026, 3, 21)
        days = max((today - begin).days, 1)
        for _ in range(70):
            day = begin + dt.timedelta(days=self.chance.randint(0, max(days - 2, 0)))
            yield self._closed(day, self._channel())
        staff = self.users["staff"]
        for ago in range(8):
            day = max(today - dt.timedelta(days=ago + 1), begin)
            report, sign = self._report(day, Channel.HOME_DELIVERY)
            report.workplace, report.entered_by = staff.workplace, staff
            report.reporter = staff
            if ago >= 4:
                self._pass_on(report)
            yield report, sign

    def _channel(self) -> Channel:
        return self.chance.choices(list(PASSED_ON_2016), weights=(20, 8, 1))[0]

    def _report(self, day: dt.date, channel: Channel) -> tuple[IncidentReport, str]:
        chance = self.chance
        time = dt.time(chance.randint(9, 17), chance.choice((5, 20, 35, 50)))
        noticed_at = dt.datetime.combine(day, time, JAPAN)
        kind = KIND_OF_CHANNEL[channel]
        sign, narrative = chance.choice(STORIES_TOLD)
        staff = self.users["staff"]
        report = IncidentReport(
            client_key=uuid.UUID(int=chance.getrandbits(128), version=4),
            received_at=noticed_at + dt.timedelta(minutes=chance.randint(2, 40)),
            noticed_at=noticed_at,
            channel=channel,
            workplace=chance.choice([w for w in self.workplaces if w.kind == kind]),
            reporter=staff,
            entered_by=staff,
            municipality=chance.choice(self.places),
            place=f"架空町{chance.randint(1, 5)}-{chance.randint(1, 30)}",
            person_name="見本 花子" if chance.random() < 0.6 else "",
            age_band=chance.choice(AGES),
            narrative=f"{narrative}（見本データ）",
            has_called_119=sign == "collapsed",
            has_told_office=True,
        )
        return report, sign

    def _pass_on(self, report: IncidentReport) -> None:
        report.state = ReportState.PASSED_ON
        report.desk = self.desks.get(report.municipality_id)
        report.desk_person = "架空さん"
        report.passed_on_method = Method.PHONE
        report.passed_on_at = report.noticed_at + self.chance.randint(1, 4) * HOUR
        report.passed_on_by = self.users["officer"]

    def _closed(
        self,
        day: dt.date,
        channel: Channel,
        *,
        is_passed_on: bool = True,
        is_open: bool = False,
    ) -> tuple[IncidentReport, str]:
        report, sign = self._report(day, channel)
        if is_passed_on:
            self._pass_on(report)
        if not is_open:
            outcomes, weights = zip(*OUTCOMES, strict=True)
            report.state = ReportState.CLOSED
            report.outcome = self.chance.choices(outcomes, weights=weights)[0]
            report.closed_at = report.noticed_at + self.chance.randint(5, 15) * HOUR
        return report, sign


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
        written_at=written_at,
        written_by=users["officer"],
    )
