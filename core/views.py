"""The shared base views: a list that filters, pages and exports, and a form page."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django.apps import apps
from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Aggregate, Count, QuerySet
from django.forms import ModelForm
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_filters.views import FilterView
from django_tables2 import SingleTableMixin

from .forms import show_errors_beside_fields
from .htmx import wants_fragment
from .paging import BoundedPaginator
from .spreadsheets.exports import export_response


@dataclass(frozen=True)
class Total:
    """A figure under a list: what it counts, its unit, and the aggregate over the rows.

    The number is the aggregate divided by `per` (minutes to hours: 60), shown with
    `decimals`. None, as of a sum over no rows, stays None.
    """

    label: str | Promise
    measure: Aggregate
    per: int = 1
    decimals: int = 0

    def of(self, value: int | Decimal | None) -> int | Decimal | None:
        """Return the number that stands for the aggregate `value`."""
        return value if value is None or self.per == 1 else Decimal(value) / self.per


class ProgramListView(PermissionRequiredMixin, SingleTableMixin, FilterView):
    """A list page. Subclasses declare; they extend `get_queryset()` only for joins.

    `totals` are shown, and exact, as soon as a filter narrows the rows; without one
    the list counts no further than the paginator does, so that a million rows open
    like ten. Queries: one per page, count and totals each.
    """

    template_name = "components/list.html"
    table_pagination: ClassVar[dict[str, Any]] = {
        "per_page": 50,
        "paginator_class": BoundedPaginator,
    }
    totals: ClassVar[Mapping[str, Total]] = {}
    title: str | Promise = ""
    intro: str | Promise = ""
    empty_hint: str | Promise = ""
    create_url: str = ""
    create_label: str | Promise = ""
    create_permission: str = ""

    def get_queryset(self) -> QuerySet:
        """Return the rows the person may see."""
        return self.model.objects.visible_to(self.request.user)

    def render_to_response(
        self, context: dict[str, Any], **kwargs: Any
    ) -> HttpResponseBase:
        """Answer with the page, or with a file when `export` names a format."""
        kind = self.request.GET.get("export")
        if kind not in ("csv", "xlsx"):
            return super().render_to_response(context, **kwargs)
        rows = context["table"].data.data
        return export_response(self.table_class, rows, kind, str(self.title))

    def get_template_names(self) -> list[str]:
        """Return the page, or only its results when htmx asks for them."""
        if wants_fragment(self.request):
            return ["components/_results.html"]
        return [self.template_name]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add title, totals, and the link that creates a row."""
        context = super().get_context_data(**kwargs)
        may_create = self.create_url and self.request.user.has_perm(
            self.create_permission
        )
        return context | {
            "title": self.title,
            "intro": self.intro,
            "empty_hint": self.empty_hint,
            "create_url": reverse(self.create_url) if may_create else "",
            "create_label": self.create_label,
            "summary": self.get_summary(),
        }

    def get_summary(self) -> dict[str, Any]:
        """Return the exact totals by name, `count` among them; empty without filter."""
        if not self.filterset.is_narrowed:
            return {}
        measures = {name: total.measure for name, total in self.totals.items()}
        rows = self.object_list.order_by()
        summary = rows.aggregate(count=Count("pk"), **measures)
        return summary | {n: t.of(summary[n]) for n, t in self.totals.items()}


class ProgramFormMixin(PermissionRequiredMixin):
    """A create or update page: one column, the errors summed up on top.

    Rows outside the person's scope answer 404. Subclasses declare `model`,
    `form_class`, `permission_required` and `title`.
    """

    template_name = "components/form_page.html"
    title: str | Promise = ""
    submit_label: str | Promise = _("Save")

    def get_queryset(self) -> QuerySet:
        """Return the rows the person may see."""
        return self.model.objects.visible_to(self.request.user)

    def form_invalid(self, form: ModelForm) -> HttpResponseBase:
        """Show the form again, each error beside the field that is to be corrected."""
        show_errors_beside_fields(form)
        return super().form_invalid(form)

    def form_valid(self, form: ModelForm) -> HttpResponseBase:
        """Save everything or nothing, and say so.

        What only the database knows, such as a closed year, is shown like any error.
        """
        try:
            with transaction.atomic():
                response = super().form_valid(form)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        messages.success(self.request, _("Saved."))
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add title, label of the button and where "cancel" leads."""
        context = super().get_context_data(**kwargs)
        return context | {
            "title": self.title,
            "submit_label": self.submit_label,
            "cancel_url": self._cancel_url(),
        }

    def _cancel_url(self) -> str:
        if self.object is not None and self.object.pk:
            return self.get_success_url()
        return reverse(apps.get_app_config(self.model._meta.app_label).pages[0].url)
