"""The mail addresses of the co-op's own people, by their roles."""

from core.text import INVISIBLE

from .models import User


def addresses_of(*roles: str) -> dict[str, int | None]:
    """Return {mail address: workplace} of active people with one of the roles.

    In the order in which the people were entered; the workplace is None for whoever
    belongs to none. One query.
    """
    people = User.objects.filter(groups__name__in=roles, is_active=True)
    rows = people.exclude(email="").order_by("pk").values_list("email", "workplace")
    # One that nothing can be sent to must not keep the others from being told: those
    # stored before `User.clean` may hold marks without width.
    found = {INVISIBLE.sub("", email): workplace for email, workplace in rows}
    return {email: workplace for email, workplace in found.items() if email}
