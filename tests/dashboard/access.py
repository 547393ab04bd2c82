"""Who may open the dashboard and ask for figures."""

from tests.access import EVERYBODY, Rule
from tests.municipalities.factories import MunicipalityFactory

READ = {"officer", "coordinator", "manager"}


def program():
    return {"program": "agreements"}


def municipality():
    return {"code": MunicipalityFactory().code}


RULES = {
    "dashboard:dashboard": Rule(READ),
    # A program's figures are for those who may see the rows behind them.
    "dashboard:program": Rule(READ - {"officer"}, make=program),
    # Without the dashboard it shows the desks only, no figure.
    "dashboard:municipality": Rule(EVERYBODY - {"outsider"}, make=municipality),
    "api-1:figures": Rule(READ, anonymous=401),
    # Only the root that other addresses begin with: there is no page.
    "api-1:api-root": Rule(EVERYBODY, allowed=404),
    "api-1:openapi-json": Rule(EVERYBODY),
}
