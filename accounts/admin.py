"""Administration of users, workplaces and roles."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db.models import Count, ManyToManyField, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .models import User, Workplace
from .roles import role_labels

admin.site.site_header = _("Tsunagari: administration")
admin.site.site_title = _("Tsunagari: administration")
admin.site.index_title = _("Lists")
# One way to sign in, with its limit on wrong passwords.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class RolesField(forms.ModelMultipleChoiceField):
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
    person = (_("Person"), {"fields": ("display_name", "employee_number", "workplace")})
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
