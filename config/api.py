"""The JSON API: one document, to which applications add their routers."""

import json
from collections.abc import Callable
from typing import Any

from auditlog.context import auditlog_value
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.utils import timezone
from ninja import NinjaAPI
from ninja.errors import AuthenticationError
from ninja.parser import Parser
from ninja.security import HttpBearer, django_auth

from accounts.models import User
from accounts.tokens import user_of
from dashboard.api import router as figures

# What describes the interface is for those who may use it.
DESCRIPTION = ("api-root", "openapi-json")
ABOUT = """The co-op's welfare programs, for its other programs: figures and deliveries.

A program sends `Authorization: Bearer …` with a token that an administrator made for a
user; it may then do what that user may do. For reading figures the session of a person
who is signed in works too. Bodies are JSON in UTF-8, at most 5 MB. Every answer is
JSON; errors have a `detail`. Missing values are null, never zero.
"""


class TokenAuth(HttpBearer):
    """Accepts the token of an outside program, and acts as its user from then on.

    A request with a token is decided by the token alone, whatever session it has.
    """

    def __call__(self, request: HttpRequest) -> User | None:
        """Return the user of the token, None without one; never log the header."""
        scheme, _, text = request.headers.get(self.header, "").partition(" ")
        if scheme.casefold() != self.openapi_scheme:
            return None
        return self.authenticate(request, text.strip())

    def authenticate(self, request: HttpRequest, token: str) -> User:
        """Return the user. Raises AuthenticationError for any other token."""
        user = user_of(token, timezone.now())
        if user is None:
            raise AuthenticationError
        request.user = user
        # The middleware asked for the actor before the token was read.
        if (entry := auditlog_value.get(None)) is not None:
            entry["actor"] = user
        return user


class StrictParser(Parser):
    """Reads JSON as RFC 8259 has it: UTF-8, and no NaN or Infinity."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return what the body says. Raises ValueError."""
        return json.loads(request.body.decode(), parse_constant=_refuse)


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


class Api(NinjaAPI):
    """An API that asks for the sign-in itself: 401 instead of the sign-in page."""

    @property
    def urls(self) -> Any:
        """Return the patterns, all outside the sign-in middleware."""
        patterns, app_name, namespace = super().urls
        for pattern in patterns:
            if pattern.name in DESCRIPTION:
                pattern.callback = self._for_users(pattern.callback)
            login_not_required(pattern.callback)
        return patterns, app_name, namespace

    def _for_users(self, view: Callable[..., HttpResponse]) -> Callable:
        """Return the view for those only who have a token or are signed in."""

        def checked(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            try:
                if not (bearer(request) or request.user.is_authenticated):
                    raise AuthenticationError
            except AuthenticationError as error:
                return self.on_exception(request, error)
            return view(request, **kwargs)

        return checked


bearer = TokenAuth()
api = Api(
    title="Tsunagari",
    version="1",
    description=ABOUT,
    auth=[bearer, django_auth],
    docs_url=None,
    parser=StrictParser(),
)
api.add_router("", figures)
# By name, since nothing imports a program. A session does not open what writes: a page
# of somebody else could make a browser send it along.
api.add_router("", "deliveries.api.router", auth=bearer)


@api.exception_handler(AuthenticationError)
def unauthorized(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Answer 401 and name the way in (RFC 6750)."""
    body = {"detail": "Sign in, or send a token that is valid."}
    response = api.create_response(request, body, status=401)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(RequestDataTooBig)
def too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    """Answer 413 to a body that is not even read."""
    body = {"detail": "The body is too large. Send fewer items at once."}
    return api.create_response(request, body, status=413)


@api.exception_handler(RawPostDataException)
def no_json(request: HttpRequest, error: RawPostDataException) -> HttpResponse:
    """Answer 400 to a form with files, which was read as one already."""
    body = {"detail": "Send the body as application/json."}
    return api.create_response(request, body, status=400)


@api.exception_handler(ValidationError)
def refused(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer 409 to what the records do not allow, such as a closed year."""
    body = {"detail": " ".join(error.messages)}
    return api.create_response(request, body, status=409)
