"""What of an error is written to the log: where it happened, not what was typed.

The message of an exception may quote what somebody typed (PostgreSQL prints the whole
row that a constraint refused), the lines of the program do not.
"""

import logging
import re
import traceback

from django.db import OperationalError
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.urls import NoReverseMatch

# Their messages name parts of the program or of the machine.
TELLING = (
    AttributeError,
    ImportError,
    NameError,
    NoReverseMatch,
    OSError,
    OperationalError,
    TemplateDoesNotExist,
    TemplateSyntaxError,
)
WITHHELD = "(message withheld)"
# A long part of a path is a token by which somebody acts: a link out of a mail.
TOKEN = re.compile(r"(?<=/)[A-Za-z0-9_-]{32,}")


class WithoutMessages(logging.Filter):
    """Writes errors without their messages, whatever handler comes after it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Put type and lines of the error where every formatter finds them."""
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = plain_traceback(record.exc_info[1])
            record.exc_info = None
        return True


class WithoutTokens(logging.Filter):
    """Writes addresses of pages without the tokens in them, which open something."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the tokens in what is written."""
        if isinstance(record.args, tuple):
            record.args = tuple(
                TOKEN.sub("…", one) if isinstance(one, str) else one
                for one in record.args
            )
        return True


def plain_traceback(error: BaseException) -> str:
    """Return the lines of the program that led to an error, and those before it."""
    parts: list[str] = []
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        text = str(found) if isinstance(found, TELLING) else WITHHELD
        lines = "".join(traceback.format_tb(found.__traceback__))
        kind = f"{type(found).__module__}.{type(found).__qualname__}"
        parts.append(f"Traceback (most recent call last):\n{lines}{kind}: {text}")
        hidden = found.__suppress_context__
        found = found.__cause__ or (None if hidden else found.__context__)
    return "\n\nled to\n\n".join(reversed(parts))
