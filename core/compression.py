"""Compressing pages without telling their secrets by their length (BREACH).

Whoever can make a person open addresses, and sees how long the answers are, learns a
secret of the page bit by bit as long as the page repeats a part of the address. Every
page repeats its address in the form that switches the language. So a page is compressed
only where the address holds nothing but what we put into it. (Django also pads the
length at random, and masks the CSRF token anew each time.)
"""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.gzip import gzip_page

View = Callable[..., HttpResponse]
OwnQuery = Callable[[HttpRequest], Collection[tuple[str, str]]]


def nothing(request: HttpRequest) -> Collection[tuple[str, str]]:
    """Return no parameter: of pages whose address has no query."""
    return ()


def compressed(own_query: OwnQuery = nothing) -> Callable[[View], View]:
    """Compress a page as long as its query is made of these (name, value) pairs only.

    For pages without anybody's data beside a search.
    """

    def decorate(view: View) -> View:
        zipped = gzip_page(view)

        @wraps(view)
        def choose(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            sent = [(name, v) for name, values in request.GET.lists() for v in values]
            is_own = not sent or set(sent) <= set(own_query(request))
            return (zipped if is_own else view)(request, *args, **kwargs)

        return choose

    return decorate
