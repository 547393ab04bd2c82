"""Administration of users, workplaces, roles, API tokens; the log of reads."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import Count, ForeignKey, ManyToManyField, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core import fiscal
from core.forms import RowsField

from . import tokens
from .models import AccessEntry, ApiToken, User, Workplace
from .roles import role_labels

admin.site.site_header = _("Tsunagari: administration")
admin.site.site_title = _("Tsunagari: administration")
admin.site.index_title = _("Lists")
# One way to sign in, with its limit on wrong passwords.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class RolesField(RowsField):
    """The roles to tick, in their order; groups that are no role come last."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        labels = role_labels()
        order = {name: position for position, name in enumerate(labels)}
        groups = sorted(self.queryset, key=lambda g: (order.get(g.name, 99), g.name))
        self.choices = [(group.pk, labels.get(group.name, group)) for group in groups]


@admin.register(User)
class RoleUserAdmin(UserAdmin):
    """Users with their workplace and roles.

    Who is no superuser neither makes one nor touches one: no field, no password, no
    deletion. Single permissions are not handed out, only roles.
    """

    form = UserChangeForm
    add_form = AdminUserCreationForm
    list_display = (
        "username",
        "display_name",
        "employee_number",
        "workplace",
        "roles",
        "is_active",
        "is_staff",
    )
    list_select_related = ("workplace",)
    list_filter = ("is_active", "is_staff", "workplace")
    search_fields = ("username", "display_name", "employee_number")
    show_full_result_count = False
    autocomplete_fields = ("workplace",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    person = (
        _("Person"),
        {"fields": ("display_name", "employee_number", "workplace", "email")},
    )
    rights = (
        _("Rights"),
        {
            "fields": ("is_active", "groups", "is_staff"),
            "description": _("Without a role a person sees nothing."),
        },
    )
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        person,
        rights,
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "usable_password", "password1", "password2")}),
        person,
        rights,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Fetch the roles of all shown users in one query."""
        return super().get_queryset(request).prefetch_related("groups")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Offer the superuser mark to superusers only."""
        fieldsets = super().get_fieldsets(request, obj)
        if request.user.is_superuser:
            return (*fieldsets, (_("Superuser"), {"fields": ("is_superuser",)}))
        return fieldsets

    def has_change_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        """Leave superusers to superusers."""
        return _may_touch(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        """Leave superusers to superusers."""
        return _may_touch(request, obj) and super().has_delete_permission(request, obj)

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Show groups as roles."""
        if db_field.name == "groups":
            return RolesField(
                queryset=Group.objects.all(), label=_("Roles"), required=False
            )
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @admin.display(description=_("Roles"))
    def roles(self, user: User) -> str:
        """Return the names of the user's roles."""
        labels = role_labels()
        names = {group.name for group in user.groups.all()}
        return (
            "、".join(label for name, label in labels.items() if name in names) or "–"
        )


def _may_touch(request: HttpRequest, obj: User | None) -> bool:
    return request.user.is_superuser or obj is None or not obj.is_superuser


admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(GroupAdmin):
    """Roles, who has them and what they may; only superusers change that."""

    list_display = ("label", "members")
    fields = ("label", "permissions")
    readonly_fields = ("label",)
    search_fields = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Count the people of each role."""
        return super().get_queryset(request).annotate(members=Count("user"))

    def get_fields(self, request: HttpRequest, obj: Group | None = None) -> Any:
        """Ask for the name of a new group; roles keep theirs, migrations know it."""
        return self.fields if obj else ("name", "permissions")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Leave what a role may to superusers."""
        return request.user.is_superuser

    def has_change_permission(
        self, request: HttpRequest, obj: Group | None = None
    ) -> bool:
        """Leave what a role may to superusers."""
        return request.user.is_superuser

    def has_delete_permission(
        self, request: HttpRequest, obj: Group | None = None
    ) -> bool:
        """Keep the roles, which migrations made."""
        is_role = obj is not None and obj.name in role_labels()
        return request.user.is_superuser and not is_role

    @admin.display(description=_("Role"), ordering="name")
    def label(self, group: Group) -> str:
        """Return the name of the role."""
        return role_labels().get(group.name, group.name)

    @admin.display(description=_("People"), ordering="members")
    def members(self, group: Any) -> int:
        """Return how many people have the role."""
        return group.members


@admin.register(Workplace)
class WorkplaceAdmin(admin.ModelAdmin):
    """Workplaces; one that is closed is switched off, not deleted."""

    list_display = ("code", "name", "kind", "is_active")
    list_display_links = ("code", "name")
    list_filter = ("kind", "is_active")
    search_fields = ("code", "name")
    show_full_result_count = False


class ApiTokenForm(forms.ModelForm):
    """Asks for user, name and end of a token; refuses a new one that cannot work."""

    def clean(self) -> dict[str, Any]:
        """Hold a new token against the rules of `tokens.check`."""
        data = super().clean() or self.cleaned_data
        if self.instance.pk is None and data.get("user"):
            try:
                tokens.check(data["user"], data.get("expires_on"), fiscal.local_date())
            except ValidationError as error:
                self.add_error(None, error)
        return data


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin):
    """Tokens of outside programs; a new one is shown once, on the page that answers.

    Tokens of superusers are left to superusers, as they themselves are.
    """

    form = ApiTokenForm
    list_display = (
        "name",
        "user",
        "prefix",
        "created_at",
        "expires_on",
        "last_used_at",
        "revoked_at",
    )
    list_select_related = ("user",)
    search_fields = ("name", "prefix", "user__username", "user__display_name")
    show_full_result_count = False
    actions = ("revoke",)
    fields = ("user", "name", "expires_on")
    told = ("prefix", "created_at", "created_by", "last_used_at", "revoked_at")

    def get_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> Any:
        """Show what is known of a token that exists."""
        return (*self.fields, *self.told) if obj else self.fields

    def get_readonly_fields(
        self, request: HttpRequest, obj: ApiToken | None = None
    ) -> Any:
        """Keep the user of a token that exists."""
        return ("user", *self.told) if obj else ()

    def has_change_permission(
        self, request: HttpRequest, obj: ApiToken | None = None
    ) -> bool:
        """Leave the tokens of superusers to superusers."""
        may_touch = _may_touch(request, obj and obj.user)
        return may_touch and super().has_change_permission(request, obj)

    def has_delete_permission(
        self, request: HttpRequest, obj: ApiToken | None = None
    ) -> bool:
        """Leave the tokens of superusers to superusers."""
        may_touch = _may_touch(request, obj and obj.user)
        return may_touch and super().has_delete_permission(request, obj)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Offer the users for whom the person may make a token."""
        if db_field.name == "user":
            users = User.objects.filter(is_active=True)
            if not request.user.is_superuser:
                users = users.exclude(is_superuser=True)
            kwargs["queryset"] = users
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: ApiToken, form: forms.ModelForm, change: bool
    ) -> None:
        """Make the secret of a new token; it lives as long as this request."""
        if change:
            super().save_model(request, obj, form, change)
        else:
            today = fiscal.local_date()
            obj.text = tokens.issue(token=obj, actor=request.user, today=today)

    def response_add(
        self, request: HttpRequest, obj: ApiToken, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the token on the answer itself: a message would be stored."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("The new token"),
            "token": obj,
            "text": obj.text,
        }
        return TemplateResponse(request, "admin/accounts/token_shown.html", context)

    @admin.action(description=_("Revoke the chosen tokens"), permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet) -> None:
        """End the tokens at once; they stay in the list."""
        rows = queryset.filter(revoked_at__isnull=True).select_related("user")
        chosen = [one for one in rows if _may_touch(request, one.user)]
        for token in chosen:
            tokens.revoke(token=token, at=timezone.now())
        text = ngettext("%(n)d token revoked.", "%(n)d tokens revoked.", len(chosen))
        self.message_user(request, text % {"n": len(chosen)})


@admin.register(AccessEntry)
class AccessEntryAdmin(admin.ModelAdmin):
    """The log of reads: only read; the database refuses everything else, too."""

    list_display = ("at", "user", "action", "subject", "reason", "row_count")
    list_select_related = ("user",)
    list_filter = ("action",)
    date_hierarchy = "at"
    search_fields = ("user__username", "user__display_name", "=subject")
    search_help_text = _("User name, name of the user, or receipt number")
    show_full_result_count = False
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Leave writing to what is read."""
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: AccessEntry | None = None
    ) -> bool:
        """Keep every entry as it was written."""
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: AccessEntry | None = None
    ) -> bool:
        """Keep every entry."""
        return False
