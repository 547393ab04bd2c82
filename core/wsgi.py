"""Requests that end early: without this, the part that came would be taken for all."""

from collections.abc import Callable, Iterable
from typing import Any, BinaryIO

from django.core.exceptions import BadRequest


class WholeBody:
    """The body of a request; raises BadRequest where less comes than was announced.

    Servers hand on what came until the connection broke, and Django takes it for the
    whole: half a narrative would be stored as if it were all that was written.
    """

    def __init__(self, stream: BinaryIO, length: int) -> None:
        self._stream = stream
        self._missing = length

    def read(self, size: int = -1) -> bytes:
        """Return `size` bytes, or all that were announced."""
        wanted = self._missing if size is None or size < 0 else size
        data = self._stream.read(wanted)
        self._missing -= len(data)
        if self._missing > 0 and len(data) < wanted:
            raise BadRequest("The request ended early.")
        return data

    def readline(self, size: int = -1) -> bytes:
        """Return a line, or `size` bytes of it."""
        wanted = self._missing if size is None or size < 0 else size
        line = self._stream.readline(wanted)
        self._missing -= len(line)
        if self._missing > 0 and len(line) < wanted and not line.endswith(b"\n"):
            raise BadRequest("The request ended early.")
        return line


def refuse_cut_requests(application: Callable[..., Any]) -> Callable[..., Any]:
    """Return the WSGI application, which then refuses what did not come whole."""

    def whole(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        announced = environ.get("CONTENT_LENGTH") or ""
        if announced.isdecimal():
            stream = WholeBody(environ["wsgi.input"], int(announced))
            environ = environ | {"wsgi.input": stream}
        return application(environ, start_response)

    return whole
