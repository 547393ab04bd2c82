"""Logging that somebody saw personal data, before it is shown."""

from typing import Any

from django.db import models, transaction
from django.http import HttpRequest, HttpResponseBase
from django_tables2 import Table

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
        return record_change(
            user=user,
            action=action,
            subject=subject,
            name=name,
            reason=reason,
            row_count=row_count,
        )


def record_change(
    *,
    user: User | None,
    action: AccessEntry.Action,
    subject: models.Model,
    name: str = "",
    reason: str = "",
    row_count: int = 1,
) -> AccessEntry:
    """Write the entry in the caller's transaction, with the change that it tells of.

    For what shows nothing, such as erasing; whoever shows data calls `record_read`.
    """
    return AccessEntry.objects.create(
        user=user,
        action=action,
        subject_type=subject._meta.label,
        subject_id=subject.pk,
        subject=name or str(subject),
        reason=reason[:REASON_LENGTH],
        row_count=row_count,
    )


def record_export(request: HttpRequest, table: Table) -> None:
    """Log that a list is taken out as a file, when the request asks for one.

    Of the list only its name and the number of rows are kept, no filter. Two queries,
    none for a page.
    """
    if request.GET.get("export") not in ("csv", "xlsx"):
        return
    model = table.data.data.model
    record_read(
        user=request.user,
        action=AccessEntry.Action.EXPORT,
        subject=model(),
        name=str(model._meta.verbose_name_plural),
        row_count=table.data.data.order_by().count(),
    )


class LoggedReadMixin:
    """A detail or update view whose row is personal: showing it is logged before.

    `read_action` says what is logged. It stands before the view that answers, and
    after the one that asks for the permission.
    """

    read_action = AccessEntry.Action.VIEW

    def render_to_response(
        self, context: dict[str, Any], **kwargs: Any
    ) -> HttpResponseBase:
        """Log the look, then answer."""
        record_read(
            user=self.request.user, action=self.read_action, subject=self.object
        )
        return super().render_to_response(context, **kwargs)
