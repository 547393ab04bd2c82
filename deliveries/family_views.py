"""Pages that links in mails to families open; nobody signs in here."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse


@login_not_required
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether the address shall be confirmed; confirm it when the button comes."""
    raise Http404


@login_not_required
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """Show what was sent; pause, resume, change the address."""
    raise Http404


@login_not_required
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether to stop; stop when the button, or a mail program's one click, comes."""
    raise Http404
