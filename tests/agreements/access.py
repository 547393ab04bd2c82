"""Who may open the program's URLs."""

from tests.access import Rule
from tests.agreements.factories import AgreementFactory, PromiseFactory, VisitFactory

READ = {"coordinator", "manager"}
WRITE = {"coordinator"}


def agreement():
    return {"pk": AgreementFactory().pk}


def visit():
    return {"pk": VisitFactory().pk}


def promise():
    return {"pk": PromiseFactory().pk}


RULES = {
    "agreements:agreement_list": Rule(READ),
    "agreements:agreement_create": Rule(WRITE),
    "agreements:agreement_detail": Rule(READ, make=agreement),
    "agreements:agreement_update": Rule(WRITE, make=agreement),
    # Without a document the page is not there, even for those who may read it.
    "agreements:agreement_document": Rule(READ, make=agreement, allowed=404),
    "agreements:coverage": Rule(READ),
    "agreements:unvisited_list": Rule(READ),
    "agreements:visit_list": Rule(READ),
    "agreements:visit_create": Rule(WRITE),
    "agreements:visit_detail": Rule(READ, make=visit),
    "agreements:visit_update": Rule(WRITE, make=visit),
    "agreements:promise_create": Rule(WRITE, make=visit),
    "agreements:promise_keep": Rule(WRITE, make=promise, method="post"),
}
