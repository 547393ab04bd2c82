"""The checklist in the administration; reports are not there."""

import pytest
from django.urls import NoReverseMatch, reverse

from alerts.models import Sign
from tests.alerts.factories import IncidentReportFactory

pytestmark = pytest.mark.django_db


def test_administrator_edits_the_checklist_and_manager_does_not(administrator, manager):
    sign = Sign.objects.get(code="mail")
    url = reverse("admin:alerts_sign_change", args=[sign.pk])
    assert administrator.post(url, {"name": "新聞", "order": "5"}).status_code == 302
    sign.refresh_from_db()
    assert (sign.code, sign.name, sign.is_active) == ("mail", "新聞", False)
    assert manager.get(url).status_code == 302


def test_sign_is_never_deleted(administrator):
    sign = Sign.objects.get(code="mail")
    url = reverse("admin:alerts_sign_delete", args=[sign.pk])
    assert administrator.post(url, {"post": "yes"}).status_code == 403


def test_sign_switched_off_is_not_offered_but_stays_on_its_report(staff, officer):
    report = IncidentReportFactory(signs=["mail"])
    sign = Sign.objects.get(code="mail")
    Sign.objects.filter(pk=sign.pk).update(is_active=False)
    new = staff.get(reverse("alerts:report_create"), {"step": "form"})
    assert sign not in new.context["form"].fields["signs"].queryset
    old = officer.get(reverse("alerts:report_update", args=[report.pk]))
    assert sign in old.context["form"].fields["signs"].queryset


def test_reports_and_stories_are_not_in_the_administration():
    for model in ("incidentreport", "casestory", "followup"):
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:alerts_{model}_changelist")
