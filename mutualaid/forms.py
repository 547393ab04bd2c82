"""Forms of mutual aid: slips, reversals, requests, members, groups and tariffs."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import CountField, DateField, no_invisible_characters, refuse_future
from municipalities.fields import MunicipalityField

from .fields import MemberField
from .models import Activity, Group, Member, Request, Tariff
from .services import draft_activity, record_activities

DAY_MINUTES = 24 * 60


class ActivityForm(forms.ModelForm):
    """Records a slip: from–to or minutes; the tariff of the day gives the fee."""

    recipient = MemberField(role=Member.Role.RECIPIENT, label=gettext_lazy("recipient"))
    helper = MemberField(role=Member.Role.HELPER, label=gettext_lazy("helper"))
    duration_minutes = CountField(
        label=gettext_lazy("minutes"),
        required=False,
        help_text=gettext_lazy("Or leave this empty and enter start and end time."),
    )
    slip_number = forms.CharField(
        label=gettext_lazy("slip number"),
        max_length=30,
        required=False,
        validators=[no_invisible_characters],
        help_text=gettext_lazy(
            "As printed on the paper slip; empty: numbered automatically."
        ),
    )
    request = forms.ModelChoiceField(
        queryset=Request.objects.none(), required=False, widget=forms.HiddenInput
    )

    class Meta:
        model = Activity
        fields = (
            "done_on",
            "recipient",
            "helper",
            "started_at",
            "ended_at",
            "duration_minutes",
            "circumstance",
            "service",
            "slip_number",
            "request",
        )

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if user is not None:
            requests = Request.objects.visible_to(user)
            self.fields["request"].queryset = requests.pending()

    def clean_done_on(self) -> dt.date:
        """Refuse an activity in the future."""
        refuse_future(self.cleaned_data["done_on"])
        return self.cleaned_data["done_on"]

    def clean(self) -> None:
        """Work out the minutes, and freeze group, municipality and fee."""
        data = super().clean() or self.cleaned_data
        if self.errors:
            return
        try:
            data["duration_minutes"] = _minutes(data)
            self.instance = draft_activity(**data)
        except ValidationError as error:
            self.add_error(None, error)

    def save(self, commit: bool = True) -> Activity:
        """Save the slip, and end the request it answers."""
        return record_activities(activities=[self.instance])[0]


def _minutes(data: dict[str, Any]) -> int:
    """Return the minutes of from–to or as entered; ValidationError by field."""
    begin, end, entered = (
        data.get(name) for name in ("started_at", "ended_at", "duration_minutes")
    )
    if (begin is None) != (end is None):
        missing = "started_at" if begin is None else "ended_at"
        raise ValidationError({missing: _("Enter both times, or only the minutes.")})
    if begin is None:
        if not entered:
            text = _("Enter the minutes, 1 or more, or both times.")
            raise ValidationError({"duration_minutes": text})
        if entered > DAY_MINUTES:
            text = _("More than 24 hours are not possible. Enter minutes, not seconds.")
            raise ValidationError({"duration_minutes": text})
        return entered
    minutes = (end.hour - begin.hour) * 60 + end.minute - begin.minute
    if minutes <= 0:
        text = _("The end lies before the beginning. For a night enter the minutes.")
        raise ValidationError({"ended_at": text})
    if entered is not None and entered != minutes:
        text = _("Start and end make %(minutes)d minutes. Correct one of the two.")
        raise ValidationError({"duration_minutes": text % {"minutes": minutes}})
    return minutes


class ReversalForm(forms.Form):
    """Asks on which day, and why, a slip is reversed."""

    done_on = DateField(
        label=gettext_lazy("counts on"),
        help_text=gettext_lazy(
            "The slip's own day; when that year is closed, a day of the running year."
        ),
    )
    reason = forms.CharField(
        label=gettext_lazy("reason for the reversal"),
        max_length=200,
        validators=[no_invisible_characters],
    )

    def clean_done_on(self) -> dt.date:
        """Refuse a reversal in the future."""
        refuse_future(self.cleaned_data["done_on"])
        return self.cleaned_data["done_on"]


class RequestForm(forms.ModelForm):
    """Records a wish for help, and matches it with a helper."""

    recipient = MemberField(role=Member.Role.RECIPIENT, label=gettext_lazy("recipient"))
    helper = MemberField(
        role=Member.Role.HELPER,
        label=gettext_lazy("helper"),
        required=False,
        help_text=gettext_lazy("Who will help; empty as long as nobody is found."),
    )

    class Meta:
        model = Request
        fields = ("recipient", "wished_on", "service", "text", "helper")

    def clean(self) -> None:
        """Refuse a helper of another group; the state follows from the helper."""
        data = super().clean() or self.cleaned_data
        recipient, helper = data.get("recipient"), data.get("helper")
        if recipient and helper and recipient.group_id != helper.group_id:
            text = _("This helper belongs to another group than the recipient.")
            self.add_error("helper", text)
        state = Request.State.MATCHED if helper else Request.State.OPEN
        self.instance.state = state


class MemberForm(forms.ModelForm):
    """Registers or changes a member."""

    municipality = MunicipalityField()

    class Meta:
        model = Member
        fields = (
            "number",
            "name",
            "kana",
            "municipality",
            "group",
            "role",
            "joined_on",
            "left_on",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("number", "name", "kana"):
            self.fields[name].validators.append(no_invisible_characters)

    def clean_number(self) -> str:
        """Refuse blanks, which separate number and name wherever one is typed."""
        number = self.cleaned_data["number"]
        if len(number.split()) > 1:
            raise ValidationError(_("A member number holds no blanks."))
        return number

    def clean_group(self) -> Group:
        """Refuse to move a member whose slips belong to a group."""
        group = self.cleaned_data["group"]
        if self.instance.pk and "group" in self.changed_data:
            member = Member.objects.get(pk=self.instance.pk)
            if member.received.exists() or member.helped.exists():
                text = _(
                    "This member has slips in %(group)s. Enter the last day there, and "
                    "register a new number in the other group."
                )
                raise ValidationError(text % {"group": member.group})
        return group


class GroupForm(forms.ModelForm):
    """Records or changes a group."""

    class Meta:
        model = Group
        fields = ("code", "name", "prefecture_code")


class TariffForm(forms.ModelForm):
    """Records a tariff."""

    class Meta:
        model = Tariff
        fields = (
            "group",
            "valid_from",
            "valid_until",
            "unit_minutes",
            "minimum_minutes",
            "rounding_minutes",
            "fee_jpy",
            "helper_share_jpy",
            "office_share_jpy",
            "travel_jpy",
        )


class TariffEndForm(forms.ModelForm):
    """Ends a tariff. Its amounts stay: slips were made out by them."""

    class Meta:
        model = Tariff
        fields = ("valid_until",)
