"""A mail server on loopback that keeps what it gets, or misbehaves as told."""

import socketserver
import threading
from contextlib import contextmanager, suppress
from email import message_from_bytes

# What it may do instead of answering.
DROP = "drop"
STALL = "stall"
DRIP = "drip"


class _Dropped(Exception):
    """The server hangs up without a word."""


class _Handler(socketserver.StreamRequestHandler):
    def handle(self):
        with suppress(_Dropped, OSError):
            self._talk()

    def _talk(self):
        if not self._answer(220, "CONNECT"):
            return
        sender, recipients = None, []
        for line in self.rfile:
            verb, _, rest = line.decode().strip().partition(" ")
            verb = verb.upper()
            if verb == "MAIL":
                recipients = []
                sender = _address(rest) if self._answer(250, "MAIL") else None
            elif verb == "RCPT":
                self.server.recipients.append(rest.partition(":")[2].strip())
                usual = 503 if sender is None else 250
                if self._answer(usual, _address(rest), "RCPT"):
                    recipients.append(_address(rest))
            elif verb == "DATA":
                # As RFC 2920 wants it of a server: nobody to send to, nothing to send.
                if self._answer(354 if recipients else 503, "DATA"):
                    self._take(sender, recipients)
            elif verb == "EHLO" and self.server.offers:
                lines = ["here", *self.server.offers]
                offered = "".join(f"250-{one}\r\n" for one in lines)
                if (planned := self.server.planned(verb)) is None:
                    self.wfile.write(offered.encode())
                self._say(planned or 250)
            elif verb == "QUIT":
                self._answer(221, "QUIT")
                return
            else:
                self._answer(250, verb)

    def _take(self, sender, recipients):
        data = b""
        while (part := self.rfile.readline()) != b".\r\n":
            if not part:
                return
            data += part.removeprefix(b".") if part.startswith(b"..") else part
        # A server that hangs up only now has the mail; one that refuses has not.
        planned = self.server.planned("END")
        if planned in (None, DROP, STALL, 250):
            self.server.mails.append(message_from_bytes(data))
            self.server.envelopes.append((sender, tuple(recipients), data))
        self._say(250 if planned is None else planned)

    def _answer(self, usual, *steps):
        """Answer as planned for the first of the steps; tell whether it was a yes."""
        for step in steps:
            if (planned := self.server.planned(step)) is not None:
                return self._say(planned)
        return self._say(usual)

    def _say(self, code):
        if code == DROP:
            raise _Dropped
        if code == STALL:
            self.server.goes_on.wait(30)
            raise _Dropped
        if code == DRIP:
            while not self.server.goes_on.wait(0.05):
                self.wfile.write(b"2")
            raise _Dropped
        self.wfile.write(f"{code} said\r\n".encode())
        if code == 421:
            raise _Dropped
        return code < 400


class Server(socketserver.ThreadingTCPServer):
    """Keeps mails; `answers` says what it does instead of accepting.

    A key is a step (CONNECT, EHLO, MAIL, RCPT, DATA, END, QUIT) or the address of a
    recipient; a value is a code, DROP, STALL or DRIP (a byte now and then, for
    ever), or a list of such, one for each time, after which it behaves.
    `offers` is what EHLO is answered with.
    END is the answer to the whole message: DROP there is a server that has the mail
    and does not say so.
    """

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.mails, self.recipients, self.envelopes = [], [], []
        self.answers = {}
        self.offers = ["PIPELINING", "SIZE 1000000"]
        self.connections = 0
        self.goes_on = threading.Event()
        self._planning = threading.Lock()

    def planned(self, step):
        """Return what is to happen at a step, None for the usual."""
        with self._planning:
            self.connections += step == "CONNECT"
            answer = self.answers.get(step)
            if isinstance(answer, list):
                answer = answer.pop(0) if answer else None
            return answer


def _address(rest):
    return rest.partition("<")[2].partition(">")[0]


@contextmanager
def mail_server(settings, answer=250):
    """Run a server; `answer` is what it says to recipients. Yields the server.

    Mails go there at once. With `EMAIL_BACKEND = "outbox.backend.EmailBackend"`, set
    inside, they are queued, and the outbox's worker hands them over.
    """
    with Server() as server:
        if answer != 250:
            server.answers["RCPT"] = answer
        thread = threading.Thread(
            target=server.serve_forever, args=(0.02,), daemon=True
        )
        thread.start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.OUTBOX_TRANSPORT = "outbox.transport.SmtpBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        try:
            yield server
        finally:
            server.goes_on.set()
            server.shutdown()
            thread.join()
