"""Reports, what happens to them later, and case stories."""

from .history import Correction, Distinction, Escalation, FollowUp, Photo
from .report import (
    CHANNEL_OF_WORKPLACE,
    FIRST_ACTIONS,
    PERSONAL,
    IncidentReport,
    pk_of_number,
)
from .sign import Sign
from .story import CaseStory

__all__ = [
    "CHANNEL_OF_WORKPLACE",
    "FIRST_ACTIONS",
    "PERSONAL",
    "CaseStory",
    "Correction",
    "Distinction",
    "Escalation",
    "FollowUp",
    "IncidentReport",
    "Photo",
    "Sign",
    "pk_of_number",
]
