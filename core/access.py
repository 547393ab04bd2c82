"""Who sees and does what: roles, and the one QuerySet method every view passes through.

A role is a Django group made by a migration; an administrator hands it out. Migrations
call `grant_roles()`; views ask for a permission and start from `visible_to(user)`;
nothing else in the project decides about access.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps as installed
from django.contrib.auth import get_permission_codename
from django.contrib.auth.management import create_permissions
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


class Role(models.TextChoices):
    """The roles of the co-op; each value names a group.

    A coordinator looks after one program, so that role is one group per program:
    `coordinator_childcare`. Give a person several where one person keeps several.
    """

    FIELD_STAFF = "field_staff", _("Field staff")
    DUTY_OFFICER = "duty_officer", _("Duty officer")
    COORDINATOR = "coordinator", _("Program coordinator")
    MANAGER = "manager", _("Manager")
    ADMINISTRATOR = "administrator", _("Administrator")


VIEW = ("view",)
EDIT = ("view", "add", "change", "delete")
# What everybody who keeps or reads a program also opens.
SHARED = (
    "dashboard.view_annualfigure",
    "dashboard.view_yearclosing",
    "dashboard.view_remark",
    "dashboard.view_reporttext",
    "dashboard.view_annualreport",
    "municipalities.view_municipality",
    "municipalities.view_desk",
)


class ScopedQuerySet(models.QuerySet):
    """Rows that know who may see them.

    A model whose rows belong to a workplace names the path to it in
    `workplace_path`; its rows are then seen by that workplace's people, and by
    everybody with the permission `view_all_<model>`.
    """

    def visible_to(self, user: "AbstractBaseUser | AnonymousUser") -> Self:
        """Return the rows `user` may see; none without the view permission."""
        options = self.model._meta
        if not user.has_perm(_permission(options, "view")):
            return self.none()
        path = getattr(self.model, "workplace_path", None)
        if path is None or user.has_perm(_permission(options, "view_all")):
            return self
        if user.workplace_id is None:
            return self.none()
        return self.filter(**{path: user.workplace_id})


def _permission(options: Any, action: str) -> str:
    return f"{options.app_label}.{get_permission_codename(action, options)}"


def coordinator_of(app_label: str) -> str:
    """Return the name of the group of this program's coordinators."""
    return f"{Role.COORDINATOR}_{app_label}"


def rights_on(
    app_label: str, models: Iterable[str], actions: Iterable[str]
) -> list[str]:
    """Return permission names such as `childcare.view_hub`."""
    return [f"{app_label}.{action}_{model}" for model in models for action in actions]


def grant_program(app_label: str) -> Callable[[Any, BaseDatabaseSchemaEditor], None]:
    """Return a migration step with the rights of a usual program.

    Its coordinators read and write every model of the app, managers read them. The
    migration depends on the app's tables and on `dashboard` and `municipalities`.
    """

    def step(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        models = [
            m._meta.model_name for m in apps.get_app_config(app_label).get_models()
        ]
        rights = {
            coordinator_of(app_label): [*rights_on(app_label, models, EDIT), *SHARED],
            Role.MANAGER.value: [*rights_on(app_label, models, VIEW), *SHARED],
        }
        grant_roles(rights)(apps, schema_editor)

    return step


def grant_roles(
    rights: Mapping[str, Iterable[str]],
) -> Callable[[Any, BaseDatabaseSchemaEditor], None]:
    """Return a migration step that gives groups permissions.

    `rights` maps a group's name to permissions (`childcare.view_hub`). Groups that are
    missing are made; rights that an administrator added meanwhile stay. Raises
    LookupError for a permission that does not exist.
    """

    def step(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        alias = schema_editor.connection.alias
        # Django makes permissions after all migrations; they are needed here already.
        for app_label in {
            name.partition(".")[0] for r in rights.values() for name in r
        }:
            create_permissions(
                installed.get_app_config(app_label), verbosity=0, using=alias
            )
        groups = apps.get_model("auth", "Group").objects.using(alias)
        permissions = apps.get_model("auth", "Permission").objects.using(alias)
        known = {
            f"{label}.{codename}": pk
            for label, codename, pk in permissions.values_list(
                "content_type__app_label", "codename", "pk"
            )
        }
        for name, wanted in rights.items():
            if missing := set(wanted) - known.keys():
                raise LookupError(f"no permission {sorted(missing)}")
            group, _created = groups.get_or_create(name=name)
            group.permissions.add(*(known[permission] for permission in wanted))

    return step
