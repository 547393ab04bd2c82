"""People whose device behaves as the form's script does: it sends until it is told."""

import http.client
import json
import random
import re
import socket
import time
from dataclasses import dataclass
from http.cookies import SimpleCookie
from io import BytesIO
from urllib.parse import urlencode

PASSWORD = "見本-password-1"
TIMEOUT = 60
# So long somebody waits whom the server asks to try later.
WAIT = 5
PATIENCE = 300
MOST_PEOPLE = 16
RECEIPT = re.compile(r"/alerts/(\d+)/receipt/")
SIGN_IN = "/accounts/login/"


class Broken(Exception):
    """The connection ended early; `status` and `body` are what had come of it."""

    def __init__(self, seen=b""):
        super().__init__("The connection broke.")
        head, _end, self.body = seen.partition(b"\r\n\r\n")
        words = head.split(maxsplit=2)
        self.status = int(words[1]) if len(words) > 1 and words[1].isdigit() else None


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    body: bytes

    @property
    def asks_to_sign_in(self):
        return self.status == 401 or SIGN_IN in self.location

    @property
    def is_interrupted(self):
        # What Django answers when the session could not be stored.
        return self.status == 400 and not self.body.startswith(b"{")

    @property
    def number(self):
        """The key of the report in an answer to the script; None in any other."""
        if not self.body.startswith(b"{"):
            return None
        told = json.loads(self.body).get("number")
        return int(told.split("-")[1]) if told else None

    def receipt(self):
        """Return the key of the stored report when this acknowledges just that."""
        if self.status in (200, 201):
            return self.number
        if self.status == 302 and (found := RECEIPT.search(self.location)):
            return int(found[1])
        return None


class Person:
    """Somebody at a browser with `cookies`; `counts` is shared with others.

    Signing in goes to the server itself at `door`, everything else to `port`.
    """

    def __init__(self, username, port, *, door, cookies, counts, dice: random.Random):
        self.username = username
        self.port = port
        self.door = door
        self.counts = counts
        self.dice = dice
        self.cookies = cookies

    def connect(self, port=None):
        place = "127.0.0.1", port or self.port
        return socket.create_connection(place, timeout=TIMEOUT)

    def ask(self, path, fields=None, *, connection=None, accept="text/html"):
        """Send one request, return its answer; raise Broken when none comes whole."""
        seen = b""
        try:
            with connection or self.connect() as connection:
                connection.sendall(self._request(path, fields, accept))
                while data := connection.recv(65_536):
                    seen += data
        except OSError:
            raise Broken(seen) from None
        return self._read(seen)

    def _read(self, seen):
        # Not read by http.client: it takes a head that was cut for a whole one.
        head, end, body = seen.partition(b"\r\n\r\n")
        first, _end, lines = head.partition(b"\r\n")
        headers = http.client.parse_headers(BytesIO(lines + end))
        if not end:
            raise Broken(seen)
        status, length = int(first.split()[1]), headers["Content-Length"]
        # Errors of the outermost layers come without a length; nothing else may.
        if length is None and status < 400:
            raise RuntimeError(head.decode())
        if length is not None and len(body) != int(length):
            raise Broken(seen)
        for header in headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(header).items():
                self.cookies[name] = morsel.value
        return Answer(status, headers.get("Location", ""), body)

    def _request(self, path, fields, accept):
        body = b"" if fields is None else self._body(fields)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = [
            f"{'GET' if fields is None else 'POST'} {path} HTTP/1.1",
            "Host: 127.0.0.1",
            f"Accept: {accept}",
            "Connection: close",
            f"Cookie: {cookies}",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def _body(self, fields):
        token = self.cookies.get("csrftoken", "")
        return urlencode({"csrfmiddlewaretoken": token} | fields, doseq=True).encode()

    def sign_in(self):
        """Sign in anew, as often as it takes."""
        fields = {"login": self.username, "password": PASSWORD}
        while True:
            self.cookies.clear()
            try:
                self.ask(SIGN_IN, connection=self.connect(self.door))
                answer = self.ask(SIGN_IN, fields, connection=self.connect(self.door))
            except (Broken, OSError):
                self.pause()
                continue
            if answer.status == 302 and not answer.asks_to_sign_in:
                self.counts["signed in"] += 1
                return
            if answer.status == 429:
                time.sleep(WAIT)
            self.pause()

    def insist(self, path, fields=None, *, accept="text/html"):
        """Send the same again until an answer comes that is no fault."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                answer = self.ask(path, fields, accept=accept)
            except Broken:
                self.counts["connections lost"] += 1
            else:
                if answer.asks_to_sign_in or (not self.cookies.get("sessionid")):
                    self.sign_in()
                elif answer.status < 500 and not answer.is_interrupted:
                    return answer
                else:
                    self.counts[f"answers {answer.status}"] += 1
            self.pause()
        raise RuntimeError(f"{path} was not answered for {PATIENCE} seconds.")

    def pause(self):
        """Wait a moment, not all for the same time."""
        time.sleep(self.dice.uniform(0.01, 0.1))


def people_of(usernames, stack, counts, dice, *, port=None):
    """Return a person for each name, signed in; `port` is where they send to."""
    people = [
        Person(
            name,
            port or stack.port,
            door=stack.port,
            cookies=stack.cookies.setdefault(name, {}),
            counts=counts,
            dice=dice,
        )
        for name in usernames
    ]
    for person in people:
        if not person.cookies:
            person.sign_in()
    return people


def crowd_for(target):
    """Return how many people it takes to do something so many times."""
    return max(4, min(MOST_PEOPLE, target // 10))
