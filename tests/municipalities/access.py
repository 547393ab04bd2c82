"""Who may open the program's URLs: everybody with a role looks up whom to call."""

from tests.access import EVERYBODY, Rule
from tests.municipalities.factories import DeliveryCourseFactory, DeskFactory

READ = EVERYBODY - {"outsider"}


def desk():
    return {"pk": DeskFactory().pk}


def course():
    return {"pk": DeliveryCourseFactory().pk}


RULES = {
    "municipalities:municipality_list": Rule(READ),
    "municipalities:desk_list": Rule(READ),
    "municipalities:desk_detail": Rule(READ, make=desk),
    "municipalities:course_list": Rule(READ),
    "municipalities:course_wallet": Rule(READ, make=course),
    # Names of municipalities only, for a form field: no role is asked for.
    "municipalities:suggest": Rule(EVERYBODY),
}
