"""Pages of requests, members, groups and tariffs."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django.views.generic import CreateView, DetailView, UpdateView

from core import fiscal
from core.text import fold
from core.views import ProgramFormMixin, ProgramListView

from .fields import caption
from .filtersets import (
    GroupFilterSet,
    MemberFilterSet,
    RequestFilterSet,
    TariffFilterSet,
)
from .forms import GroupForm, MemberForm, RequestForm, TariffEndForm, TariffForm
from .models import Group, Member, Request, Tariff
from .services import helped_minutes, recognition
from .tables import GroupTable, MemberTable, RequestTable, TariffTable

SUGGESTIONS = 20


class RequestListView(ProgramListView):
    """The list of requests for help."""

    model = Request
    table_class = RequestTable
    filterset_class = RequestFilterSet
    permission_required = "mutualaid.view_request"
    title = _("Requests for help")
    create_url = "mutualaid:request_create"
    create_label = _("Record a request")
    create_permission = "mutualaid.add_request"
    empty_hint = _("Record the first wish of a member for help.")

    def get_queryset(self) -> QuerySet:
        """Join the members and their group, which every row shows."""
        rows = super().get_queryset()
        return rows.select_related("recipient__group", "helper")


class RequestDetailView(PermissionRequiredMixin, DetailView):
    """The page of one request."""

    permission_required = "mutualaid.view_request"
    # The name `request` belongs to the HTTP request.
    context_object_name = "wish"

    def get_queryset(self) -> QuerySet:
        """Return the requests the person may see."""
        requests = Request.objects.visible_to(self.request.user)
        return requests.select_related("recipient__group", "helper")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the slips that answer the request."""
        slips = self.object.activities.visible_to(self.request.user)
        return super().get_context_data(slips=slips, **kwargs)


class RequestCreateView(ProgramFormMixin, CreateView):
    """Record a request."""

    model = Request
    form_class = RequestForm
    permission_required = "mutualaid.add_request"
    title = _("Record a request")


class RequestUpdateView(ProgramFormMixin, UpdateView):
    """Change a request that is still pending: match it with a helper."""

    model = Request
    form_class = RequestForm
    permission_required = "mutualaid.change_request"
    title = _("Change the request")

    def get_queryset(self) -> QuerySet:
        """Leave out what is done or cancelled."""
        return super().get_queryset().pending()


@require_POST
@permission_required("mutualaid.change_request", raise_exception=True)
def request_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a pending request; a second time changes nothing."""
    wish = get_object_or_404(Request.objects.visible_to(request.user), pk=pk)
    if wish.is_pending:
        wish.state = Request.State.CANCELLED
        wish.save(update_fields=["state"])
    return redirect(wish)


class MemberListView(ProgramListView):
    """The list of members."""

    model = Member
    table_class = MemberTable
    filterset_class = MemberFilterSet
    permission_required = "mutualaid.view_member"
    title = _("Members of the mutual-aid groups")
    create_url = "mutualaid:member_create"
    create_label = _("Register a member")
    create_permission = "mutualaid.add_member"
    empty_hint = _("Register the first member of a group.")

    def get_queryset(self) -> QuerySet:
        """Join municipality and group, which every row shows."""
        return super().get_queryset().select_related("municipality", "group")


class MemberDetailView(PermissionRequiredMixin, DetailView):
    """The page of one member, with the hours given and the honour they earn."""

    permission_required = "mutualaid.view_member"

    def get_queryset(self) -> QuerySet:
        """Return the members the person may see."""
        members = Member.objects.visible_to(self.request.user)
        return members.select_related("municipality", "group")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the minutes helped so far, and the month of the current statement."""
        minutes = helped_minutes(self.object)
        return super().get_context_data(
            minutes=minutes,
            recognition=recognition(minutes),
            today=fiscal.local_date(),
            **kwargs,
        )


class MemberCreateView(ProgramFormMixin, CreateView):
    """Register a member."""

    model = Member
    form_class = MemberForm
    permission_required = "mutualaid.add_member"
    title = _("Register a member")


class MemberUpdateView(ProgramFormMixin, UpdateView):
    """Change a member."""

    model = Member
    form_class = MemberForm
    permission_required = "mutualaid.change_member"
    title = _("Change the member")


@permission_required("mutualaid.view_member", raise_exception=True)
def member_suggest(request: HttpRequest, role: str) -> HttpResponse:
    """Answer with the options for what was typed so far."""
    if role not in (Member.Role.RECIPIENT, Member.Role.HELPER):
        raise Http404
    key = fold(request.GET.get("q", ""))
    members = Member.objects.visible_to(request.user).in_role(role)
    found = members.filter(search_key__contains=key) if key else members.none()
    options = [(caption(m), m.kana) for m in found.order_by("number")[:SUGGESTIONS]]
    return render(request, "mutualaid/_suggestions.html", {"options": options})


class GroupListView(ProgramListView):
    """The list of groups."""

    model = Group
    table_class = GroupTable
    filterset_class = GroupFilterSet
    permission_required = "mutualaid.view_group"
    title = _("Mutual-aid groups")
    create_url = "mutualaid:group_create"
    create_label = _("Record a group")
    create_permission = "mutualaid.add_group"


class GroupDetailView(PermissionRequiredMixin, DetailView):
    """The page of one group, with its tariffs."""

    permission_required = ("mutualaid.view_group", "mutualaid.view_tariff")

    def get_queryset(self) -> QuerySet:
        """Return the groups the person may see."""
        return Group.objects.visible_to(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the tariffs, the newest first."""
        tariffs = Tariff.objects.visible_to(self.request.user)
        tariffs = tariffs.filter(group=self.object).order_by("-valid_from")
        return super().get_context_data(tariffs=tariffs, **kwargs)


class GroupCreateView(ProgramFormMixin, CreateView):
    """Record a group."""

    model = Group
    form_class = GroupForm
    permission_required = "mutualaid.add_group"
    title = _("Record a group")


class GroupUpdateView(ProgramFormMixin, UpdateView):
    """Change a group."""

    model = Group
    form_class = GroupForm
    permission_required = "mutualaid.change_group"
    title = _("Change the group")


class TariffListView(ProgramListView):
    """The list of tariffs."""

    model = Tariff
    table_class = TariffTable
    filterset_class = TariffFilterSet
    template_name = "mutualaid/tariff_list.html"
    permission_required = "mutualaid.view_tariff"
    title = _("Tariffs")
    create_url = "mutualaid:tariff_create"
    create_label = _("Record a tariff")
    create_permission = "mutualaid.add_tariff"
    empty_hint = _("Record a group, then its tariff.")

    def get_queryset(self) -> QuerySet:
        """Join the group, which every row shows."""
        return super().get_queryset().select_related("group")


class TariffCreateView(ProgramFormMixin, CreateView):
    """Record a tariff."""

    model = Tariff
    form_class = TariffForm
    permission_required = "mutualaid.add_tariff"
    title = _("Record a tariff")


class TariffUpdateView(ProgramFormMixin, UpdateView):
    """Enter the last day of a tariff."""

    model = Tariff
    form_class = TariffEndForm
    permission_required = "mutualaid.change_tariff"
    title = _("End the tariff")
