"""Pages that links in mails to families open; nobody signs in here.

A link does what it is for and nothing else. Looking changes nothing, whoever or
whatever looks: what changes something is a button, or the POST of a mail program.
"""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core import fiscal

from . import subscribing
from .family_forms import FamilyAddressForm, FamilyPauseForm
from .links import Purpose, find, known_links
from .models import FamilyLink, Notice, Subscription
from .silence import day_of

PAGES = "deliveries/family"
SHOWN_NOTICES = 30
EndedHow = Subscription.EndedHow
FamilyView = Callable[[HttpRequest, FamilyLink], HttpResponse]
# What is said after an action; the page shows the rest.
DONE = {
    "pause": _("The mails are paused."),
    "resume": _("The mails come again."),
    "address": _("A mail is on its way to the new address. Please confirm it there."),
}


def family_page(purpose: FamilyLink.Purpose) -> Callable[[FamilyView], Callable]:
    """Make a view the page of links of one purpose, out of caches and search engines.

    Tokens of nothing and of another purpose get the same answer, so that it tells
    nothing about them.
    """

    def decorate(view: FamilyView) -> Callable:
        # Whoever knows the token may act, with no cookie that another site could make
        # use of: there is nothing to forge. Mail programs send neither cookie nor
        # Referer with their one click, and the browsers inside them often neither.
        @csrf_exempt
        @login_not_required
        @never_cache
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def page(request: HttpRequest, token: str) -> HttpResponse:
            link = find(token, purpose)
            if link is None:
                response = render(request, f"{PAGES}/unknown.html", status=404)
            else:
                response = view(request, link)
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
            # Its style sheets are asked for without its address, which servers log.
            response.headers["Referrer-Policy"] = "no-referrer"
            return response

        return page

    return decorate


@family_page(Purpose.CONFIRM)
def confirm(request: HttpRequest, link: FamilyLink) -> HttpResponse:
    """Ask whether the address shall be confirmed; confirm it when the button comes."""
    subscription, at = link.subscription, timezone.now()
    state = "ask"
    if not subscription.is_open:
        state = "ended"
    elif subscription.confirmed_on is not None:
        state = "already"
    elif link.expires_at is not None and link.expires_at <= at:
        state = "expired"
    elif request.method == "POST":
        try:
            subscribing.confirm(link=link, at=at)
            state = "done"
        except ValidationError as error:
            state = error.code
    return render(request, f"{PAGES}/confirm.html", {"state": state, "link": link})


@family_page(Purpose.STOP)
def stop(request: HttpRequest, link: FamilyLink) -> HttpResponse:
    """Ask whether to stop; stop when the button, or a mail program's one click, comes.

    A mail program posts `List-Unsubscribe=One-Click` (RFC 8058).
    """
    state = "ask"
    if request.method == "POST":
        is_one_click = request.POST.get("List-Unsubscribe") == "One-Click"
        is_quiet = subscribing.stop(
            subscription=link.subscription,
            how=EndedHow.ONE_CLICK if is_one_click else EndedHow.LINK,
            at=timezone.now(),
        )
        state = "stopped" if is_quiet else "on_its_way"
    elif subscribing.is_over(subscription=link.subscription):
        state = "stopped"
    return render(request, f"{PAGES}/stop.html", {"state": state})


@family_page(Purpose.MANAGE)
def manage(request: HttpRequest, link: FamilyLink) -> HttpResponse:
    """Show what was sent; pause, resume, change the address."""
    subscription, at = link.subscription, timezone.now()
    if not subscription.is_open or subscription.confirmed_on is None:
        context = {
            "subscription": subscription,
            "is_over": subscribing.is_over(subscription=subscription),
        }
        return render(request, f"{PAGES}/over.html", context)
    action = request.POST.get("action")
    pause_form = FamilyPauseForm(request.POST if action == "pause" else None)
    address_form = FamilyAddressForm(request.POST if action == "address" else None)
    if request.method == "POST":
        form = {"pause": pause_form, "address": address_form}.get(action)
        if _act(action, form, subscription, at):
            return redirect(f"{request.path}?done={action}")
    standing = _standing(subscription, at)
    context = {
        "pause_form": pause_form,
        "address_form": address_form,
        "done": None if request.method == "POST" else _done(request, standing),
    }
    return render(request, f"{PAGES}/manage.html", context | standing)


def _done(request: HttpRequest, standing: dict[str, Any]) -> Promise | None:
    """Return what an action did, as long as it holds: the address may be kept."""
    action = request.GET.get("done", "")
    holds = {
        "pause": standing["is_paused"],
        "resume": not standing["is_paused"],
        "address": standing["asked"] is not None,
    }
    return DONE[action] if holds.get(action) else None


def _act(
    action: str | None,
    form: forms.Form | None,
    subscription: Subscription,
    at: dt.datetime,
) -> bool:
    """Do what a button asks for; False when it cannot be, as the form then says."""
    if action == "resume":
        subscribing.resume(subscription=subscription)
        return True
    if form is None or not form.is_valid():
        return False
    act = subscribing.pause if action == "pause" else subscribing.change_address
    try:
        act(subscription=subscription, at=at, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(next(iter(form.fields)), error.messages)
    return form.is_valid()


def _standing(subscription: Subscription, at: dt.datetime) -> dict[str, Any]:
    """Return how a subscription stands and what was sent."""
    asked = FamilyLink.objects.filter(
        purpose=Purpose.CONFIRM,
        subscription__replaces=subscription,
        subscription__ended_on__isnull=True,
        expires_at__gt=at,
    )
    return {
        "subscription": subscription,
        "is_paused": subscription.is_paused(fiscal.local_date(at)),
        "asked": asked.select_related("subscription").first(),
        "day": day_of(subscription=subscription, at=at),
        "notices": list(_notices(subscription)[:SHOWN_NOTICES]),
        "stop_url": known_links(subscription).get(Purpose.STOP),
    }


def _notices(subscription: Subscription) -> QuerySet[Notice]:
    """Return the notices to a family, the latest first, addresses of before too."""
    rows = [subscription]
    while rows[-1].replaces is not None:
        rows.append(rows[-1].replaces)
    notices = Notice.objects.filter(subscription__in=rows)
    # A terminal may report the later one first.
    latest = notices.order_by("-noticed_for", "-happened_at", "-pk")
    return latest.select_related("delivery", "subscription")
