"""Roles as people name them; each is a group (see `core.access.Role`)."""

from django.utils.translation import gettext as _

from core.access import Role, coordinator_of
from core.programs import installed_programs


def role_labels() -> dict[str, str]:
    """Return the name of every role by its group's name, in the order of the roles.

    A coordinator's role names the program: 事業担当（見守り協定）.
    """
    labels = {}
    for role in Role:
        if role is not Role.COORDINATOR:
            labels[role.value] = str(role.label)
            continue
        for program in installed_programs():
            labels[coordinator_of(program.label)] = _("%(role)s (%(program)s)") % {
                "role": role.label,
                "program": program.verbose_name,
            }
    return labels
