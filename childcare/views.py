"""Pages of hubs and sessions."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db import IntegrityError, transaction
from django.db.models import QuerySet, Sum
from django.forms import ModelForm
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import CreateView, DeleteView, DetailView, UpdateView

from core import fiscal
from core.views import ProgramFormMixin, ProgramListView, Total

from .filtersets import HubFilterSet, NotReportedFilterSet, SessionFilterSet
from .forms import HubForm, SessionForm
from .models import SESSION_IS_TAKEN, Hub, Session
from .months import Month
from .reports import month_workbook
from .services import figures_by_year, recent_months, save_month
from .sheets import MonthSheet
from .tables import HubTable, NotReportedTable, SessionTable

# The sheet creates, changes and deletes.
KEEP_SESSIONS = (
    "childcare.add_session",
    "childcare.change_session",
    "childcare.delete_session",
)


class HubListView(ProgramListView):
    """The list of hubs."""

    model = Hub
    table_class = HubTable
    filterset_class = HubFilterSet
    permission_required = "childcare.view_hub"
    title = _("Hubs")
    create_url = "childcare:hub_create"
    create_label = _("Record a hub")
    create_permission = "childcare.add_hub"
    empty_hint = _("Record the first hub with its contract.")

    def get_queryset(self) -> QuerySet:
        """Join the municipality, which every row shows."""
        return super().get_queryset().select_related("municipality")


class NotReportedListView(ProgramListView):
    """The hubs open in a month without a session in it; last month unless asked."""

    model = Hub
    table_class = NotReportedTable
    filterset_class = NotReportedFilterSet
    permission_required = "childcare.view_session"
    title = _("Not reported")
    intro = _(
        "Hubs open in the month for which no session is recorded. A month without a "
        "report is not a month without families."
    )

    def get_queryset(self) -> QuerySet:
        """Join the municipality, which every row shows."""
        return super().get_queryset().select_related("municipality")

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        """Fill in last month where none is asked for."""
        kwargs = super().get_filterset_kwargs(filterset_class)
        data = self.request.GET.copy()
        if not data.get("month", "").strip():
            data["month"] = str(Month.of(fiscal.local_date()).previous)
        return kwargs | {"data": data}

    def get_table_kwargs(self) -> dict[str, Any]:
        """Leave out the link to the sheet for those who only read."""
        may_enter = self.request.user.has_perms(KEEP_SESSIONS)
        return {} if may_enter else {"exclude": ("sheet",)}


class HubDetailView(PermissionRequiredMixin, DetailView):
    """The page of one hub, with its months and years."""

    permission_required = "childcare.view_hub"
    slug_field = slug_url_kwarg = "code"

    def get_queryset(self) -> QuerySet:
        """Return the hubs the person may see."""
        hubs = Hub.objects.visible_to(self.request.user)
        return hubs.select_related("municipality")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the state of today, the last months and the years."""
        today = fiscal.local_date()
        return super().get_context_data(
            is_open=self.object.is_open_on(today),
            months=recent_months(self.object, today),
            years=figures_by_year(self.object),
            **kwargs,
        )


class HubCreateView(ProgramFormMixin, CreateView):
    """Record a hub."""

    model = Hub
    form_class = HubForm
    permission_required = "childcare.add_hub"
    title = _("Record a hub")


class HubUpdateView(ProgramFormMixin, UpdateView):
    """Change a hub."""

    model = Hub
    form_class = HubForm
    permission_required = "childcare.change_hub"
    title = _("Change the hub")
    slug_field = slug_url_kwarg = "code"


class SessionListView(ProgramListView):
    """The list of sessions."""

    model = Session
    table_class = SessionTable
    filterset_class = SessionFilterSet
    permission_required = "childcare.view_session"
    title = _("Sessions")
    totals = {
        "families": Total(_("families"), Sum("families")),
        "adults": Total(_("adults"), Sum("adults")),
        "children": Total(_("children"), Sum("children")),
        "first_timers": Total(_("first-time families"), Sum("first_timers")),
        "consultations": Total(_("consultations"), Sum("consultations")),
    }
    create_url = "childcare:session_create"
    create_label = _("Record a session")
    create_permission = "childcare.add_session"
    empty_hint = _("Record the first session, or a whole month from a hub's page.")

    def get_queryset(self) -> QuerySet:
        """Join hub and municipality, which every row shows."""
        return super().get_queryset().select_related("hub__municipality")


class SessionDetailView(PermissionRequiredMixin, DetailView):
    """The page of one session."""

    permission_required = "childcare.view_session"

    def get_queryset(self) -> QuerySet:
        """Return the sessions the person may see."""
        sessions = Session.objects.visible_to(self.request.user)
        return sessions.select_related("hub__municipality")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the sheet of the month."""
        month = Month.of(self.object.held_on)
        return super().get_context_data(
            sheet_url=self.object.hub.month_url(month), **kwargs
        )


class SessionFormMixin(ProgramFormMixin):
    """What recording and changing a session share."""

    model = Session
    form_class = SessionForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Let the form offer the hubs that the person may see."""
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form: ModelForm) -> HttpResponseBase:
        """Save; the same session sent twice at once is recorded once."""
        try:
            with transaction.atomic():
                return super().form_valid(form)
        except IntegrityError:
            form.add_error(None, SESSION_IS_TAKEN)
            return self.form_invalid(form)


class SessionCreateView(SessionFormMixin, CreateView):
    """Record a session."""

    permission_required = "childcare.add_session"
    title = _("Record a session")

    def get_initial(self) -> dict[str, Any]:
        """Take the hub from the page one comes from."""
        hubs = Hub.objects.visible_to(self.request.user)
        code = self.request.GET.get("hub", "")
        return {"hub": hubs.filter(code=code).first()} if code else {}


class SessionUpdateView(SessionFormMixin, UpdateView):
    """Change a session."""

    permission_required = "childcare.change_session"
    title = _("Change the session")


class SessionDeleteView(PermissionRequiredMixin, DeleteView):
    """Delete a session, after asking."""

    permission_required = "childcare.delete_session"
    success_url = reverse_lazy("childcare:session_list")

    def get_queryset(self) -> QuerySet:
        """Return the sessions the person may see."""
        sessions = Session.objects.visible_to(self.request.user)
        return sessions.select_related("hub")

    def form_valid(self, form: Any) -> HttpResponse:
        """Delete, and say so."""
        with transaction.atomic():
            response = super().form_valid(form)
        messages.success(self.request, _("The session was deleted."))
        return response


@permission_required(KEEP_SESSIONS, raise_exception=True)
def month_sheet(request: HttpRequest, code: str, year: int, month: int) -> HttpResponse:
    """Show the sheet of a hub and month, and save it: all rows or none."""
    hub, asked = _hub_and_month(request, code, year, month)
    today = fiscal.local_date()
    if request.method == "POST":
        sheet = save_month(hub=hub, month=asked, data=request.POST, today=today)
        if sheet.is_complete:
            messages.success(request, _saved(sheet))
            return redirect(hub.month_url(asked))
    else:
        sheet = MonthSheet(hub, asked, today=today)
    return render(
        request,
        "childcare/month_sheet.html",
        {
            "hub": hub,
            "month": asked,
            "sheet": sheet,
            "errors": list(sheet.errors()),
            "previous_url": hub.month_url(asked.previous),
            "next_url": hub.month_url(asked.next),
        },
    )


def _saved(sheet: MonthSheet) -> str:
    n = sheet.session_count
    text = ngettext(
        "Saved. %(n)d session stands in this month.",
        "Saved. %(n)d sessions stand in this month.",
        n,
    )
    return text % {"n": n}


def _hub_and_month(
    request: HttpRequest, code: str, year: int, month: int
) -> tuple[Hub, Month]:
    hubs = Hub.objects.visible_to(request.user).select_related("municipality")
    try:
        return get_object_or_404(hubs, code=code), Month(year, month)
    except ValueError as error:
        raise Http404 from error


@permission_required("childcare.view_session", raise_exception=True)
def month_report(
    request: HttpRequest, code: str, year: int, month: int
) -> FileResponse:
    """Send the month report for the municipality as an Excel file."""
    hub, asked = _hub_and_month(request, code, year, month)
    sessions = Session.objects.visible_to(request.user).within(asked).filter(hub=hub)
    book = month_workbook(hub, asked, sessions.order_by("held_on", "pk"))
    filename = f"{hub.code}_{asked.year}-{asked.month:02}.xlsx"
    return FileResponse(book, as_attachment=True, filename=filename)
