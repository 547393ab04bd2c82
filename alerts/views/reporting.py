"""The pages of somebody who reports: stop screen, form, look-ups, receipt."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django.views.generic import CreateView

from alerts import kept_forms
from alerts.choices import Channel
from alerts.drafts import keeper_of
from alerts.forms import NewReportForm
from alerts.hints import hint_for
from alerts.models import IncidentReport
from alerts.right_desk import calls_for, municipalities_along
from alerts.second_versions import keep_second_version
from alerts.services import Submission, municipalities_of, submit_report
from core import handover
from core.compression import compressed
from core.errors import csrf_failed
from core.htmx import wants_fragment
from municipalities.fields import MunicipalityField
from municipalities.models import DeliveryCourse, Municipality

RECEIPTS = "alerts.receipts"
MAX_RECEIPTS = 20
REPORT = "alerts.add_incidentreport"
HANDED_OVER = (
    "municipality",
    "place",
    "postal_code",
    "narrative",
    "channel",
    "has_called_119",
    "has_called_110",
    "emergency_called_at",
)
CALLED = {"119": "has_called_119", "110": "has_called_110"}


def own_query(request: HttpRequest) -> set[tuple[str, str]]:
    """Return what we ourselves put into the address of the form in this session."""
    handed = request.session.get(handover.SESSION_KEY, {})
    kept = request.session.get(kept_forms.SESSION_KEY, {})
    return {
        ("step", "form"),
        *(("handover", key) for key in handed),
        *(("kept", key) for key in kept),
    }


@method_decorator([login_not_required, compressed(own_query)], name="dispatch")
class IncidentReportCreateView(PermissionRequiredMixin, CreateView):
    """The stop screen, then the form, one screen and sent once.

    Open to people who are not signed in only so that what they typed is kept.
    """

    model = IncidentReport
    form_class = NewReportForm
    permission_required = REPORT
    template_name = "alerts/incidentreport_form.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask whoever is not signed in to do so, and lose nothing typed."""
        if not request.user.is_authenticated:
            return ask_to_sign_in(request)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the stop screen first; it links to the form."""
        if request.GET.get("step") != "form":
            key = request.GET.get("handover", "")
            return render(request, "alerts/report_stop.html", {"handover": key})
        if typed := kept_forms.take(request, request.GET.get("kept", "")):
            return self.show_typed(typed, notice="kept")
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        """Fill in now, a new key, and what another program or the stop screen knows."""
        known = handover.take(self.request, self.request.GET.get("handover", ""))
        initial = {name: known[name] for name in HANDED_OVER if known.get(name)}
        if code := initial.get("municipality"):
            initial["municipality"] = Municipality.objects.filter(code=code).first()
        if initial.get("channel") not in Channel.values:
            initial.pop("channel", None)
        if called_at := initial.get("emergency_called_at"):
            initial["emergency_called_at"] = parse_datetime(called_at)
        return {"noticed_at": timezone.now(), "client_key": uuid.uuid4()} | initial

    def get_form(self, form_class: type[NewReportForm] | None = None) -> NewReportForm:
        """Preset the channel from the workplace."""
        form = NewReportForm(user=self.request.user, **self.get_form_kwargs())
        form.preset()
        return form

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Note a call, look up what the person asks for, or send the report."""
        if kept_forms.is_of_another(request):
            return refuse_of_another(request)
        if number := request.POST.get("called"):
            return note_call(request, number)
        if wish := request.POST.get("lookup"):
            return self._look_up(wish)
        return super().post(request, *args, **kwargs)

    def show_typed(
        self, typed: Any, *, status: int = 200, **context: Any
    ) -> HttpResponse:
        """Show the form with what was typed, and no errors yet."""
        self.object = None
        form = NewReportForm(user=self.request.user)
        form.type_in(typed)
        data = self.get_context_data(form=form, **context)
        return self.render_to_response(data, status=status)

    def _look_up(self, wish: str) -> HttpResponse:
        """Show the form again, all that was typed in it, with what was found.

        `wish` is `postal_code`, `course`, `desks`, or the code of a municipality
        chosen. htmx gets the parts that change only.
        """
        typed = self.request.POST.copy()
        found = None
        if wish == "postal_code":
            found = municipalities_of(typed.get("postal_code", ""))
        elif wish == "course":
            course = find_course(typed.get("course"), self.request)
            found = municipalities_along(course) if course else []
        elif wish != "desks":
            found = [get_object_or_404(Municipality, code=wish)]
        if found and len(found) == 1:
            typed["municipality"] = str(found[0])
        if wants_fragment(self.request):
            self.template_name = "alerts/_look_up.html"
        return self.show_typed(typed, found=found, looked_up=wish)

    def form_valid(self, form: NewReportForm) -> HttpResponse:
        """Store the report once, keep a second version beside it, and answer."""
        report, actor = form.instance, self.request.user
        report.client_key = form.cleaned_data["client_key"]
        signs = form.cleaned_data["signs"]
        try:
            sent = submit_report(report=report, signs=signs, actor=actor)
            if not sent.is_same:
                keep_second_version(
                    first=sent.report,
                    second=report,
                    signs=signs,
                    actor=actor,
                    at=timezone.now(),
                )
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        session = self.request.session
        receipts = session.get(RECEIPTS, [])
        if sent.report.pk not in receipts:
            session[RECEIPTS] = [sent.report.pk, *receipts][:MAX_RECEIPTS]
        kept_forms.forget(session, str(report.client_key))
        return answer_sent(self.request, sent)

    def form_invalid(self, form: NewReportForm) -> HttpResponse:
        """Show what is wrong beside the fields; tell a script in its own words."""
        if wants_json(self.request):
            return JsonResponse({"errors": form.errors}, status=400)
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the desks to call as far as place and person are known."""
        context = super().get_context_data(**kwargs)
        form, user = context["form"], self.request.user
        municipality = find_municipality(form["municipality"].value())
        calls = municipality and calls_for(
            municipality=municipality,
            at=timezone.now(),
            person_kind=form["person_kind"].value() or "",
            course=find_course(
                form["course"].value() if "course" in form.fields else None,
                self.request,
            ),
            user=user,
        )
        mark = kept_forms.mark_for(user)
        return context | {"municipality": municipality, "calls": calls, "mark": mark}

    @classmethod
    def csrf_failed(cls, request: HttpRequest) -> HttpResponse | None:
        """Lose nothing typed when the token is too old; None for a forged request.

        The signed mark tells the form of this very person from what another site may
        send in their name. Nothing is stored: the person looks at it and sends again.
        """
        if wants_json(request):
            return JsonResponse({"csrf": True}, status=403)
        person = kept_forms.shown_to(request)
        if person is None:
            return None
        if not request.user.is_authenticated:
            return ask_to_sign_in(request)
        if person != request.user.pk or not request.user.has_perm(REPORT):
            return None
        view = cls()
        view.setup(request)
        return view.show_typed(request.POST, status=403, notice="send_again")


def wants_json(request: HttpRequest) -> bool:
    """Tell whether a script asks that reads the answer as data."""
    return (
        request.get_preferred_type(["text/html", "application/json"])
        == "application/json"
    )


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in and back; what was typed is kept for the same person."""
    form_url = f"{reverse('alerts:report_create')}?step=form"
    if wants_json(request):
        return ask_script_to_sign_in()
    if request.method != "POST":
        return redirect_to_login(request.get_full_path())
    if key := kept_forms.keep(request):
        text = _("Your sign-in has expired. Sign in: what you typed will be there.")
        messages.warning(request, text)
        form_url += f"&kept={key}"
    return redirect_to_login(form_url)


def refuse_of_another(request: HttpRequest) -> HttpResponse:
    """Refuse a form that was shown to another person, without showing its text."""
    if wants_json(request):
        return JsonResponse({"another": True}, status=403)
    return csrf_failed(request)


def note_call(request: HttpRequest, number: str) -> HttpResponse:
    """Note that 119 or 110 was called, and when; then lead to the form."""
    known = handover.take(request, request.POST.get("handover", ""))
    if number in CALLED:
        called = {
            CALLED[number]: True,
            "emergency_called_at": timezone.now().isoformat(),
        }
        known = known | called
    key = handover.offer(request, known)
    return redirect(f"{reverse('alerts:report_create')}?step=form&handover={key}")


def answer_sent(request: HttpRequest, sent: Submission) -> HttpResponse:
    """Lead to the receipt, and say so when both of two versions were kept."""
    receipt = reverse("alerts:report_receipt", args=[sent.report.pk])
    if not sent.is_same:
        text = _(
            "This form had already been sent, with other entries. Both versions are "
            "kept; the duty officer sees both and decides."
        )
        messages.warning(request, text)
    if not wants_json(request):
        return redirect(receipt)
    answer = {
        "receipt": receipt,
        "number": sent.report.receipt_number,
        "is_new": sent.is_new,
        "is_same": sent.is_same,
    }
    status = 201 if sent.is_new else 200 if sent.is_same else 409
    return JsonResponse(answer, status=status)


def find_municipality(written: Any) -> Municipality | None:
    """Return the municipality that `written` names, if one."""
    try:
        return MunicipalityField(required=False).clean(written)
    except ValidationError:
        return None


def find_course(written: Any, request: HttpRequest) -> DeliveryCourse | None:
    """Return the course of the person's workplace with this key, if there is one."""
    try:
        key = int(written or 0)
    except (TypeError, ValueError):  # no number, or one of thousands of digits
        return None
    own = DeliveryCourse.objects.filter(workplace=request.user.workplace_id)
    return own.filter(pk=key).first()


@login_not_required
@require_GET
def report_token(request: HttpRequest) -> HttpResponse:
    """Answer a script that sends a kept draft: a fresh token, and who is signed in."""
    if not request.user.is_authenticated:
        return ask_script_to_sign_in()
    if not request.user.has_perm(REPORT):
        raise PermissionDenied
    person = keeper_of(request.user).person
    return JsonResponse({"csrf": get_token(request), "person": person})


def ask_script_to_sign_in() -> JsonResponse:
    """Tell a script where the sign-in is that leads back to the form."""
    form_url = f"{reverse('alerts:report_create')}?step=form"
    return JsonResponse({"login": redirect_to_login(form_url).url}, status=401)


@compressed()
@permission_required(REPORT, raise_exception=True)
def report_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the receipt to whoever sent the report in this session, or may see it."""
    user = request.user
    seen = IncidentReport.objects.visible_to(user).filter(pk=pk)
    sent = request.session.get(RECEIPTS, [])
    mine = IncidentReport.objects.filter(pk=pk, pk__in=sent, entered_by=user)
    report = get_object_or_404(
        IncidentReport.objects.select_related("municipality", "course"),
        Q(pk__in=seen.values("pk")) | Q(pk__in=mine.values("pk")),
    )
    calls = calls_for(
        municipality=report.municipality,
        at=timezone.now(),
        person_kind=report.person_kind,
        course=report.course,
        user=user,
    )
    context = {
        "report": report,
        "municipality": report.municipality,
        "calls": calls,
        "hint": hint_for(report, user=user, now=timezone.now()),
        "may_open": seen.exists(),
    }
    return render(request, "alerts/report_receipt.html", context)
