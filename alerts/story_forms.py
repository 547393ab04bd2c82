"""Forms of a case story: writing it, approving it, withdrawing it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import fiscal

from .choices import Season, StoryState
from .models import CaseStory, IncidentReport
from .stories import CHECKLIST, TEXTS, fingerprint, refuse_unticked
from .traces import Known

SEASONS = (Season.WINTER, Season.SPRING, Season.SUMMER, Season.AUTUMN)


class ChecklistField(forms.MultipleChoiceField):
    """The checklist against recognising the person; every line must be ticked."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Nobody can be recognised"))
        kwargs.setdefault("help_text", _("Read the text again, and tick each line."))
        super().__init__(choices=list(CHECKLIST.items()), **kwargs)

    def validate(self, value: list[str]) -> None:
        """Refuse a line that is not ticked."""
        if value:
            super().validate(value)
        refuse_unticked(value)


class CaseStoryForm(forms.ModelForm):
    """Writes or rewrites a story; whoever writes last is its writer.

    Nothing of the report is in it but the time of year.
    """

    checklist = ChecklistField()
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = CaseStory
        fields = ("title", "text", "age_band", "area", "season")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        report = self.instance.report
        if self.instance.pk:
            self.current = fingerprint(self.instance)
            self.now = f"{self.instance.title} / {self.instance.text}"
            self.initial["seen"] = self.current
        elif report is not None:
            self.initial["season"] = season_of(report)

    def clean(self) -> dict[str, Any]:
        """Refuse what tells who it was, and to overwrite what was not read."""
        cleaned = super().clean()
        known = Known(self.instance.report)
        for name in TEXTS:
            if found := known.traces_in(cleaned.get(name) or ""):
                self.add_error(name, [str(one) for one in found])
        if self.instance.pk and cleaned.get("seen") != self.current:
            # Sent again, it replaces what the person can read now.
            self.data = self.data.copy()
            self.data[self.add_prefix("seen")] = self.current
            raise ValidationError(
                _(
                    "Somebody else changed this story meanwhile. It now reads: "
                    "“%(text)s”. Save again to replace it by yours."
                ),
                code="conflict",
                params={"text": self.now},
            )
        return cleaned

    def save(self, commit: bool = True) -> CaseStory:
        """Store it as a draft, which another person approves.

        Raises ValidationError when somebody changed it in the same moment.
        """
        story = self.instance
        if story.pk:
            row = CaseStory.objects.select_for_update().get(pk=story.pk)
            if fingerprint(row) != self.current:
                raise ValidationError(
                    _("Somebody else changed this story meanwhile. Open it anew."),
                    code="conflict",
                )
        story.written_by = self.user
        story.state = StoryState.DRAFT
        story.approved_by = story.approved_at = None
        story.withdrawn_by = story.withdrawn_at = None
        story.withdrawn_reason = ""
        return super().save(commit)


def season_of(report: IncidentReport) -> Season:
    """Return the time of year in which a report was noticed: spring is from March."""
    return SEASONS[fiscal.local_date(report.noticed_at).month % 12 // 3]


class ApprovalForm(forms.Form):
    """The checklist, read again by the person who approves."""

    checklist = ChecklistField()
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, story: CaseStory, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"seen": fingerprint(story)})
        super().__init__(*args, auto_id="approve_%s", **kwargs)


class WithdrawalForm(forms.Form):
    """Why a story is no longer shown."""

    reason = forms.CharField(
        label=_("Why is it withdrawn?"),
        max_length=200,
        help_text=_("No names; the reason stays with the story."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="withdraw_%s", **kwargs)
