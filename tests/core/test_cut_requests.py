"""A request that ends early is refused; what came of it is not taken for all."""

from io import BytesIO

import pytest
from django.urls import reverse

from config.wsgi import application

FORM = b"login=haru&password=first-and-second"
MULTIPART = (
    b'--limit\r\nContent-Disposition: form-data; name="login"\r\n\r\n'
    b"first line\r\nsecond line\r\n--limit--\r\n"
)
CUTS = [
    (body, kind, come)
    for body, kind in (
        (FORM, "application/x-www-form-urlencoded"),
        (MULTIPART, "multipart/form-data; boundary=limit"),
    )
    for come in (0, 1, len(body) // 2, len(body) - 1, len(body))
]


def status_of(body, kind, come):
    """Return how the server answers when `come` bytes of the body have come."""
    statuses = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": reverse("account_login"),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body[:come]),
        "wsgi.url_scheme": "http",
    }
    answer = application(environ, lambda status, headers: statuses.append(status))
    b"".join(answer)
    answer.close()
    return int(statuses[0][:3])


@pytest.mark.django_db
@pytest.mark.parametrize(("body", "kind", "come"), CUTS)
def test_only_a_whole_request_is_looked_at(body, kind, come):
    # A whole one goes as far as the check of its token, which it has not.
    assert status_of(body, kind, come) == (403 if come == len(body) else 400)
