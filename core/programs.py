"""What a program tells of itself: the base of every program's app configuration.

Import the module, not the class (`class HubConfig(programs.ProgramConfig)`): Django
takes every configuration class it finds in an `apps.py` for a candidate.
"""

from collections.abc import Iterator

from django.apps import AppConfig, apps
from django.utils.functional import Promise


class ProgramConfig(AppConfig):
    """A program: what navigation, home page and dashboard need to know of an app.

    `order` sorts the programs; `home` is the URL name of its first list and
    `permission` what one needs to open it; `action` is its main action (URL name),
    `action_label` the text on the button, `action_permission` who may press it.
    """

    order: int
    home: str
    permission: str
    action: str
    action_label: str | Promise
    action_permission: str


def installed_programs() -> Iterator[ProgramConfig]:
    """Yield the installed programs in their order."""
    configs = [c for c in apps.get_app_configs() if isinstance(c, ProgramConfig)]
    return iter(sorted(configs, key=lambda config: config.order))
