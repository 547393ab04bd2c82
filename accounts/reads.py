"""Logging that somebody saw personal data, before it is shown."""

from django.db import models, transaction

from .models import AccessEntry, User

REASON_LENGTH = 200


def record_read(
    *,
    user: User | None,
    action: AccessEntry.Action,
    subject: models.Model,
    name: str = "",
    reason: str = "",
    row_count: int = 1,
) -> AccessEntry:
    """Write the entry, and be sure that it is stored, before data is handed out.

    `subject` is the row seen; `name` what people call it (`str(subject)` without), and
    never anything personal. One query. Raises RuntimeError inside a transaction, where
    the entry might vanish after the data was seen.
    """
    with transaction.atomic(durable=True):
        return AccessEntry.objects.create(
            user=user,
            action=action,
            subject_type=subject._meta.label,
            subject_id=subject.pk,
            subject=name or str(subject),
            reason=reason[:REASON_LENGTH],
            row_count=row_count,
        )
