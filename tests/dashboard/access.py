"""Who may open the dashboard and ask for figures."""

from dashboard.models import AnnualReport
from tests.access import EVERYBODY, Rule
from tests.dashboard.factories import AnnualReportFactory, RemarkFactory
from tests.municipalities.factories import MunicipalityFactory

READ = {"officer", "coordinator", "manager"}


def program():
    return {"program": "agreements"}


def municipality():
    return {"code": MunicipalityFactory().code}


def year():
    return {"year": 2016}


def remark():
    return {"pk": RemarkFactory().pk}


def section():
    return {"year": 2016, "section": "agreements"}


def published():
    if not AnnualReport.objects.exists():
        AnnualReportFactory(is_public=True)
    return {"year": 2016}


RULES = {
    "report:report": Rule(READ, make=year),
    "report:text": Rule({"manager"}, make=section),
    "report:publish": Rule({"manager"}, make=year),
    "report:address": Rule({"manager"}, make=published),
    "report:public": Rule(EVERYBODY, make=published, anonymous=200),
    "dashboard:closing": Rule(READ, make=year),
    "dashboard:close": Rule({"manager"}, make=year, method="post"),
    "dashboard:reopen": Rule({"manager"}, make=year, method="post"),
    "dashboard:remark_create": Rule({"manager"}, make=year),
    "dashboard:remark_delete": Rule(
        {"manager"}, make=remark, method="post", allowed=302
    ),
    "dashboard:dashboard": Rule(READ),
    # A program's figures are for those who may see the rows behind them.
    "dashboard:program": Rule(READ - {"officer"}, make=program),
    # Without the dashboard it shows the desks only, no figure.
    "dashboard:municipality": Rule(EVERYBODY - {"outsider"}, make=municipality),
    "dashboard:checks": Rule(READ, make=lambda: {"year": 2016}),
    "api-1:figures": Rule(READ, anonymous=401),
    # Only the root that other addresses begin with: there is no page.
    "api-1:api-root": Rule(EVERYBODY, allowed=404, anonymous=401),
    "api-1:openapi-json": Rule(EVERYBODY, anonymous=401),
}
