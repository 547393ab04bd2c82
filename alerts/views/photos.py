"""Photos of a report: added, served with a check of their own, deleted."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.models import AccessEntry
from accounts.reads import record_read
from alerts.models import IncidentReport, Photo
from alerts.photos import add_photos, delete_photo

from .reporting import RECEIPTS


@require_POST
@permission_required("alerts.add_photo", raise_exception=True)
def photo_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add photos to a report that the person sent in this session, or may see."""
    user = request.user
    seen = IncidentReport.objects.visible_to(user).filter(pk=pk)
    sent = request.session.get(RECEIPTS, [])
    mine = IncidentReport.objects.filter(pk=pk, pk__in=sent, entered_by=user)
    report = get_object_or_404(
        IncidentReport, Q(pk__in=seen.values("pk")) | Q(pk__in=mine.values("pk"))
    )
    files = request.FILES.getlist("photos")
    added, problems = add_photos(report=report, files=files, actor=user)
    for problem in problems:
        messages.error(request, problem)
    if added:
        text = ngettext("%(n)d photo was added.", "%(n)d photos were added.", added)
        messages.success(request, text % {"n": added})
    if request.POST.get("from") == "report" and seen.exists():
        return redirect(report)
    return redirect("alerts:report_receipt", pk=report.pk)


@require_safe
@permission_required("alerts.view_photo", raise_exception=True)
def photo(request: HttpRequest, key: uuid.UUID) -> FileResponse:
    """Serve a photo to whoever may see its report, after logging the look."""
    photos = Photo.objects.visible_to(request.user).select_related("report")
    found = get_object_or_404(photos, pk=key)
    try:
        file = found.file.open()
    except FileNotFoundError as error:
        raise Http404 from error
    action = AccessEntry.Action.PHOTO
    record_read(user=request.user, action=action, subject=found.report)
    # The name is the same for every photo: nothing is told by it.
    response = FileResponse(file, content_type="image/jpeg", filename="photo.jpg")
    response.headers["Content-Disposition"] = 'inline; filename="photo.jpg"'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@permission_required("alerts.delete_photo", raise_exception=True)
def photo_delete(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Delete a photo."""
    photos = Photo.objects.visible_to(request.user).select_related("report")
    found = get_object_or_404(photos, pk=key)
    delete_photo(photo=found, actor=request.user)
    messages.success(request, _("The photo was deleted."))
    return redirect(found.report)
