"""The JSON API: one document, to which applications add their routers."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI
from ninja.errors import AuthenticationError
from ninja.security import HttpBearer, django_auth

from accounts.models import User
from accounts.tokens import user_of
from dashboard.api import router as figures

# What describes the interface is for people who are signed in.
DESCRIPTION = ("api-root", "openapi-json")
ABOUT = """Figures of the co-op's welfare programs, for its other programs.

A program sends `Authorization: Bearer …` with a token that an administrator made for a
user; it may then do what that user may do. The session of a person who is signed in
works too. Missing values are null, never zero.
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
        return user


class Api(NinjaAPI):
    """An API that asks for the sign-in itself: 401 instead of the sign-in page."""

    @property
    def urls(self) -> Any:
        """Return the patterns, their operations outside the sign-in middleware."""
        patterns, app_name, namespace = super().urls
        for pattern in patterns:
            if pattern.name not in DESCRIPTION:
                login_not_required(pattern.callback)
        return patterns, app_name, namespace


api = Api(
    title="Tsunagari",
    version="1",
    description=ABOUT,
    auth=[TokenAuth(), django_auth],
    docs_url=None,
)
api.add_router("", figures)


@api.exception_handler(AuthenticationError)
def unauthorized(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Answer 401 and name the way in (RFC 6750)."""
    body = {"detail": "Sign in, or send a token that is valid."}
    response = api.create_response(request, body, status=401)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response
