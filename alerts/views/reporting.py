"""The pages of somebody who reports: stop screen, form, look-ups, receipt."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import CreateView

from alerts.choices import Channel
from alerts.forms import NewReportForm
from alerts.models import IncidentReport
from alerts.services import desks_of, municipalities_of, submit_report
from core import handover
from municipalities.fields import MunicipalityField
from municipalities.models import Desk, Municipality

RECEIPTS = "alerts.receipts"
MAX_RECEIPTS = 20
HANDED_OVER = ("municipality", "place", "postal_code", "narrative", "channel")


class IncidentReportCreateView(PermissionRequiredMixin, CreateView):
    """The stop screen, then the form, one screen and sent once."""

    model = IncidentReport
    form_class = NewReportForm
    permission_required = "alerts.add_incidentreport"
    template_name = "alerts/incidentreport_form.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the stop screen first; it links to the form."""
        if request.GET.get("step") == "form":
            return super().get(request, *args, **kwargs)
        key = request.GET.get("handover", "")
        return render(request, "alerts/report_stop.html", {"handover": key})

    def get_initial(self) -> dict[str, Any]:
        """Fill in now, a new key, and what another program handed over."""
        known = handover.take(self.request, self.request.GET.get("handover", ""))
        initial = {name: known[name] for name in HANDED_OVER if known.get(name)}
        if code := initial.get("municipality"):
            initial["municipality"] = Municipality.objects.filter(code=code).first()
        if initial.get("channel") not in Channel.values:
            initial.pop("channel", None)
        return {"noticed_at": timezone.now(), "client_key": uuid.uuid4()} | initial

    def get_form(self, form_class: type[NewReportForm] | None = None) -> NewReportForm:
        """Preset the channel from the workplace."""
        form = NewReportForm(user=self.request.user, **self.get_form_kwargs())
        form.preset()
        return form

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Look up what the person asks for, or send the report."""
        if wish := request.POST.get("lookup"):
            self.object = None
            return self._look_up(wish)
        return super().post(request, *args, **kwargs)

    def _look_up(self, wish: str) -> HttpResponse:
        """Show the form again, all that was typed in it, with what was found.

        `wish` is `postal_code`, `desks`, or the code of a municipality chosen.
        """
        form = _typed(NewReportForm(user=self.request.user), self.request)
        found = None
        if wish == "postal_code":
            found = municipalities_of(form.initial["postal_code"] or "")
            if len(found) == 1:
                form.initial["municipality"] = found[0]
        elif wish != "desks":
            form.initial["municipality"] = get_object_or_404(Municipality, code=wish)
        context = self.get_context_data(form=form, found=found, looked_up=wish)
        return self.render_to_response(context)

    def form_valid(self, form: NewReportForm) -> HttpResponse:
        """Store the report once, and lead to its receipt."""
        report = form.instance
        report.client_key = form.cleaned_data["client_key"]
        signs = form.cleaned_data["signs"]
        try:
            sent = submit_report(report=report, signs=signs, actor=self.request.user)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        if not sent.is_same:
            text = _(
                "This form had already been sent. The first version was kept; ask the "
                "duty officer to correct it."
            )
            messages.warning(self.request, text)
        receipts = self.request.session.get(RECEIPTS, [])
        if sent.report.pk not in receipts:
            self.request.session[RECEIPTS] = [sent.report.pk, *receipts][:MAX_RECEIPTS]
        return redirect("alerts:report_receipt", pk=sent.report.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the desks of the municipality as far as it is known."""
        context = super().get_context_data(**kwargs)
        written = context["form"]["municipality"].value()
        municipality, desks = find_desks(written, self.request)
        return context | {"municipality": municipality, "desks": desks}


def _typed(form: NewReportForm, request: HttpRequest) -> NewReportForm:
    """Give an unbound form what was typed, so that it shows no errors yet."""
    for name, field in form.fields.items():
        read = field.widget.value_from_datadict
        form.initial[name] = read(request.POST, request.FILES, name)
    return form


def find_desks(
    written: Any, request: HttpRequest
) -> tuple[Municipality | None, list[Desk]]:
    """Return the municipality that `written` names, if one, and its desks."""
    try:
        municipality = MunicipalityField(required=False).clean(written)
    except ValidationError:
        municipality = None
    return municipality, desks_of(municipality, request.user) if municipality else []


@permission_required("alerts.add_incidentreport", raise_exception=True)
def desks(request: HttpRequest) -> HttpResponse:
    """Answer with the desks of a municipality, for the form."""
    municipality, found = find_desks(request.GET.get("municipality", ""), request)
    context = {"municipality": municipality, "desks": found}
    return render(request, "alerts/_desks.html", context)


@permission_required("alerts.add_incidentreport", raise_exception=True)
def report_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the receipt to whoever sent the report in this session, or may see it."""
    user = request.user
    seen = IncidentReport.objects.visible_to(user).filter(pk=pk)
    sent = request.session.get(RECEIPTS, [])
    mine = IncidentReport.objects.filter(pk=pk, pk__in=sent, entered_by=user)
    report = get_object_or_404(
        IncidentReport.objects.select_related("municipality"),
        Q(pk__in=seen.values("pk")) | Q(pk__in=mine.values("pk")),
    )
    return render(
        request,
        "alerts/report_receipt.html",
        {
            "report": report,
            "municipality": report.municipality,
            "desks": desks_of(report.municipality, user),
            "may_open": seen.exists(),
        },
    )
