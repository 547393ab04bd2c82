"""The form of a case story."""

from typing import Any

from django import forms

from accounts.models import User

from .choices import StoryState
from .models import CaseStory


class CaseStoryForm(forms.ModelForm):
    """Writes or rewrites a story; whoever writes last is its writer."""

    class Meta:
        model = CaseStory
        fields = ("title", "text", "age_band", "area")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def save(self, commit: bool = True) -> CaseStory:
        """Store it as a draft, which another person approves."""
        self.instance.written_by = self.user
        self.instance.state = StoryState.DRAFT
        self.instance.approved_by = self.instance.approved_at = None
        return super().save(commit)
