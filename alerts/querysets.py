"""Sets of incident reports."""

import datetime as dt
from typing import Self

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat, LPad

from accounts.models import User
from agreements.models import Agreement
from core.access import ScopedQuerySet
from core.fiscal import FiscalYear

from .choices import Outcome, ReportState, StoryState

NUMBER_DIGITS = 6


class IncidentReportQuerySet(ScopedQuerySet):
    """Reports: passed on, waiting, with number, with agreement."""

    def passed_on(self) -> Self:
        """Return those that reached a municipal desk, closed or not."""
        return self.filter(passed_on_at__isnull=False)

    def waiting(self) -> Self:
        """Return those that nobody has passed on or closed yet."""
        return self.counted().filter(state=ReportState.RECEIVED)

    def awaiting_answer(self, at: dt.datetime) -> Self:
        """Return those passed on whose desk need not be asked again yet."""
        later = Q(ask_again_at__isnull=True) | Q(ask_again_at__gt=at)
        return self.counted().filter(later, state=ReportState.PASSED_ON)

    def to_ask_again(self, at: dt.datetime) -> Self:
        """Return those without a known outcome for which it is time to ask again."""
        is_open = Q(state=ReportState.PASSED_ON)
        is_unknown = Q(state=ReportState.CLOSED, outcome=Outcome.UNKNOWN)
        return self.counted().filter(is_open | is_unknown, ask_again_at__lte=at)

    def counted(self) -> Self:
        """Return one report per event: no continuations of another."""
        return self.filter(merged_into__isnull=True)

    def with_number(self) -> Self:
        """Annotate `number`, the receipt number, for lists and their export."""
        year = Cast(FiscalYear("received_at"), CharField())
        digits = LPad(Cast("pk", CharField()), NUMBER_DIGITS, Value("0"))
        return self.annotate(number=Concat(year, Value("-"), digits))

    def with_continuation(self) -> Self:
        """Annotate `is_continuation`: whether another report counts for the event."""
        return self.annotate(
            is_continuation=ExpressionWrapper(
                Q(merged_into__isnull=False), output_field=BooleanField()
            )
        )

    def with_agreement(self) -> Self:
        """Annotate `had_agreement`: one was in force where and when it was noticed."""
        return self.annotate(had_agreement=_agreement_then())

    def by_agreement(self) -> Self:
        """Name `agreement`, to group and filter by: the same as text, true or false."""
        key = Case(When(_agreement_then(), then=Value("true")), default=Value("false"))
        return self.alias(agreement=key)


def _agreement_then() -> Exists:
    agreements = Agreement.objects.in_force(OuterRef("noticed_on"))
    return Exists(agreements.filter(municipality=OuterRef("municipality")))


class CaseStoryQuerySet(ScopedQuerySet):
    """Case stories: approved, of a year, waiting for somebody's approval."""

    def approved(self) -> Self:
        """Return those that may be shown."""
        return self.filter(state=StoryState.APPROVED)

    def to_be_approved_by(self, user: User) -> Self:
        """Return the drafts of others, for somebody who may approve."""
        return self.filter(state=StoryState.DRAFT).exclude(written_by=user)

    def of_year(self, year: int) -> Self:
        """Return those of a fiscal year: of the report told of, else of the writing."""
        told = Coalesce("report__fiscal_year", FiscalYear("written_at"))
        return self.alias(told_year=told).filter(told_year=year)
