"""Middleware: language, unreadable text, response headers, expired sign-in."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect

UNSTORABLE = re.compile("[\x00\ud800-\udfff\ufffd]")
GetResponse = Callable[[HttpRequest], HttpResponse]


def LanguageMiddleware(get_response: GetResponse) -> GetResponse:  # noqa: N802
    """Speak Japanese unless the person switched the language.

    Django's own middleware follows the browser's Accept-Language, which on shared
    tablets is often English without anybody having chosen it.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        known = chosen in dict(settings.LANGUAGES)
        with translation.override(chosen if known else settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]
            response = get_response(request)
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)  # type: ignore[attr-defined]
        return response

    return middleware


def ReadableTextMiddleware(get_response: GetResponse) -> GetResponse:  # noqa: N802
    """Answer 400 to text that no database column can hold: NUL, lone surrogates.

    Without it such text in a search or an identifier ends as an error of the driver.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        texts = [request.path]
        for data in (request.GET, request.POST):
            for name, values in data.lists():
                texts += [name, *values]
        if all(map(_is_storable, texts)):
            return get_response(request)
        return render(request, "400.html", status=400)

    return middleware


def _is_storable(text: str) -> bool:
    # Django reads bytes that are no UTF-8, lone surrogates among them, as U+FFFD.
    return not UNSTORABLE.search(text)


def ResponseHeadersMiddleware(get_response: GetResponse) -> GetResponse:  # noqa: N802
    """Keep pages of signed-in people out of caches; switch off what is unused."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            response.headers["Cache-Control"] = "no-store"
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=()")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        patch_vary_headers(response, ["HX-Request"])
        return response

    return middleware


def HtmxLoginMiddleware(get_response: GetResponse) -> GetResponse:  # noqa: N802
    """Send the whole page, not a fragment of it, to the sign-in when it expired."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        location = response.headers.get("Location", "")
        if request.htmx and response.status_code == 302 and "/login/" in location:  # type: ignore[attr-defined]
            return HttpResponseClientRedirect(location)
        return response

    return middleware
