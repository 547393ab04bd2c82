"""How the API answers, whoever answers: in JSON, in the language that is asked for.

Middleware and Django itself answer with pages where a request does not come as far as
an operation of the API; a program on the other side cannot read those.
"""

import json
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

PREFIX = "/api/"
JSON = "application/json"
GetResponse = Callable[[HttpRequest], HttpResponse]


def ApiAnswersMiddleware(get_response: GetResponse) -> GetResponse:  # noqa: N802
    """Turn every error under /api/ into JSON; answer HEAD and OPTIONS there."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return get_response(request)
        method = request.method
        if method == "HEAD":
            # The operations know of GET only.
            request.method = "GET"
        language = _language(request.headers.get("Accept-Language", ""))
        with translation.override(language):
            response = get_response(request)
        response.headers["Content-Language"] = language
        patch_vary_headers(response, ["Accept-Language"])
        _allow(response)
        if (
            method == "OPTIONS"
            and response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
        ):
            response.status_code, response.content = HTTPStatus.NO_CONTENT, b""
            for name in ("Content-Type", "Content-Length"):
                response.headers.pop(name, None)
        elif response.status_code >= HTTPStatus.BAD_REQUEST:
            _speak_json(response)
        if method == "HEAD":
            length = len(response.content)
            response.content = b""
            response.headers["Content-Length"] = str(length)
        return response

    return middleware


def _language(accepted: str) -> str:
    """Return the first language of ours that is accepted, else the co-op's."""
    known = dict(settings.LANGUAGES)
    for language, _quality in parse_accept_lang_header(accepted.lower()):
        if (short := language.partition("-")[0]) in known:
            return short
    return settings.LANGUAGE_CODE


def _allow(response: HttpResponse) -> None:
    """Name HEAD, too, where GET is allowed, and OPTIONS."""
    if "Allow" in response.headers:
        methods = set(response.headers["Allow"].split(", ")) | {"OPTIONS"}
        if "GET" in methods:
            methods.add("HEAD")
        response.headers["Allow"] = ", ".join(sorted(methods))


def _speak_json(response: HttpResponse) -> None:
    """Replace a page by what its status means."""
    if response.headers.get("Content-Type", "").startswith(JSON):
        return
    phrase = HTTPStatus(response.status_code).phrase
    response.content = json.dumps({"detail": f"{phrase}."}).encode()
    response.headers["Content-Type"] = f"{JSON}; charset=utf-8"
    response.headers["Content-Length"] = str(len(response.content))
