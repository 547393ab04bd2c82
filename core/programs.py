"""What a program tells of itself: the base of every program's app configuration.

Import the module, not the class (`class HubsConfig(programs.ProgramConfig)`): Django
takes every configuration class it finds in an `apps.py` for a candidate.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from django.apps import AppConfig, apps
from django.utils.functional import Promise

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


class Page(NamedTuple):
    """A page one may go to: URL name, text of the link, and who may open it."""

    url: str
    label: str | Promise
    permission: str


class ProgramConfig(AppConfig):
    """A program: what navigation, home page and dashboard need to know of an app.

    `order` sorts the programs, `pages` are its lists, the first its entrance, and
    `action` is what people do most often there. `frame_template`, where there is one,
    is shown in the header of every page and decides itself for whom; see
    `components/_header.html`.
    """

    order: int
    pages: tuple[Page, ...]
    action: Page
    frame_template: str | None = None

    def pages_for(self, user: "AbstractBaseUser | AnonymousUser") -> list[Page]:
        """Return the lists that `user` may open; the first is the entrance."""
        return [page for page in self.pages if user.has_perm(page.permission)]


def installed_programs() -> Iterator[ProgramConfig]:
    """Yield the installed programs in their order."""
    configs = [c for c in apps.get_app_configs() if isinstance(c, ProgramConfig)]
    return iter(sorted(configs, key=lambda config: config.order))
