"""Forms of hubs and sessions."""

import datetime as dt
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.forms import refuse_future
from municipalities.fields import MunicipalityField

from .models import Hub, Session, Slot, Weekday
from .months import Month


class MonthField(forms.CharField):
    """A month of the calendar as people write it; see `Month.parse`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("empty_value", None)
        super().__init__(empty_value=None, **kwargs)
        self.widget.attrs.setdefault("placeholder", "2016/4")
        self.widget.attrs.setdefault("autocomplete", "off")

    def to_python(self, value: Any) -> Month | None:
        """Return the month, None for an empty field."""
        text = super().to_python(value)
        return Month.parse(text) if isinstance(text, str) else text


class CodeField(forms.CharField):
    """The code of a hub; full-width and small letters are taken for plain capitals."""

    def to_python(self, value: Any) -> str:
        """Return the code as it is stored."""
        return unicodedata.normalize("NFKC", super().to_python(value)).upper()


class HubForm(forms.ModelForm):
    """Records or changes a hub."""

    municipality = MunicipalityField()
    weekdays = forms.MultipleChoiceField(
        label=_("days of operation"),
        choices=Weekday,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one day of the week.")},
    )

    class Meta:
        model = Hub
        fields = (
            "code",
            "name",
            "municipality",
            "series",
            "hub_type",
            "contract_from",
            "contract_until",
            "capacity",
            "weekdays",
            "day_plan",
        )
        field_classes = {"code": CodeField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["weekdays"] = list(self.initial.get("weekdays", "01234"))
        if self.instance.pk:
            # The key of the hub in figures that are published already.
            self.fields["code"].disabled = True

    def clean_weekdays(self) -> str:
        """Return the weekdays as text, Monday first."""
        return "".join(sorted(self.cleaned_data["weekdays"]))

    def clean_series(self) -> str:
        """Refuse to move sessions, and so published figures, to the other series."""
        series = self.cleaned_data["series"]
        if "series" in self.changed_data and self._sessions().exists():
            raise ValidationError(
                _(
                    "This hub has sessions, which would move to the other series. End "
                    "its contract and record a new hub instead."
                )
            )
        return series

    def clean(self) -> None:
        """Refuse a contract that leaves out days on which sessions were held."""
        super().clean()
        first = self.cleaned_data.get("contract_from")
        last = self.cleaned_data.get("contract_until")
        sessions = self._sessions().order_by("held_on")
        if first and (early := sessions.filter(held_on__lt=first).first()):
            self.add_error("contract_from", _outside(early))
        if last and (late := sessions.filter(held_on__gt=last).last()):
            self.add_error("contract_until", _outside(late))

    def _sessions(self) -> Any:
        return Session.objects.filter(hub=self.instance.pk)


def _outside(session: Session) -> ValidationError:
    return ValidationError(
        _(
            "A session is recorded on %(day)s, which would lie outside the contract. "
            "Correct the day here, or that session first."
        ),
        params={"day": date_format(session.held_on)},
    )


class SessionForm(forms.ModelForm):
    """Records or changes one session; `user` decides which hubs are offered."""

    class Meta:
        model = Session
        fields = (
            "hub",
            "held_on",
            "slot",
            "families",
            "adults",
            "children",
            "first_timers",
            "consultations",
            "note",
        )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hub"].queryset = Hub.objects.visible_to(user)

    def clean_held_on(self) -> dt.date:
        """Refuse a day in the future."""
        refuse_future(self.cleaned_data["held_on"])
        return self.cleaned_data["held_on"]

    def clean(self) -> None:
        """Refuse a day outside the contract, a doubled part of a day, odd counts."""
        super().clean()
        check_counts(self)
        hub, day = self.cleaned_data.get("hub"), self.cleaned_data.get("held_on")
        if not (hub and day):
            return
        if not hub.is_open_on(day):
            self.add_error("held_on", outside_contract(hub))
        if slot := self.cleaned_data.get("slot"):
            self._refuse_overlap(hub, day, Slot(slot))

    def _refuse_overlap(self, hub: Hub, day: dt.date, slot: Slot) -> None:
        others = Session.objects.filter(hub=hub, held_on=day)
        others = others.exclude(pk=self.instance.pk).exclude(slot=slot)
        for other in others:
            if slot.overlaps(other.slot):
                self.add_error("slot", overlapping(other))


def check_counts(form: forms.Form) -> None:
    """Add an error when more families came for the first time than came at all."""
    families = form.cleaned_data.get("families")
    first_timers = form.cleaned_data.get("first_timers")
    if families is not None and first_timers is not None and first_timers > families:
        form.add_error(
            "first_timers", _("More first-time families than families came.")
        )


def outside_contract(hub: Hub) -> ValidationError:
    """Return the error of a day on which `hub` has no contract."""
    end = date_format(hub.contract_until) if hub.contract_until else _("without end")
    return ValidationError(
        _(
            "%(hub)s has no contract on this day: it runs from %(first)s, until "
            "%(last)s. Correct the day, or the contract."
        ),
        params={
            "hub": hub.name,
            "first": date_format(hub.contract_from),
            "last": end,
        },
    )


def overlapping(other: Session) -> ValidationError:
    """Return the error of a session whose part of the day `other` takes already."""
    return ValidationError(
        _(
            "A session is already recorded for %(session)s, which takes the same part "
            "of the day. Change that one instead."
        ),
        params={"session": str(other)},
    )
